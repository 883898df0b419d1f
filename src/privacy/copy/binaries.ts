import type { FhirContext } from '../../fhir/context.ts';
import { parseReference } from '../../fhir/reference.ts';
import { opens } from '../../fhir/store/binary.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import type { AskGrant } from './record.ts';

const pointers = /"(?:url|reference)":"(?:[^"]*\/)?Binary\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^"]*)?"/g;

/** The ids of the documents and pictures that the text of a row points to. */
export const binariesOf = (content: string): string[] => [...content.matchAll(pointers)].map(([, id = '']) => id);

/** A document that is the person's, as it is stored. */
export type OwnBinary = { id: string; contentType: string; content: string };

type Stored = { contentType?: string; securityContext?: { reference?: string } };

/** An id that the server made: nobody can name it who was not shown it. */
const madeHere = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A document that a row of the record points to, if it belongs there. Anybody may write an address into their own record: what
 * a document says that it belongs to must be in this record, and one that says nothing must have an id that cannot be guessed.
 *
 * @returns null where it is not certain that it is the person's, or there is none
 */
export async function ownBinary(
  context: FhirContext,
  askGrant: AskGrant,
  patient: string,
  id: string,
): Promise<OwnBinary | null> {
  const grant = await askGrant();
  const found = await context.store.read(systemGrant(grant.tenant, ['Binary']), 'Binary', id);
  if (!found.ok) return null;
  const { content, patient: whose } = found.value;
  if (!(await opens(context, grant, content))) return null;
  const { contentType = 'application/octet-stream', securityContext } = JSON.parse(content) as Stored;
  if (whose === patient) return { id, contentType, content };
  if (securityContext === undefined) return madeHere.test(id) ? { id, contentType, content } : null;
  const owner = parseReference(securityContext.reference ?? '');
  if (owner?.kind !== 'literal' || owner.base !== null) return null;
  const row = await context.store.read(grant, owner.type, owner.id);
  if (!row.ok) return null;
  const isOwn = row.value.patient === patient || (row.value.patients?.includes(patient) ?? false);
  return isOwn ? { id, contentType, content } : null;
}

const endings: Record<string, string> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'text/plain': 'txt',
  'text/html': 'html.txt',
  'application/xml': 'xml.txt',
  'text/xml': 'xml.txt',
  'application/json': 'json',
};

/** A name that opens with what shows such bytes; a page that somebody sent opens as text, so that it runs nothing. */
export const binaryName = ({ id, contentType }: OwnBinary): string =>
  `documents/${id}.${endings[contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''] ?? 'bin'}`;
