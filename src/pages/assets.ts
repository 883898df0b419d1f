import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type Asset = { contentType: string; body: string };

function stylesheet(file: string): { path: string; asset: Asset } {
  const body = readFileSync(new URL(file, import.meta.url), 'utf8');
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return {
    path: `/assets/${file.replace('.css', '')}.${hash}.css`,
    asset: { contentType: 'text/css; charset=utf-8', body },
  };
}

const page = stylesheet('page.css');

/** Where the one stylesheet is. The name has its hash, so that it may be kept for good. */
export const stylesheetPath = page.path;

/** What is served at each path below /assets. */
export const assets: ReadonlyMap<string, Asset> = new Map([[page.path, page.asset]]);
