import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { transformSync } from 'amaro';

import type { Asset } from '../../pages/assets.ts';

const folder = new URL('../client/', import.meta.url);
const library = createRequire(import.meta.url)
  .resolve('uplot')
  .replace(/[^/\\]+$/, '');
const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

/** `from './chart-data.ts'`, and the library, which is served beside the modules. */
const named = (source: string): string =>
  source.replace(/(from\s*['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2').replace(/(from\s*['"])uplot(['"])/g, '$1./uplot.js$2');

const stripped = (file: string): string =>
  named(transformSync(readFileSync(new URL(file, folder), 'utf8'), { mode: 'strip-only' }).code);

type Client = { base: string; assets: ReadonlyMap<string, Asset> };

function readClient(): Client {
  const modules = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name): [string, Asset] => [name.replace(/\.ts$/, '.js'), { contentType: script, body: stripped(name) }]);
  const files: [string, Asset][] = [
    ...modules,
    ['uplot.js', { contentType: script, body: readFileSync(`${library}uPlot.esm.js`, 'utf8') }],
    ['uplot.css', { contentType: style, body: readFileSync(`${library}uPlot.min.css`, 'utf8') }],
    ['devices.css', { contentType: style, body: readFileSync(new URL('devices.css', import.meta.url), 'utf8') }],
  ];
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
  // One hash for all of them: modules name each other by their places beside one another.
  const base = `/assets/devices.${hash}/`;
  return { base, assets: new Map(files.map(([name, asset]) => [base + name, asset])) };
}

let client: Client | null = null;

const read = (): Client => {
  client ??= readClient();
  return client;
};

/** Modules and stylesheets of the pages of devices, by path; read when first asked for, and served to be kept for good. */
export const clientAssets = (): ReadonlyMap<string, Asset> => read().assets;

/** Where one of them is served. @param file `chart.js`, `devices.css` */
export function clientPath(file: string): string {
  const path = read().base + file;
  if (!read().assets.has(path)) throw new Error(`There is no ${file} among the files of devices`);
  return path;
}
