import type { Sealable } from '../../db/sealing.ts';
import type { FhirContext, Resource } from '../context.ts';
import { members, type Parsed } from '../json.ts';
import type { ResourceRow } from '../search/row.ts';

/**
 * A resource ready to be written. Its stored text is `head + version + tail`: the version is known only to the database,
 * at the moment it writes.
 */
export type Draft = {
  tenant: number;
  type: string;
  id: string;
  /** Ends within `"versionId":"`. */
  head: string;
  /** Begins with the quotation mark that closes the version. */
  tail: string;
  /** Where the tail has got behind meta. */
  bodyAt: number;
  lastUpdated: Date;
  row: ResourceRow;
  /** Though its type decides who may see what, this version decides nothing anew; see policy-epoch.ts. */
  sameAccess?: true;
};

/** The members of meta that the client may set, each with a leading comma. */
function clientMeta(text: string, at: number): string {
  let kept = '';
  for (const { name, key, end } of members(text, at)) {
    if (name !== 'versionId' && name !== 'lastUpdated' && name !== '_versionId' && name !== '_lastUpdated') {
      kept += `,${text.slice(key, end)}`;
    }
  }
  return kept;
}

/**
 * Puts type, id, version and time of the version into the text; the rest stays as it was written.
 *
 * @param parsed the resource, checked, its references already what they will be
 * @param lastUpdated the instant of this version
 */
export function splitText(parsed: Parsed, id: string, lastUpdated: Date): Pick<Draft, 'head' | 'tail' | 'bodyAt'> {
  const { text, resource } = parsed;
  let meta = '';
  let rest = '';
  // Runs of neighbouring members are copied whole.
  let from = -1;
  let to = -1;
  for (const { name, key, value, end } of members(text, 0)) {
    if (name === 'resourceType' || name === 'id' || name === 'meta') {
      if (name === 'meta') meta = clientMeta(text, value);
      if (from >= 0) rest += `,${text.slice(from, to)}`;
      from = -1;
    } else {
      if (from < 0) from = key;
      to = end;
    }
  }
  if (from >= 0) rest += `,${text.slice(from, to)}`;
  const before = `","lastUpdated":"${lastUpdated.toISOString()}"${meta}}`;
  return {
    head: `{"resourceType":"${resource.resourceType}","id":"${id}","meta":{"versionId":"`,
    tail: `${before}${rest}}`,
    bodyAt: before.length,
  };
}

/** A checked resource → what is written of it. */
export function draft(
  context: Pick<FhirContext, 'index'>,
  tenant: number,
  parsed: Parsed,
  id: string,
  lastUpdated: Date,
): Draft {
  // The index must see the id it will have: a Patient is in its own compartment.
  const resource: Resource = { ...parsed.resource, id };
  return {
    tenant,
    type: resource.resourceType,
    id,
    ...splitText(parsed, id, lastUpdated),
    lastUpdated,
    row: context.index(tenant, resource),
  };
}

/** A draft as far as it is sealed: with the key of the one record that it is in. */
export function sealable({ tenant, type, id, tail, bodyAt, row }: Draft): Sealable {
  const [only, other] = row.patients ?? [];
  const patient = row.patient ?? (other === undefined ? (only ?? null) : null);
  return { tenant, type, id, patient, tail, bodyAt };
}
