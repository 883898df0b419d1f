import type { Database } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { LaterFormat } from '../formats/format.ts';
import { createExtractor } from './extractor.ts';
import { templateFormat } from './format.ts';
import type { Mapping } from './mapping.ts';
import { readTemplate } from './template.ts';

/** What a template may be called: it is the end of an address. */
export const templateName = /^[a-z][a-z0-9-]{0,63}$/;

export type StoredTemplate = { name: string; version: number; content: string; createdBy: string };

/** The newest version of a template that has not been ended. */
export async function templateNamed(
  database: Pick<Database, 'query'>,
  tenant: number,
  name: string,
): Promise<StoredTemplate | null> {
  const [row] = await database.query(
    `select version, content, created_by from device_template
      where tenant = $1 and name = $2 and ended_at is null order by version desc limit 1`,
    [tenant, name],
  );
  if (row === undefined) return null;
  // The select list fixes the shape of a row.
  const [version, content, createdBy] = row as [number, string, string];
  return { name, version, content, createdBy };
}

/** What stores or ends a template. */
export type Change = { tenant: number; name: string; by: string; now: number };

/** Who wrote the name first; whose it stays, though it is ended. */
export async function ownerOf(database: Pick<Database, 'query'>, tenant: number, name: string): Promise<string | null> {
  const [row] = await database.query(
    'select created_by from device_template where tenant = $1 and name = $2 order by version limit 1',
    [tenant, name],
  );
  return typeof row?.[0] === 'string' ? row[0] : null;
}

/**
 * Stores the next version of a template, which takes the place of the one before.
 *
 * @returns its version; null: somebody else has stored one at the same time
 */
export async function saveTemplate(
  database: Database,
  { tenant, name, by, now }: Change,
  content: string,
): Promise<number | null> {
  const [row] = await database.query(
    `insert into device_template (tenant, name, version, content, created_by, created_at)
      select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5 from device_template where tenant = $1 and name = $2
      on conflict do nothing returning version`,
    [tenant, name, content, by, new Date(now).toISOString()],
  );
  return typeof row?.[0] === 'number' ? row[0] : null;
}

/** Ends all versions of a template; false: there was none in use. */
export async function endTemplate(database: Database, { tenant, name, now }: Change): Promise<boolean> {
  const rows = await database.query(
    `update device_template set ended_at = $3 where tenant = $1 and name = $2 and ended_at is null returning version`,
    [tenant, name, new Date(now).toISOString()],
  );
  return rows.length > 0;
}

/** One thread for all templates of the process: what users write waits for each other. */
export const extractor = createExtractor();

/** Mappings that were read, by their text; a text is read the same each time. */
const read = new Map<string, Mapping>();
const MOST_READ = 200;

function mappingOf(content: string): Mapping | null {
  const known = read.get(content);
  if (known !== undefined) return known;
  const template = readTemplate(content);
  if (!template.ok) return null;
  if (read.size >= MOST_READ) read.clear();
  read.set(content, template.value.mapping);
  return template.value.mapping;
}

/** The format `template:acme`; null: there is no such template in the tenant. */
export async function templateFormatNamed(
  { database }: Pick<FhirContext, 'database'>,
  tenant: number,
  name: string,
): Promise<LaterFormat | null> {
  if (!name.startsWith('template:')) return null;
  const stored = await templateNamed(database, tenant, name.slice('template:'.length));
  const mapping = stored === null ? null : mappingOf(stored.content);
  return stored === null || mapping === null ? null : templateFormat(extractor, stored.name, mapping);
}
