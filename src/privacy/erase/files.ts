import type { Queryable } from '../../db/database.ts';
import { typeNumber } from '../../fhir/resources.ts';
import { key } from '../../fhir/search/hash.ts';
import { numbers } from '../../fhir/store/arrays.ts';
import type { Name } from './inventory.ts';

const BINARY = typeNumber('Binary');
const owner = `substring(content from '"securityContext"\\s*:\\s*\\{[^}]*"reference"\\s*:\\s*"([^"]+)"')`;

/** The Binaries that are as secret as one of these resources. https://hl7.org/fhir/R4/binary.html#security */
export async function binariesOf(on: Queryable, tenant: number, erased: ReadonlySet<string>): Promise<Name[]> {
  const rows = await on.query(
    `select distinct id from (
       select id, ${owner} as owner from resource where tenant = $1 and type = $2
       union all select id, ${owner} from resource_history where tenant = $1 and type = $2) b
     where owner = any($3::text[])`,
    [tenant, BINARY, [...erased]],
  );
  return rows.map(([id]) => ({ type: 'Binary', id: String(id) }));
}

/** Types with attachments, which may lead to a Binary. */
const attaching = [
  'Communication',
  'Consent',
  'DiagnosticReport',
  'DocumentReference',
  'Media',
  'Patient',
  'QuestionnaireResponse',
];

const link = /"url"\s*:\s*"(?:[^"]*\/)?Binary\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^"]*)?"/g;

/** The ids of the Binaries that the attachments in a text lead to. */
export const binariesIn = (content: string): string[] => [...content.matchAll(link)].map(([, id]) => id ?? '');

/**
 * Which of the Binaries that attachments of erased resources lead to belong to nobody else: no other resource shows them, and
 * they are as secret as nothing that stays.
 */
export async function onlyTheirs(
  on: Queryable,
  tenant: number,
  ids: readonly string[],
  erased: ReadonlySet<string>,
): Promise<Name[]> {
  if (ids.length === 0) return [];
  const owners = await on.query(
    `select id, ${owner} from resource where tenant = $1 and type = $2 and id = any($3::text[])`,
    [tenant, BINARY, ids],
  );
  const left = owners.filter(([, of]) => of === null || erased.has(String(of))).map(([id]) => String(id));
  // Sealed texts are not looked through: there the keys tell, which documents alone have.
  const others = await on.query(
    `select type, id, content from resource where tenant = $1 and type = any($2::smallint[])
       and (content like any($3::text[]) or keys && $4::bigint[])`,
    [
      tenant,
      attaching.map(typeNumber),
      left.map((id) => `%Binary/${id}%`),
      numbers(left.map((id) => key(tenant, 'DocumentReference', 'location', 'u', `Binary/${id}`))),
    ],
  );
  const shown = new Set(
    others
      .filter(
        ([type, id]) => !attaching.some((name) => typeNumber(name) === type && erased.has(`${name}/${String(id)}`)),
      )
      .flatMap(([, , content]) => binariesIn(String(content))),
  );
  return left.filter((id) => !shown.has(id)).map((id) => ({ type: 'Binary', id }));
}

const address = /"blob:([0-9a-f]{64})"/g;

/** The files that a text of a Binary leads to. */
export const filesIn = (content: string): string[] => [...content.matchAll(address)].map(([, sha256]) => sha256 ?? '');

/**
 * Which of these files no Binary needs any more, nor a copy, in whichever tenant: the same bytes are kept once.
 */
export async function unneeded(on: Queryable, files: readonly string[]): Promise<string[]> {
  if (files.length === 0) return [];
  const needed = new Set<string>();
  const patterns = files.map((sha256) => `%blob:${sha256}%`);
  for (const [id] of await on.query('select id from tenant')) {
    const tenant = Number(id);
    const rows = await on.query(
      `select content from resource where tenant = $1 and type = $2 and content like any($3::text[])
       union all select content from resource_history where tenant = $1 and type = $2 and content like any($3::text[])`,
      [tenant, BINARY, patterns],
    );
    for (const [content] of rows) for (const file of filesIn(String(content))) needed.add(file);
    const copies = await on.query('select sha256 from record_copy where tenant = $1 and sha256 = any($2::text[])', [
      tenant,
      files,
    ]);
    for (const [file] of copies) needed.add(String(file));
  }
  return files.filter((file) => !needed.has(file));
}
