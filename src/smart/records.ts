import type { Actor, Caller, Grant, Interaction } from '../fhir/access.ts';
import type { Json } from '../fhir/context.ts';
import { createReach } from '../privacy/gate/reach.ts';
import type { SmartContext } from './context.ts';
import { isStaffRole, type User } from './people/user.ts';

/** A user as far as it matters to what they may see. */
export type Viewer = Pick<User, 'tenant' | 'fhirUser'> & { subject: string } & Partial<
    Pick<User, 'roles' | 'organization'>
  >;

/** What is said of a patient where one is chosen. */
export type PatientLine = { id: string; name: string | null; birthDate: string | null };

type Reach = ReturnType<typeof createReach>;
const reaches = new WeakMap<SmartContext['fhir'], Reach>();

/** The ids of the Patients that a user may see. */
export function reachOf(context: SmartContext, { tenant, fhirUser }: Viewer): Promise<readonly string[]> {
  let reach = reaches.get(context.fhir);
  if (!reach) {
    reach = createReach(context.fhir);
    reaches.set(context.fhir, reach);
  }
  return reach(tenant, fhirUser);
}

/** Who is of the staff is that but in their own record, and in that of their family. */
const viewerActor = ({ fhirUser, roles = [] }: Viewer): Actor => {
  const staff = roles.find(isStaffRole);
  if (fhirUser === null && staff !== undefined) return staff;
  if (fhirUser?.startsWith('Practitioner/')) return staff ?? 'practitioner';
  return fhirUser?.startsWith('RelatedPerson/') ? 'proxy' : 'self';
};

const reading: ReadonlySet<Interaction> = new Set(['r', 's']);

/** What a user may read of these types, without any app. */
export async function viewerGrant(context: SmartContext, viewer: Viewer, types: readonly string[]): Promise<Grant> {
  const caller: Caller = {
    tenant: viewer.tenant,
    actor: viewerActor(viewer),
    purpose: '',
    organization: viewer.organization ?? null,
    subject: viewer.subject,
    clientId: null,
    scopes: types.map((type) => ({ context: 'user', type, interactions: reading, query: null })),
    patient: null,
    fhirUser: viewer.fhirUser,
    identified: false,
    reach: await reachOf(context, viewer),
    grantId: null,
    operator: false,
  };
  return context.decide(caller);
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The name that a person is called by officially, or the first there is. */
export function nameOf(resource: Json): string | null {
  // Checked before it was stored: a list of HumanName, or of none of them.
  const names = (Array.isArray(resource.name) ? resource.name : []) as Json[];
  const name = names.find(({ use }) => use === 'official') ?? names.find(({ use }) => use !== 'old') ?? names[0];
  if (!name) return null;
  const given = Array.isArray(name.given) ? name.given.filter((one) => typeof one === 'string') : [];
  return text(name.text) ?? text([...given, text(name.family) ?? ''].join(' ').trim());
}

export const patientLine = (patient: Json): PatientLine => ({
  id: String(patient.id),
  name: nameOf(patient),
  birthDate: text(patient.birthDate),
});

/** A patient, as far as this user may see them; null for one that they may not, and for one that is not there. */
export async function patientOf(context: SmartContext, viewer: Viewer, id: string): Promise<PatientLine | null> {
  const reach = await reachOf(context, viewer);
  if (!reach.includes(id)) return null;
  const found = await context.fhir.store.read(await viewerGrant(context, viewer, ['Patient']), 'Patient', id);
  return found.ok ? patientLine(JSON.parse(found.value.content) as Json) : null; // the text of a stored Patient
}

export type PatientPage = { patients: readonly PatientLine[]; next: string | null };

/** So many on a page. */
const PAGE = 10;

const day = /^\d{4}(-\d{2}(-\d{2})?)?$/;

/**
 * The patients that this user may see, by name.
 *
 * @param sought the beginning of a name, or a birth date: `1961`, `1961-03-09`
 * @param cursor `next` of the page before
 */
export async function searchPatients(
  context: SmartContext,
  viewer: Viewer,
  base: string,
  sought: string,
  cursor: string | null,
): Promise<PatientPage> {
  const query = new URLSearchParams();
  const words = sought
    .split(/\s+/)
    .filter((one) => one !== '')
    .slice(0, 5);
  for (const word of words) query.append(day.test(word) ? 'birthdate' : 'name', word.replaceAll(/([\\,$|])/g, '\\$1'));
  query.set('_sort', 'family,given,_id');
  query.set('_count', String(PAGE));
  if (cursor !== null) query.set('_cursor', cursor);
  const answer = await context.fhir.dispatch({
    method: 'GET',
    path: ['Patient'],
    query: query.toString(),
    header: () => undefined,
    body: '',
    grant: await viewerGrant(context, viewer, ['Patient']),
    base,
  });
  if (!answer.ok || typeof answer.value.body !== 'string') return { patients: [], next: null };
  // The core's own Bundle.
  const bundle = JSON.parse(answer.value.body) as {
    entry?: { resource: Json }[];
    link?: { relation: string; url: string }[];
  };
  const next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
  return {
    patients: (bundle.entry ?? [])
      .filter(({ resource }) => resource.resourceType === 'Patient')
      .map(({ resource }) => patientLine(resource)),
    next: next === undefined ? null : new URL(next).searchParams.get('_cursor'),
  };
}
