import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type Asset = { contentType: string; body: string };

type Served = { path: string; asset: Asset };

const contentTypes = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' } as const;

/** @param file beside this one; the name it is served under has its hash, so that it may be kept for good */
function serve(file: string, kind: keyof typeof contentTypes): Served {
  const body = readFileSync(new URL(`${file}.${kind}`, import.meta.url), 'utf8');
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const name = file.slice(file.lastIndexOf('/') + 1);
  return { path: `/assets/${name}.${hash}.${kind}`, asset: { contentType: contentTypes[kind], body } };
}

const page = serve('page', 'css');

/** Every script that a page may load; what a page does without one is in its own file. */
const scripts = {
  passkey: serve('scripts/passkey', 'js'),
  progress: serve('scripts/progress', 'js'),
};

/** Where the one stylesheet is. */
export const stylesheetPath = page.path;

/** Where a script is. */
export const scriptPath = (name: keyof typeof scripts): string => scripts[name].path;

/** What is served at each path below /assets. */
export const assets: ReadonlyMap<string, Asset> = new Map(
  [page, ...Object.values(scripts)].map(({ path, asset }) => [path, asset]),
);

/** The answer with what is served at a path, which may be kept for good; null: there is nothing of this name. */
export function servedAsset(all: ReadonlyMap<string, Asset>, path: string): Response | null {
  const asset = all.get(path);
  if (asset === undefined) return null;
  const headers = {
    'Content-Type': asset.contentType,
    'Cache-Control': 'public, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
  };
  return new Response(asset.body, { headers });
}
