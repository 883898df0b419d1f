import { type PageNeeds, privatePageHeaders } from '../../pages/headers.ts';
import type { Html } from '../../pages/layout.ts';
import type { Answer } from '../endpoint.ts';

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
