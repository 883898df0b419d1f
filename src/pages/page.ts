import { type PageNeeds, privatePageHeaders } from './headers.ts';
import type { Html } from './layout.ts';

/** What a page, or a form of one, is answered with. */
export type Answer = {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Values of Set-Cookie. */
  cookies?: readonly string[];
};

/** A page for one person as an answer: nothing of it is kept, and its forms lead to this server unless `forms` says more. */
export async function pageAnswer(
  html: Html,
  {
    status = 200,
    cookies = [],
    headers = {},
    ...needs
  }: PageNeeds & { status?: number; cookies?: readonly string[]; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return {
    status,
    headers: { ...privatePageHeaders(needs), 'Content-Type': 'text/html; charset=utf-8', ...headers },
    body: String(await html),
    cookies,
  };
}
