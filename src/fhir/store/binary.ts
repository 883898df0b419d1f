import { buffer } from 'node:stream/consumers';

import type { Owner } from '../../db/blobs.ts';
import { admits, allows, type Grant, hides, type Rows, readsText } from '../access.ts';
import type { FhirContext, Json } from '../context.ts';
import { members, type Parsed } from '../json.ts';
import { parseReference } from '../reference.ts';
import { search } from '../search/search.ts';
import { systemGrant } from './system.ts';

/**
 * The content of a Binary lies in the blob store; the stored text has its address where `data` would be. An address is
 * no base64, so a client cannot write one: the validator refuses it.
 *
 * @see https://hl7.org/fhir/R4/binary.html
 */
const address = /^"blob:([0-9a-f]{64})"$/;

export const addressText = (sha256: string): string => `"blob:${sha256}"`;

/** Whose record the bytes of a Binary are in, where it says so. */
export function blobOwner(tenant: number, { securityContext }: Json): Owner | undefined {
  // Checked resources have a Reference here.
  const { reference } = (securityContext ?? {}) as { reference?: string };
  const target = parseReference(reference ?? '');
  const isPatient = target?.kind === 'literal' && target.base === null && target.type === 'Patient';
  return isPatient ? { tenant, patient: target.id } : undefined;
}

/** Moves `data` of a Binary that has been checked into the blob store. Other resources are returned as they are. */
export async function shelved(context: FhirContext, tenant: number, parsed: Parsed): Promise<Parsed> {
  const { resource, text } = parsed;
  if (resource.resourceType !== 'Binary' || typeof resource.data !== 'string') return parsed;
  const data = members(text, 0).find(({ name }) => name === 'data');
  if (!data || address.test(text.slice(data.value, data.end))) return parsed;
  const { sha256 } = await context.blobs.put(
    Buffer.from(resource.data, 'base64'),
    undefined,
    blobOwner(tenant, resource),
  );
  return {
    text: text.slice(0, data.value) + addressText(sha256) + text.slice(data.end),
    resource: { ...resource, data: `blob:${sha256}` },
  };
}

/** The bytes of a stored Binary; empty when it has none. */
export async function bytesOf(context: FhirContext, content: string): Promise<Buffer> {
  const data = members(content, 0).find(({ name }) => name === 'data');
  const sha256 = data && address.exec(content.slice(data.value, data.end))?.[1];
  if (sha256 === undefined) return Buffer.alloc(0);
  const stream = await context.blobs.get(sha256);
  if (stream === null) throw new Error(`the blob ${sha256} of a Binary is not there`);
  return buffer(stream);
}

/** The stored text of a Binary with its content in place, as FHIR shows it; any other text as it is. */
export async function unshelved(context: FhirContext, type: string, content: string): Promise<string> {
  if (type !== 'Binary' || content === '') return content;
  const data = members(content, 0).find(({ name }) => name === 'data');
  if (!data || !address.test(content.slice(data.value, data.end))) return content;
  const bytes = await bytesOf(context, content);
  return `${content.slice(0, data.value)}"${bytes.toString('base64')}"${content.slice(data.end)}`;
}

const memberOf = (content: string, wanted: string) => members(content, 0).find(({ name }) => name === wanted);

/**
 * Whether the caller may see what a Binary belongs to: its bytes are as secret as that.
 *
 * @see https://hl7.org/fhir/R4/binary.html#security
 */
export async function opens(context: FhirContext, grant: Grant, content: string): Promise<boolean> {
  return (await opensOwner(context, grant, content)) && (await opensDocument(context, grant, content));
}

/**
 * Where documents are held back for what they are about, their bytes are seen by who sees all of the documents that they are
 * in, for bytes have no labels of their own: nobody opens what is hidden by writing a document of it.
 */
async function opensDocument(context: FhirContext, grant: Grant, content: string): Promise<boolean> {
  const rules = grant.types.get('DocumentReference') ?? [];
  const isPart = (rows: Rows): boolean => readsText(rows) || rows.without !== 0 || rows.having !== 0;
  if (grant.forbiddenLabels === 0 && !grant.denials.has('DocumentReference') && !rules.some(isPart)) return true;
  const id = memberOf(content, 'id');
  if (!id) return false;
  const name = `Binary/${JSON.parse(content.slice(id.value, id.end))}`;
  const places = [name, `${context.settings.baseOf(grant.tenant)}/${name}`].map(encodeURIComponent).join();
  const types = ['DocumentReference'];
  const ask = { types, query: `location=${places}`, strict: true, base: context.settings.baseOf(grant.tenant) };
  const documents = await search(context, systemGrant(grant.tenant, types), ask);
  if (!documents.ok) return false;
  const { found, next } = documents.value;
  return next === null && found.length > 0 && found.every((one) => admits(grant, 'DocumentReference', one, 'r', 's'));
}

async function opensOwner(context: FhirContext, grant: Grant, content: string): Promise<boolean> {
  const owner = memberOf(content, 'securityContext');
  if (!owner) return true;
  // A stored Binary has been checked to be one.
  const { reference } = JSON.parse(content.slice(owner.value, owner.end)) as { reference?: string };
  const target = parseReference(reference ?? '');
  if (target?.kind !== 'literal') return true;
  if (!allows(grant, target.type, 'r')) return false;
  // What lies elsewhere is in nobody's record here.
  if (!hides(grant) || target.base !== null) return true;
  return (await context.store.read(grant, target.type, target.id)).ok;
}

/** The stored text of a resource as this caller may see it: a Binary that is not theirs to open has no content. */
export async function shown(context: FhirContext, grant: Grant, type: string, content: string): Promise<string> {
  if (type !== 'Binary' || content === '') return content;
  if (await opens(context, grant, content)) return unshelved(context, type, content);
  const data = memberOf(content, 'data');
  // Something stands before it: resourceType, at least.
  return data ? content.slice(0, content.lastIndexOf(',', data.key)) + content.slice(data.end) : content;
}
