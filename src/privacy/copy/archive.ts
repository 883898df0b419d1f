import { createHash } from 'node:crypto';

import type { FhirContext } from '../../fhir/context.ts';
import { bytesOf } from '../../fhir/store/binary.ts';
import { requestsOf } from '../requests/requests.ts';
import { type AccountTable, accountTables } from './account.ts';
import { accountingFiles } from './accounting.ts';
import { binariesOf, binaryName, ownBinary } from './binaries.ts';
import type { Copy } from './copies.ts';
import { csv } from './csv.ts';
import { type FileKind, type FileNote, type IndexPage, indexNames, indexPage } from './index-page.ts';
import { copyLanguages } from './index-words.ts';
import { type AskGrant, type CopyRow, follow, pagesOfIds, recordPages, recordTypes, Surroundings } from './record.ts';
import { Summary } from './summary.ts';
import type { ZipEntry } from './zip.ts';

/** A piece of a file, and how many entries are in it. */
export type Piece = { bytes: Uint8Array; count: number };

/** What is known of a copy while it is written: it grows with what the record refers to, and not with the record. */
type State = { files: FileNote[]; around: Surroundings; binaries: Set<string>; summary: Summary; name: string };

/** A file on its way into the archive; what passes is hashed and counted for the manifest. */
function entry(state: State, name: string, kind: FileKind, pieces: AsyncIterable<Piece>): ZipEntry {
  async function* noted(): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let size = 0;
    let count = 0;
    for await (const piece of pieces) {
      hash.update(piece.bytes);
      size += piece.bytes.byteLength;
      count += piece.count;
      yield piece.bytes;
    }
    state.files.push({ name, sha256: hash.digest('hex'), size, count, kind });
  }
  return { name, bytes: noted() };
}

export async function* piece(text: string | Uint8Array, count: number): AsyncGenerator<Piece> {
  yield { bytes: typeof text === 'string' ? Buffer.from(text) : text, count };
}

export const ndjson = (contents: readonly string[]): Piece => ({
  bytes: Buffer.from(contents.map((content) => `${content}\n`).join('')),
  count: contents.length,
});

/** The first page and those behind it, or null where there is no row at all. */
async function begun(pages: AsyncGenerator<CopyRow[]>): Promise<AsyncGenerator<CopyRow[]> | null> {
  let first = await pages.next();
  while (!first.done && first.value.length === 0) first = await pages.next();
  if (first.done) return null;
  const { value } = first;
  return (async function* () {
    yield value;
    yield* pages;
  })();
}

async function* lines(pages: AsyncGenerator<CopyRow[]>, note: (row: CopyRow) => void): AsyncGenerator<Piece> {
  for await (const page of pages) {
    for (const row of page) note(row);
    yield ndjson(page.map(({ content }) => content));
  }
}

type Name = { text?: string; given?: string[]; family?: string };

/** The name by which the page greets the person. */
function nameOf(content: string): string {
  const { name = [] } = JSON.parse(content) as { name?: Name[] };
  const [first] = name;
  return first?.text ?? [...(first?.given ?? []), first?.family ?? ''].join(' ').trim();
}

async function* recordFiles(context: FhirContext, askGrant: AskGrant, patient: string, state: State) {
  const note = (row: CopyRow): void => {
    state.around.note(row.content);
    for (const id of binariesOf(row.content)) state.binaries.add(id);
    state.summary.note(row);
    if (row.type === 'Patient') state.name = nameOf(row.content);
  };
  for (const type of recordTypes(context)) {
    const pages = await begun(recordPages(context, askGrant, patient, type));
    if (pages) yield entry(state, `record/${type}.ndjson`, { of: 'record', type }, lines(pages, note));
  }
  for await (const page of recordPages(context, askGrant, patient, 'Binary')) {
    for (const { id } of page) state.binaries.add(id);
  }
  await follow(context, askGrant, patient, state.around);
  for (const [type, ids] of [...state.around.ids].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const pages = await begun(pagesOfIds(context, askGrant, patient, type, [...ids]));
    if (pages)
      yield entry(
        state,
        `related/${type}.ndjson`,
        { of: 'related', type },
        lines(pages, () => {}),
      );
  }
}

async function* accountFiles(tables: readonly AccountTable[], state: State) {
  const whole = Object.fromEntries(tables.map(({ name, rows }) => [name, rows]));
  const count = tables.reduce((sum, { rows }) => sum + rows.length, 0);
  const kind: FileKind = { of: 'account' };
  yield entry(state, 'account/account.json', kind, piece(`${JSON.stringify(whole, null, 2)}\n`, count));
  for (const { name, columns, rows } of tables) {
    if (rows.length > 0) yield entry(state, `account/${name}.csv`, kind, piece(csv(columns, rows), rows.length));
  }
}

/**
 * Every file of a copy, in the order in which they are written: the record by type, what it refers to, its documents, the
 * accounting, the account, the requests, the pages by which people read it, and the manifest. Nothing is read before the file
 * before it has been taken.
 */
export async function* archive(context: FhirContext, askGrant: AskGrant, copy: Copy): AsyncGenerator<ZipEntry> {
  const { patient, principal, tenant, id } = copy;
  const types = recordTypes(context);
  const around = new Surroundings(types);
  const state: State = { files: [], around, binaries: new Set(), summary: new Summary(), name: '' };
  const omitted: string[] = [];
  yield* recordFiles(context, askGrant, patient, state);
  for (const binary of state.binaries) {
    const own = await ownBinary(context, askGrant, patient, binary);
    if (own === null) omitted.push(`Binary/${binary}`);
    else yield entry(state, binaryName(own), { of: 'bytes' }, piece(await bytesOf(context, own.content), 1));
  }
  for await (const { name, pieces } of accountingFiles(context, askGrant, copy)) {
    yield entry(state, name, { of: 'accounting' }, pieces);
  }
  await askGrant();
  yield* accountFiles(await accountTables(context, principal), state);
  const requests = (await requestsOf(context, tenant, patient)).map((task) => JSON.stringify(task));
  async function* tasks(): AsyncGenerator<Piece> {
    yield ndjson(requests);
  }
  yield entry(state, 'requests/Task.ndjson', { of: 'requests' }, tasks());
  const made = new Date(context.now()).toISOString();
  const page: IndexPage = { ...state, made: made.slice(0, 10), mark: id, omitted: omitted.length };
  // The pages list what is data; the manifest lists the pages, too.
  const data = [...state.files];
  for (const language of copyLanguages) {
    const text = indexPage({ ...page, files: data }, language);
    yield entry(state, indexNames[language], { of: 'account' }, piece(text, 1));
  }
  const files = state.files.map(({ kind: _, ...file }) => file);
  const manifest = { watermark: id, patient: `Patient/${patient}`, made, format: 'HL7 FHIR R4 NDJSON', files, omitted };
  yield entry(state, 'manifest.json', { of: 'account' }, piece(`${JSON.stringify(manifest, null, 2)}\n`, files.length));
}
