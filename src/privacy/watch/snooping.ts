import type { Address, Patient, Practitioner } from '@medplum/fhirtypes';

import type { Actor } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { isId } from '../../fhir/reference.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { labelBit, labelBits } from '../../fhir/search/labels.ts';
import { readOwn } from '../made.ts';

/** Whose curiosity is looked at. */
const staff: ReadonlySet<Actor> = new Set<Actor>(['practitioner', 'concierge', 'care-agent']);

const VIP = labelBit('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'VIP');

/** ms after which the same look is told of again. */
const AGAIN = 3_600_000;
/** Looks that are remembered at a time. */
const REMEMBERED = 20_000;

/** A look at the record of somebody close. */
export type Close = { patient: string; why: string };

/** The patient whom a request names: by its path, or as `patient` or `subject` of a search. */
function patientOf({ path, query }: FhirRequest): string | null {
  const [type, id] = path;
  if (type === 'Patient' && id !== undefined) return isId(id) ? id : null;
  if (!/(^|&)(patient|subject)=/.test(query)) return null;
  const sought = new URLSearchParams(query);
  const text = (sought.get('patient') ?? sought.get('subject') ?? '').replace(/^Patient\//, '');
  return isId(text) ? text : null;
}

const folded = (text: string | undefined): string =>
  (text ?? '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

type Person = Pick<Practitioner, 'name' | 'address' | 'telecom'>;

const surnames = ({ name = [] }: Person): Set<string> =>
  new Set(name.map(({ family }) => folded(family)).filter(Boolean));
const place = ({ line = [], postalCode, city }: Address): string =>
  line.length === 0 ? '' : folded(`${line.join('')}${postalCode ?? city ?? ''}`);
const places = ({ address = [] }: Person): Set<string> => new Set(address.map(place).filter(Boolean));
const reached = ({ telecom = [] }: Person): Set<string> =>
  new Set(
    telecom
      .filter(({ use }) => use !== 'work')
      .map(({ value }) => folded(value))
      .filter(Boolean),
  );

/** Whether two people have a surname, a home, a telephone or an e-mail in common. Which is not told: it is theirs. */
const areClose = (one: Person, other: Person): boolean =>
  !surnames(one).isDisjointFrom(surnames(other)) ||
  !places(one).isDisjointFrom(places(other)) ||
  !reached(one).isDisjointFrom(reached(other));

/**
 * Tells of a request of the staff that names a patient who is close to them, of their name or home, or whom everybody is curious
 * about. Whether they saw anything does not matter: that they tried does.
 */
export function createSnooping(context: FhirContext): (request: FhirRequest) => Promise<Close | null> {
  const looked = new Map<string, number>();
  return async (request) => {
    const { tenant, caller } = request.grant;
    if (!staff.has(caller.actor) || !caller.fhirUser?.startsWith('Practitioner/')) return null;
    const patient = patientOf(request);
    if (patient === null) return null;
    const look = `${tenant} ${caller.fhirUser} ${patient}`;
    const now = context.now();
    if ((looked.get(look) ?? Number.NEGATIVE_INFINITY) > now - AGAIN) return null;
    looked.delete(look);
    if (looked.size >= REMEMBERED) for (const oldest of looked.keys()) if (looked.delete(oldest)) break;
    looked.set(look, now);
    const [own, other] = await Promise.all([
      readOwn<Practitioner>(context, tenant, 'Practitioner', caller.fhirUser.slice('Practitioner/'.length)),
      readOwn<Patient>(context, tenant, 'Patient', patient),
    ]);
    if (!other.ok) return null;
    const isKnown = (labelBits({ meta: other.value.resource.meta }) & VIP) !== 0;
    if (isKnown) return { patient, why: 'The record of somebody well known was asked for' };
    if (!own.ok || !areClose(own.value.resource, other.value.resource)) return null;
    return { patient, why: 'The record of somebody close was asked for' };
  };
}
