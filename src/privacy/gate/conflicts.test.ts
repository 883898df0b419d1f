import { expect, test } from 'vitest';

import { admits, allRows, type Caller } from '../../fhir/access.ts';
import { labelBit } from '../../fhir/search/labels.ts';
import { createDecide } from './decide.ts';
import { type ConsentEffect, type Facts, noFacts } from './facts.ts';

type Case = {
  /** The class never sees the type, whoever consents. */
  hard: boolean;
  /** The glass is broken. */
  emergency: boolean;
  deny: boolean;
  /** It opens the label as well. */
  permit: boolean;
  /** The patient is in reach. */
  implicit: boolean;
  /** The row bears a label that is held back. */
  labelled: boolean;
};

const yesNo = [false, true];
const cases: Case[] = yesNo.flatMap((hard) =>
  yesNo.flatMap((emergency) =>
    yesNo.flatMap((deny) =>
      yesNo.flatMap((permit) =>
        yesNo.flatMap((implicit) => yesNo.map((labelled) => ({ hard, emergency, deny, permit, implicit, labelled }))),
      ),
    ),
  ),
);

/** Never > emergency > what is denied > what is permitted > what the policy of the class says. */
function expected({ hard, emergency, deny, permit, implicit, labelled }: Case): boolean {
  if (hard) return false;
  if (emergency) return true;
  if (deny) return false;
  if (permit) return true;
  return implicit && !labelled;
}

const PSY = labelBit('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'PSY');
const rows = { ...allRows, patients: ['p'] };
const nothing: Omit<ConsentEffect, 'consent'> = {
  patient: 'p',
  permits: new Map(),
  opens: 0,
  denials: new Map(),
  emergencyOnly: false,
};

function factsOf({ emergency, deny, permit }: Case): Facts {
  const permits: ConsentEffect = { ...nothing, consent: 'Consent/1', permits: new Map([['*', [rows]]]), opens: PSY };
  const denies: ConsentEffect = {
    ...nothing,
    consent: 'Consent/2',
    denials: new Map([['*', [{ ...rows, except: [] }]]]),
  };
  return {
    ...noFacts,
    consents: [...(permit ? [permits] : []), ...(deny ? [denies] : [])],
    duties: { ...noFacts.duties, emergencies: emergency ? [{ patient: 'p', reason: 'unconscious' }] : [] },
  };
}

/** An employer never sees what somebody has answered; a practitioner may see whatever there is. */
const callerOf = ({ hard, implicit }: Case): Caller => ({
  tenant: 1,
  actor: hard ? 'hr-admin' : 'practitioner',
  purpose: '',
  organization: hard ? 'acme' : null,
  subject: 's',
  clientId: null,
  scopes: [{ context: 'user', type: '*', interactions: new Set(['r', 's'] as const), query: null }],
  patient: null,
  fhirUser: 'Practitioner/d',
  identified: false,
  reach: implicit ? ['p'] : [],
  grantId: null,
  operator: false,
});

test.each(cases)(
  'O-62 of what contradicts each other the same thing always counts: $hard $emergency $deny $permit $implicit $labelled',
  async (one) => {
    const type = one.hard ? 'QuestionnaireResponse' : 'Observation';
    const decide = createDecide(
      ['Patient', 'Observation', 'QuestionnaireResponse'],
      () => null,
      async () => factsOf(one),
    );
    const grant = await decide(callerOf(one));
    const row = { id: 'r', patient: 'p', patients: null, labels: one.labelled ? PSY : 0, content: '{}' };
    expect(admits(grant, type, row, 'r')).toBe(expected(one));
    expect(admits(grant, type, { ...row, patient: 'q' }, 'r')).toBe(false);
  },
);

test('O-62 there are sixty-four of them', () => expect(new Set(cases.map((one) => JSON.stringify(one))).size).toBe(64));
