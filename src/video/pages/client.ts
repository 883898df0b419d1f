import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { transformSync } from 'amaro';

import type { Asset } from '../../pages/assets.ts';

const folder = new URL('../client/', import.meta.url);
const contentType = 'text/javascript; charset=utf-8';
const library = 'livekit-client';

/** `from './peers.ts'`, `import('./views/room.ts')`. What is imported for its type alone is gone by then. */
const imports = /((?:from|import)\s*\(?\s*['"]\.[^'"]*)\.ts(['"])/g;

const stripped = (source: string): string =>
  transformSync(source, { mode: 'strip-only' }).code.replace(imports, '$1.js$2');

type Client = { base: string; assets: ReadonlyMap<string, Asset> };

function readClient(): Client {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort();
  const modules = files.map((name): [name: string, body: string] => [
    name.replace(/\.ts$/, '.js').replaceAll('\\', '/'),
    stripped(readFileSync(new URL(name.replaceAll('\\', '/'), folder), 'utf8')),
  ]);
  const esm = createRequire(import.meta.url)
    .resolve(library)
    .replace(/[^/\\]+$/, `${library}.esm.mjs`);
  // The map beside the file is not served.
  modules.push([`${library}.js`, readFileSync(esm, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '')]);
  const hash = createHash('sha256').update(JSON.stringify(modules)).digest('hex').slice(0, 12);
  // One hash for all of them: modules name each other by their places beside one another.
  const base = `/assets/video.${hash}/`;
  return { base, assets: new Map(modules.map(([name, body]) => [base + name, { contentType, body }])) };
}

let client: Client | null = null;

const read = (): Client => {
  client ??= readClient();
  return client;
};

/** The modules of visits as browsers run them, by path; read and made when first asked for, and served to be kept for good. */
export const clientAssets = (): ReadonlyMap<string, Asset> => read().assets;

/**
 * Where a module is served.
 *
 * @param module its file in src/video/client without `.ts`: `views/room`; or `livekit-client`
 */
export function clientPath(module: string): string {
  const path = `${read().base}${module}.js`;
  if (!read().assets.has(path)) throw new Error(`There is no ${module} in src/video/client`);
  return path;
}
