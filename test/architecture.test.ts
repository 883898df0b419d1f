import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

type SourceFile = { path: string; text: string; imports: { from: string; typeOnly: boolean }[] };

/** `import type …`, and an import whose every name is a type, are gone when the program runs. */
function isTypeOnly(statement: string): boolean {
  if (/^(import|export)\s+type\b/.test(statement)) return true;
  const names = /\{([^}]*)\}/.exec(statement)?.[1];
  if (names === undefined || /^import\s+\w/.test(statement)) return false;
  return names.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '));
}

function read(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\b[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  const imports = [...statements].map(([statement, from, bare, dynamic]) => {
    const specifier = from ?? bare ?? dynamic ?? '';
    const place = specifier.startsWith('.') ? relative(root, join(root, dirname(path), specifier)) : specifier;
    return { from: place, typeOnly: isTypeOnly(statement) };
  });
  return { path, text, imports };
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith('.ts'));

const sources = filesIn('src').map(read);
const program = sources.filter(({ path }) => !path.endsWith('.test.ts'));

/** Folder of src → the folders of ours that it may import. */
const allowed: Record<string, readonly string[]> = {
  db: [],
  net: [],
  pages: [],
  fhir: ['db'],
  privacy: ['fhir', 'db', 'pages'],
  smart: ['privacy', 'fhir', 'db', 'net', 'pages'],
  video: ['privacy', 'fhir', 'db', 'net', 'pages'],
  devices: ['privacy', 'fhir', 'db', 'net', 'pages'],
  benefits: ['privacy', 'fhir', 'db'],
  exchange: ['privacy', 'fhir', 'db'],
  demo: ['fhir', 'db'],
  web: ['smart', 'video', 'devices', 'benefits', 'exchange', 'demo', 'privacy', 'fhir', 'db', 'net', 'pages'],
};

/** What puts the folders together, and may import them all. */
const assembly = [
  'main',
  'start',
  'core',
  'compile',
  'database',
  'config',
  'config-files',
  'config-checks',
  'config-video',
  'config-devices',
  'heap',
].map((name) => `src/${name}.ts`);

const folderOf = (path: string): string => path.split('/')[1] ?? '';

test('every folder of src is in the table of who may import whom', () => {
  const unknown = program.filter(({ path }) => !(folderOf(path) in allowed) && !assembly.includes(path));
  expect(unknown.map(({ path }) => path)).toEqual([]);
});

test('folders import downwards only', () => {
  const wrong = program
    .filter(({ path }) => !assembly.includes(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ from }) => from.startsWith('src/'))
        .filter(({ from }) => folderOf(from) !== folderOf(path) && !allowed[folderOf(path)]?.includes(folderOf(from)))
        .map(({ from }) => `${path} imports ${from}`),
    );
  expect(wrong).toEqual([]);
});

/** Inside fhir, lowest first. Files at its top are words that everyone uses; those named are what stands on everything. */
const levels: readonly (readonly string[])[] = [
  ['.'],
  ['definitions'],
  ['validate'],
  ['audit'],
  ['search'],
  ['store', 'samples'],
  ['patch'],
  ['interactions'],
  ['operations'],
  ['routes.ts', 'capability.ts'],
];

function levelOf(path: string): number {
  const [, , first = '', ...rest] = path.split('/');
  const named = levels.findIndex((names) => names.includes(first));
  if (named >= 0) return named;
  return rest.length === 0 ? 0 : -1;
}

test('inside fhir what runs imports downwards only; types may point up, for they are gone by then', () => {
  const fhir = program.filter(({ path }) => path.startsWith('src/fhir/'));
  expect(fhir.filter(({ path }) => levelOf(path) < 0).map(({ path }) => path)).toEqual([]);
  const wrong = fhir.flatMap(({ path, imports }) =>
    imports
      .filter(({ from, typeOnly }) => !typeOnly && from.startsWith('src/fhir/') && levelOf(from) > levelOf(path))
      .map(({ from }) => `${path} imports ${from}`),
  );
  expect(wrong).toEqual([]);
});

test('no folder imports itself by way of another; within one, a grammar may be recursive', () => {
  const graph = new Map(
    program.map(({ path, imports }) => [path, imports.filter((one) => !one.typeOnly).map(({ from }) => from)]),
  );
  const cycles: string[] = [];
  const done = new Set<string>();
  function walk(path: string, above: string[]): void {
    const cycle = above.includes(path) ? above.slice(above.indexOf(path)) : [];
    if (new Set(cycle.map(dirname)).size > 1) cycles.push([...cycle, path].join(' → '));
    if (done.has(path) || above.includes(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...above, path]);
    done.add(path);
  }
  for (const path of graph.keys()) walk(path, []);
  expect(cycles).toEqual([]);
});

test('hono is imported by web, by routes and by pages, and by nothing else', () => {
  const mayServe = (path: string): boolean =>
    /^src\/(web|pages|(smart|privacy|video|devices)\/pages)\//.test(path) || basename(path) === 'routes.ts';
  const wrong = program.filter(
    ({ path, imports }) => !mayServe(path) && imports.some(({ from }) => /^(hono|@hono)(\/|$)/.test(from)),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('of what decides only its own pages and their routes know any pages', () => {
  const wrong = program
    .filter(({ path }) => path.startsWith('src/privacy/') && !/^src\/privacy\/(pages\/|routes\.ts)/.test(path))
    .filter(({ imports }) => imports.some(({ from }) => /^src\/(privacy\/)?pages\//.test(from)));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('hono/jwt, hono/jwk and the key that a token brings along are never used', () => {
  const wrong = program.filter(({ text }) => /hono\/jw[tk]|EmbeddedJWK/.test(text));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('only what puts the server together knows its settings', () => {
  const wrong = program.filter(
    ({ path, imports }) => !assembly.includes(path) && imports.some(({ from }) => from === 'src/config.ts'),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
  const reading = program.filter(({ text }) => /\breadConfig\(/.test(text)).map(({ path }) => path);
  expect(reading.sort()).toEqual(['src/config.ts', 'src/main.ts']);
});

test('only main.ts reads the environment; the embedded Postgres hands on its PATH, and sample code for apps names it', () => {
  const reading = program.filter(({ text }) => /process\.env\b/.test(text)).map(({ path }) => path);
  expect(reading.sort()).toEqual(['src/db/embedded.ts', 'src/main.ts', 'src/smart/pages/sample-code.ts']);
});

test('every entry of a folder with a list is in the list', () => {
  const listed = new Set(program.flatMap(({ imports }) => imports.map(({ from }) => from)));
  const folders = new Set(program.filter(({ path }) => basename(path) === 'index.ts').map(({ path }) => dirname(path)));
  // What nobody imports is an entry that was forgotten; the rest is in the list, or shared by its entries.
  const forgotten = program.filter(({ path }) => folders.has(dirname(path)) && !listed.has(path));
  expect(forgotten.map(({ path }) => path)).toEqual([]);
});

/** Files that may be longer than 300 lines, and why. */
const long: Record<string, string> = {
  'src/fhir/definitions/fhirpath-compile.ts': 'one case for each kind of expression',
  'src/fhir/definitions/walk.ts': 'one case for each kind of expression',
  'src/smart/pages/developer-words.ts': 'every sentence of the pages, twice',
  'src/smart/pages/refusals-words.ts': 'every sentence of the pages, twice',
  'src/fhir/validate/profiles.ts': 'the rules of a profile, which share what they have found',
};

test('a file says one thing, in at most 300 lines', () => {
  const tooLong = program
    .filter(({ path, text }) => text.split('\n').length > 301 && !(path in long))
    .map(({ path, text }) => `${path} has ${text.split('\n').length - 1}`);
  expect(tooLong).toEqual([]);
});

test('nothing is exported by default, and no file only passes on what others export', () => {
  const wrong = program.filter(({ text }) => /^export default\b/m.test(text) || /^export \* from/m.test(text));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});
