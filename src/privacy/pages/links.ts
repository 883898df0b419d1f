import type { PageRequest, Reply } from './visit.ts';

/** The path of a page of the same tenant. */
export const pathIn = ({ root }: Pick<PageRequest, 'root'>, path: string): string => `${root}${path}`;

/** What follows a form: fetched with GET, so that nothing is sent twice. */
export const seeOther = (location: string, cookies: readonly string[] = []): Reply => ({
  status: 303,
  headers: { Location: location, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' },
  body: '',
  cookies,
});

/** Back to a page of the same tenant, which says what was done. @param done a key of its words */
export const backWith = (request: Pick<PageRequest, 'root'>, path: string, done: string): Reply =>
  seeOther(`${pathIn(request, path)}?done=${encodeURIComponent(done)}`);
