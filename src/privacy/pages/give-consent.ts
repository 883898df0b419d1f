import type { Consent, ConsentProvision, Encounter } from '@medplum/fhirtypes';

import type { Problem } from '../../pages/form.ts';
import { consentScope } from '../consents/consent-resource.ts';
import { actorSystem, participation, resourceTypeSystem } from '../consents/provision-codes.ts';
import { readOne } from './ask.ts';
import { CARE, type Who } from './give-who.ts';
import { giveWords } from './give-words.ts';
import { treatingNow } from './recipients.ts';
import { choosableMatters, choosableTypes } from './type-words.ts';
import type { RecordVisit } from './visit.ts';

const terminology = 'http://terminology.hl7.org/CodeSystem';

/** What was filled in. */
export type Filled = {
  decision: 'permit' | 'deny' | null;
  kinds: readonly string[];
  matters: readonly string[];
  from: string;
  to: string;
  visit: string;
  until: string;
};

export function filledIn(form: URLSearchParams): Filled {
  const decision = form.get('decision');
  const text = (name: string): string => (form.get(name) ?? '').trim();
  return {
    decision: decision === 'permit' || decision === 'deny' ? decision : null,
    kinds: choosableTypes.filter((one) => form.getAll('kinds').includes(one)),
    matters: choosableMatters.filter((one) => form.getAll('matters').includes(one)),
    from: text('from'),
    to: text('to'),
    visit: text('visit'),
    until: text('until'),
  };
}

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** What is wrong with what was filled in. */
export async function problemsIn(visit: RecordVisit, filled: Filled): Promise<Problem[]> {
  const say = giveWords[visit.request.language].wrong;
  const today = new Date(visit.deps.fhir.now()).toISOString().slice(0, 10);
  const { decision, from, to, until, visit: named } = filled;
  const problems: Problem[] = decision === null ? [{ field: 'decision', message: say.decision }] : [];
  for (const [field, text] of [
    ['from', from],
    ['to', to],
    ['until', until],
  ] as const) {
    if (text !== '' && !isDay(text)) problems.push({ field, message: say.date });
  }
  if (isDay(from) && isDay(to) && to < from) problems.push({ field: 'to', message: say.order });
  if (isDay(until) && until < today) problems.push({ field: 'until', message: say.until });
  if (named !== '') {
    const found = await readOne<Encounter>(visit, 'Encounter', named);
    if (found?.subject?.reference !== `Patient/${visit.record.id}`)
      problems.push({ field: 'visit', message: say.visit });
  }
  return problems;
}

type Actor = NonNullable<ConsentProvision['actor']>[number];

const role = { coding: [{ system: participation, code: 'IRCP', display: 'information recipient' }] };

/**
 * Whom a consent names. Who is allowed to see something is named one by one: whoever treats people here and not this person
 * would be meant by all who do. Who is kept away are all of them.
 */
export async function actorsOf(visit: RecordVisit, { reference, name }: Who, { decision }: Filled): Promise<Actor[]> {
  if (reference !== CARE) return [{ role, reference: { reference, display: name } }];
  if (decision === 'deny') {
    return [{ role, reference: { identifier: { system: actorSystem, value: 'practitioner' }, display: name } }];
  }
  const treating = await treatingNow(visit);
  return treating.map((one) => ({
    role,
    reference: { reference: one.reference, ...(one.name === null ? {} : { display: one.name }) },
  }));
}

/** Labels that a consent is of: what is normal as well, where it is allowed beside what is sensitive. */
const labelsOf = ({ decision, matters }: Filled): ConsentProvision['securityLabel'] => [
  ...(decision === 'permit' ? [{ system: `${terminology}/v3-Confidentiality`, code: 'N' }] : []),
  ...matters.map((code) => ({ system: `${terminology}/v3-ActCode`, code })),
];

function provisionOf(actor: Actor[], filled: Filled, now: number): ConsentProvision {
  const { decision, kinds, matters, from, to, visit, until } = filled;
  return {
    type: decision ?? 'deny',
    period: { start: new Date(now).toISOString(), ...(until === '' ? {} : { end: until }) },
    actor,
    ...(kinds.length === 0 ? {} : { class: kinds.map((code) => ({ system: resourceTypeSystem, code })) }),
    ...(matters.length === 0 ? {} : { securityLabel: labelsOf(filled) }),
    ...(from === '' && to === ''
      ? {}
      : { dataPeriod: { ...(from === '' ? {} : { start: from }), ...(to === '' ? {} : { end: to }) } }),
    ...(visit === '' ? {} : { data: [{ meaning: 'related', reference: { reference: `Encounter/${visit}` } }] }),
  };
}

/** A Consent of somebody's own, beside what it says: who gives it, for whom, and as of now. */
export function ownConsent(
  { record, visitor, deps }: RecordVisit,
  rule: 'OPTIN' | 'OPTOUT',
  said: Pick<Consent, 'policy' | 'provision'>,
): Consent {
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: consentScope, code: 'patient-privacy', display: 'Privacy Consent' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0', display: 'Consent Document' }] }],
    patient: { reference: `Patient/${record.id}` },
    dateTime: new Date(deps.fhir.now()).toISOString(),
    performer: [{ reference: visitor.fhirUser ?? `Patient/${record.id}` }],
    policyRule: { coding: [{ system: `${terminology}/v3-ActCode`, code: rule }] },
    ...said,
  };
}

/** What was filled in as FHIR says it. https://profiles.ihe.net/ITI/PCF/content.html */
export const consentFrom = (visit: RecordVisit, actor: Actor[], filled: Filled): Consent =>
  ownConsent(visit, filled.decision === 'permit' ? 'OPTIN' : 'OPTOUT', {
    provision: provisionOf(actor, filled, visit.deps.fhir.now()),
  });
