import type { Address, HumanName } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { systemGrant } from '../../fhir/store/system.ts';

/** Somebody who has a resource, as they are called now. */
export type Party = { reference: string; name: string | null; address: string | null };

export type Names = {
  of(reference: string | null): Party | null;
  client(id: string): string | null;
};

const types = ['Practitioner', 'PractitionerRole', 'Patient', 'RelatedPerson', 'Organization', 'Device'];

const personName = ([name]: readonly HumanName[]): string | null =>
  name ? (name.text ?? [...(name.given ?? []), name.family].filter((part) => part !== undefined).join(' ')) : null;

const addressText = ({ text, line = [], city, state, postalCode, country }: Address): string =>
  text ?? [...line, city, state, postalCode, country].filter((part) => part !== undefined && part !== '').join(', ');

/** What is read of any of the types above. */
type Named = { name?: string | HumanName[]; deviceName?: { name?: string }[]; address?: Address[] };

function partyOf(reference: string, content: string): Party {
  // As it was stored, of one of the types above.
  const { name, deviceName, address } = JSON.parse(content) as Named;
  const called =
    typeof name === 'string' ? name : Array.isArray(name) ? personName(name) : (deviceName?.[0]?.name ?? null);
  const [place] = Array.isArray(address) ? address : [];
  return {
    reference,
    name: called,
    address: place && reference.startsWith('Organization/') ? addressText(place) : null,
  };
}

const clientSql = `select id, metadata::json->>'client_name' from client where tenant = $1 and id = any($2::text[])`;

/**
 * What people, organizations and apps are called at this moment: the ledger itself keeps ids. The account of a record tells it
 * to whom the record is about, whatever else they may see.
 */
export async function namesOf(
  context: FhirContext,
  tenant: number,
  wanted: { references: readonly string[]; clients: readonly string[] },
): Promise<Names> {
  const grant = systemGrant(tenant, types);
  const references = [...new Set(wanted.references)].filter((one) => types.includes(one.split('/')[0] ?? ''));
  const parties = new Map<string, Party>();
  const reading = references.map(async (reference) => {
    const [type = '', id = ''] = reference.split('/');
    const found = await context.store.read(grant, type, id);
    if (found.ok) parties.set(reference, partyOf(reference, found.value.content));
  });
  const ids = [...new Set(wanted.clients)];
  const rows = ids.length === 0 ? [] : await context.database.query(clientSql, [tenant, ids]);
  await Promise.all(reading);
  const clients = new Map(rows.map(([id, name]) => [String(id), name === null ? null : String(name)]));
  return {
    of: (reference) => (reference === null ? null : (parties.get(reference) ?? null)),
    client: (id) => clients.get(id) ?? null,
  };
}
