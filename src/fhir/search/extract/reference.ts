import type { Reference } from '@medplum/fhirtypes';

import type { Resource } from '../../context.ts';
import type { Draft, Slot } from './draft.ts';
import { addKey, addPatient } from './draft.ts';
import { hashText, r } from './hashing.ts';
import { referenceIdentifier } from './token.ts';

/** A literal reference as it is searched: without its version. */
export function unversioned(reference: string): string {
  const version = reference.indexOf('/_history/');
  return version < 0 ? reference : reference.slice(0, version);
}

/** The id of a Patient of this server, or null, of a reference that is relative where it is to this server. */
export function localPatient(reference: string): string | null {
  return reference.startsWith('Patient/') && reference.length > 8 && !reference.includes('/', 8)
    ? reference.slice(8)
    : null;
}

function literal(x: Draft, slot: Slot, written: string): void {
  // A contained resource has no identity of its own that could be asked for.
  if (written.charCodeAt(0) === 35) return;
  const { base } = slot;
  const text = unversioned(base !== null && written.startsWith(base) ? written.slice(base.length) : written);
  x.found++;
  if (slot.patient !== null || slot.compartment) {
    const patient = localPatient(text);
    if (patient !== null) {
      addPatient(x, slot, patient);
      if (slot.patient === 'one') return;
    }
  }
  addKey(x, hashText(slot.seed, r, text));
}

/** A canonical is found with its version and without. */
function canonical(x: Draft, slot: Slot, written: string): void {
  if (written.charCodeAt(0) === 35) return;
  x.found++;
  addKey(x, hashText(slot.seed, r, written));
  const version = written.indexOf('|');
  if (version > 0) addKey(x, hashText(slot.seed, r, written.slice(0, version)));
}

/**
 * How each FHIR type is searched as a reference.
 *
 * @see https://hl7.org/fhir/R4/search.html#reference
 */
export const reference = {
  Reference(x: Draft, slot: Slot, { reference: written, identifier }: Reference): void {
    if (written !== undefined) literal(x, slot, written);
    if (identifier !== undefined) referenceIdentifier(x, slot, identifier);
  },
  canonical,
  uri: canonical,
  url: canonical,
  /** A resource inside the resource, as Bundle.entry is, is named by its type and id. */
  Resource(x: Draft, slot: Slot, { resourceType, id }: Resource): void {
    if (id !== undefined) literal(x, slot, `${resourceType}/${id}`);
  },
};
