import type { Grant } from '../fhir/access.ts';
import type { FhirContext } from '../fhir/context.ts';
import { type Result, unprocessable } from '../fhir/outcome.ts';
import { parseReference } from '../fhir/reference.ts';
import { match } from '../fhir/search/match.ts';
import type { Connection } from './connections/connection.ts';
import { type Measuring, measuring } from './device.ts';
import type { Metered } from './metric.ts';
import type { DeviceHint } from './reading.ts';

/** On whose behalf readings come in, and into whose record. */
export type Link = {
  tenant: number;
  patient: string;
  connection: Connection;
  /** Of who sends; null: a vendor, whom the Consent of the connection alone lets in. */
  grant: Grant | null;
};

/** What is known while the items of one submission are gone through. */
export type Passage = {
  link: Link;
  /** ms since 1970: when it came. */
  received: number;
  /** Devices that came along, by what the other entries refer to them by. */
  devices: ReadonlyMap<string, DeviceHint>;
  /** Ids of the Patients that were referred to, by how they were. */
  subjects: Map<string, string>;
  /** Devices that were met, by their hints. */
  met: Map<string, Result<Measuring>>;
  /** DeviceMetrics that were met, by what was told of them. */
  metrics: Map<string, Result<Metered>>;
  /** What the Consent of the connection lets its source bring, looked up for each chunk; null: whatever the grant does. */
  consent: Grant | null;
  /** What the grant and the Consent say of the readings of a series, where it is the same for each. */
  allowed: Map<string, Result<null>>;
};

/** The id of a Patient as a sender refers to them; null: nobody whom they may see. */
export async function patientOf(
  context: FhirContext,
  tenant: number,
  grant: Grant | null,
  subject: string,
): Promise<string | null> {
  const parsed = parseReference(subject);
  if (parsed?.kind === 'literal' && parsed.type === 'Patient')
    return parsed.base === null || parsed.base === context.settings.baseOf(tenant) ? parsed.id : null;
  if (parsed?.kind !== 'conditional' || parsed.type !== 'Patient' || grant === null) return null;
  const found = await match(context, grant, 'Patient', parsed.query);
  const [only, other] = found.ok ? found.value : [];
  return only !== undefined && other === undefined ? only.id : null;
}

/** Ways in which one submission may say whom its readings are of. */
const MOST_SUBJECTS = 1000;

/** Whether a reading is said to be of somebody else. */
export async function isOther(context: FhirContext, { link, subjects }: Passage, subject: string | undefined) {
  if (subject === undefined) return false;
  const { tenant, patient, grant } = link;
  if (subjects.size >= MOST_SUBJECTS && !subjects.has(subject)) return true;
  const id = subjects.get(subject) ?? (await patientOf(context, tenant, grant, subject)) ?? '';
  subjects.set(subject, id);
  return id !== patient;
}

/** A device that came along; one that is told by nothing but what it is called in a Bundle is told by its name. */
function cameAlong({ reference, identity, ...hint }: DeviceHint): DeviceHint {
  return { ...hint, identity: identity === reference ? (hint.name ?? null) : identity };
}

/** Devices that one submission may bring. */
const MOST_DEVICES = 200;

/** The device that measured, looked up once for all that it measured. */
export async function deviceOf(
  context: FhirContext,
  passage: Passage,
  hint: DeviceHint | undefined,
): Promise<Result<Measuring>> {
  const known = hint?.reference === undefined ? undefined : passage.devices.get(hint.reference);
  const meant = known === undefined ? hint : cameAlong(known);
  const key = JSON.stringify(meant ?? null);
  const met = passage.met.get(key);
  if (met !== undefined) return met;
  if (passage.met.size >= MOST_DEVICES) return unprocessable(`One submission names ${MOST_DEVICES} devices at most`);
  const found = await measuring(context, passage.link, meant);
  passage.met.set(key, found);
  return found;
}
