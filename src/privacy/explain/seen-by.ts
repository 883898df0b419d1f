import { admits, type Caller, type Grant, type Interaction } from '../../fhir/access.ts';
import { compartmentTypes } from '../../fhir/definitions/compartments.ts';
import { labelBit, labels } from '../../fhir/search/labels.ts';
import type { Asked, Explained } from './explained.ts';

const reading: ReadonlySet<Interaction> = new Set(['r', 's']);

/** A clinician as they would ask, in the record of this patient and with all that the server offers. */
function callerOf({ tenant, patient }: Asked, fhirUser: string, isInReach: boolean): Caller {
  return {
    tenant,
    actor: 'practitioner',
    purpose: '',
    organization: null,
    subject: fhirUser,
    clientId: null,
    scopes: [{ context: 'user', type: '*', interactions: reading, query: null }],
    patient: null,
    fhirUser,
    identified: false,
    reach: isInReach ? [patient] : [],
    grantId: null,
    operator: false,
  };
}

const R = labelBit('http://terminology.hl7.org/CodeSystem/v3-Confidentiality', 'R');

/** What a grant shows of one patient: a row of which nothing is known but its labels stands for all of its type. */
function shown(grant: Grant, { context, patient }: Asked): Pick<Explained, 'types' | 'someOf' | 'labels'> {
  const all = compartmentTypes(context.definitions, 'Patient');
  const row = (bits: number) => ({ id: '', patient, patients: null, labels: bits, content: '' });
  const whole = all.filter((type) => admits(grant, type, row(0), 'r'));
  const about = (type: string): boolean =>
    grant.types.get(type)?.some(({ patients }) => patients === 'all' || patients.includes(patient)) ?? false;
  const isDenied = (type: string): boolean =>
    grant.denials
      .get(type)
      ?.some(({ ids, where, period, having, except }) => !ids && !where && !period && !having && except.length === 0) ??
    false;
  const some = all.filter((type) => !whole.includes(type) && about(type) && !isDenied(type));
  const probe = whole.find((type) => type !== 'Patient') ?? whole[0];
  const open = labels.filter(([system, code]) => {
    const bit = labelBit(system, code);
    return probe !== undefined && (admits(grant, probe, row(bit), 'r') || admits(grant, probe, row(bit | R), 'r'));
  });
  return {
    types: whole.length === all.length ? ['*'] : whole,
    someOf: some,
    labels: open.map(([system, code]) => ({ system, code })),
  };
}

/** What a clinician can see of the record now, and by which Consents; null where nothing. */
export async function seenBy(
  asked: Asked,
  practitioner: string,
  isInReach: boolean,
): Promise<(Pick<Explained, 'types' | 'someOf' | 'labels'> & { consents: readonly string[] }) | null> {
  const { context, patient } = asked;
  const grant = await context.decide?.(callerOf(asked, practitioner, isInReach));
  if (!grant) return null;
  const found = shown(grant, asked);
  if (found.types.length === 0 && found.someOf.length === 0) return null;
  const consents = grant.basis.flatMap((one) => {
    const [name = '', of = `Patient/${patient}`] = one.split(' ');
    return name.startsWith('Consent/') && of === `Patient/${patient}` ? [name] : [];
  });
  return { ...found, consents };
}
