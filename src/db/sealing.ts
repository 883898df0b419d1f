import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

import { type Database, DatabaseError, type Queryable, type Row } from './database.ts';
import type { PatientKeys } from './patient-keys.ts';

/** What is about to be stored of a resource: `tail` is its text behind the version, of which what follows `bodyAt` is sealed. */
export type Sealable = {
  tenant: number;
  type: string;
  id: string;
  /** Whose record it is in; null: nobody's alone, and then it is not sealed. */
  patient: string | null;
  tail: string;
  /** Behind meta: versions, labels and profiles are read by SQL, and tell of nobody. */
  bodyAt: number;
};

/** The tails, in the same order, as they are stored. */
export type Seal = (all: readonly Sealable[]) => Promise<string[]>;

/**
 * A sealed text is JSON still: `{"resourceType":"X","id":"1","meta":{…},"portico:sealed":"tenant/patient/base64"}`. No resource has
 * an element of this name: the validator refuses it.
 */
const mark = ',"portico:sealed":"';

/** Types of which SQL reads the text, and which tell nothing of how somebody is: what was allowed, and where bytes are. */
const open: ReadonlySet<string> = new Set(['AuditEvent', 'Binary', 'Consent']);

const NONCE = 12;
const TAG = 16;

/** Binds a text to its place: moved to another row it does not open. */
const place = (tenant: number | string, type: string, id: string): Buffer => Buffer.from(`${tenant}/${type}/${id}`);

function sealed(key: KeyObject, patient: string, { tenant, type, id, tail, bodyAt }: Sealable): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(place(tenant, type, id));
  const bytes = Buffer.concat([nonce, cipher.update(tail.slice(bodyAt), 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${tail.slice(0, bodyAt)}${mark}${tenant}/${patient}/${bytes.toString('base64')}"}`;
}

/** How texts are sealed: each with the key of whose record it is in, which is made where there is none. */
export const createSeal =
  (keys: PatientKeys): Seal =>
  async (all) => {
    const isSealed = ({ type, patient }: Sealable): boolean => patient !== null && !open.has(type);
    const needed = new Map(all.filter(isSealed).map((one) => [`${one.tenant}/${one.patient}`, one]));
    const made = new Map<string, KeyObject | null>();
    const making = [...needed].map(async ([name, { tenant, patient }]) => {
      made.set(name, await keys.make(tenant, patient ?? ''));
    });
    await Promise.all(making);
    return all.map((one) => {
      // Of somebody whose record was erased nothing can be sealed any more; it goes with the next sweep.
      const key = isSealed(one) ? (made.get(`${one.tenant}/${one.patient}`) ?? null) : null;
      return key === null ? one.tail : sealed(key, one.patient ?? '', one);
    });
  };

const form = /^\{"resourceType":"(\w+)","id":"([^"]+)"/;

/** Where the sealed part of a text begins; -1: it is none. Words that somebody wrote are not taken for one. */
function sealedFrom(text: string): number {
  const at = text.indexOf(mark);
  return at >= 0 && text.endsWith('"}') && form.test(text) ? at : -1;
}

/** Whose key a sealed text needs, and where its sealed part is. */
type Sealed = { text: string; at: number; tenant: number; patient: string; bytes: Buffer };

function sealedAt(text: string, at: number): Sealed {
  const from = at + mark.length;
  const slash = text.indexOf('/', from);
  const second = text.indexOf('/', slash + 1);
  return {
    text,
    at,
    tenant: Number(text.slice(from, slash)),
    patient: text.slice(slash + 1, second),
    bytes: Buffer.from(text.slice(second + 1, text.lastIndexOf('"')), 'base64'),
  };
}

/** The text as it was; of a record whose key was destroyed, that there was something. */
function opened({ text, at, tenant, bytes }: Sealed, key: KeyObject | 'destroyed'): string {
  if (key === 'destroyed') return `${text.slice(0, at)}}`;
  const [, type = '', id = ''] = form.exec(text) ?? [];
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE)).setAAD(place(tenant, type, id));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
  const body = decipher.update(bytes.subarray(NONCE, bytes.length - TAG));
  // It has nothing more to give, and throws where the text is not what was sealed.
  decipher.final();
  return text.slice(0, at) + body.toString();
}

/** Shorter texts are not looked at: they are none. */
const SHORTEST = 100;

/** Opens every sealed text in some rows, in place. */
async function openRows(keys: PatientKeys, rows: Row[]): Promise<Row[]> {
  let found: { row: Row; cell: number; sealed: Sealed }[] | null = null;
  for (const row of rows) {
    for (let cell = 0; cell < row.length; cell++) {
      const value = row[cell];
      if (typeof value !== 'string' || value.length < SHORTEST) continue;
      const at = sealedFrom(value);
      if (at < 0) continue;
      found ??= [];
      found.push({ row, cell, sealed: sealedAt(value, at) });
    }
  }
  if (found === null) return rows;
  const names = new Map(found.map(({ sealed: one }) => [`${one.tenant}/${one.patient}`, one]));
  const needed = new Map<string, KeyObject | 'destroyed' | null>();
  const finding = [...names].map(async ([name, { tenant, patient }]) => {
    needed.set(name, await keys.find(tenant, patient));
  });
  await Promise.all(finding);
  for (const { row, cell, sealed: one } of found) {
    const key = needed.get(`${one.tenant}/${one.patient}`) ?? null;
    if (key === null) throw new DatabaseError('fault', 'the key of a record is not there');
    row[cell] = opened(one, key);
  }
  return rows;
}

/**
 * A database that gives the texts of resources as they were written, and keeps those of each record sealed with its own key.
 *
 * @param seals whether what is written now is sealed; what is sealed already is opened in either case
 */
export function sealedDatabase(database: Database, keys: PatientKeys, seals: boolean): Database {
  const seal = createSeal(keys);
  const wrapped = (on: Queryable): Queryable => ({
    async query(text, params) {
      const rows = await on.query(text, params);
      // Texts of resources are in columns of this name; what somebody calls themself is in others.
      return text.includes('content') ? openRows(keys, rows) : rows;
    },
    ...(seals ? { seal } : {}),
  });
  return {
    ...wrapped(database),
    byKey: wrapped(database.byKey),
    planned: wrapped(database.planned),
    transaction: (work) => database.transaction((tx) => work(wrapped(tx))),
    close: () => database.close(),
  };
}
