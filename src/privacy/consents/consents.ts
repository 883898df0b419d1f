import type { Consent } from '@medplum/fhirtypes';

import type { Caller } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { type Condition, keys, not, written } from '../../fhir/search/condition.ts';
import { conditionOf } from '../../fhir/search/criteria.ts';
import { key, parameterId } from '../../fhir/search/hash.ts';
import { parseCriterion } from '../../fhir/search/parse.ts';
import { createPredicates } from '../../fhir/search/predicate.ts';
import { Scan } from '../../fhir/search/scan.ts';
import { Statement } from '../../fhir/search/statement.ts';
import { systemGrant } from '../../fhir/store/system.ts';
import type { ConsentEffect } from '../gate/facts.ts';
import { isAgreement } from '../parties/agreements.ts';
import { bearsUnnamed, effectOf, nextChange } from './consent-effects.ts';
import { consentScope, isAppGrant } from './consent-resource.ts';
import { problemsOf } from './provision-problems.ts';
import { type Recipient, recipientOf } from './recipient.ts';

/** What Consents do for a caller, and ms since 1970 when one of them begins or ends by itself. */
export type ConsentReading = { effects: readonly ConsentEffect[]; until: number };

/** ms after which rows are looked for anew that only their text tells: no epoch tells that one has come. */
const KEPT = 60_000;

/**
 * How many resources the Consents of one patient may name: each is looked for, and what refers to it, whenever somebody asks. A
 * Consent that names none counts little. What denies beyond it denies everything, and what gives gives nothing.
 */
const MOST = 200;

const costOf = ({ provision = {} }: Consent): number =>
  0.1 + [provision, ...(provision.provision ?? [])].reduce((sum, { data = [] }) => sum + data.length, 0);

const isCounted = ({ denials }: ConsentEffect): boolean =>
  [...denials.values()].some((all) => all.some(({ where }) => where?.keys.length === 0));

type Found = { id: string; patient: string; consent: Consent };

/**
 * Reads the active Consents about privacy that bear on a caller: those that name them (recipient.ts), whoever's they are; and
 * those that name nobody, which are about everybody but the patient, who speaks for them, and who keeps the server. Of the
 * latter only those of patients in the caller's reach, and of those who name the caller, are looked at. The purpose of the
 * caller must be filled in. What an app was granted is held to by its scopes and is nothing here.
 *
 * @param patients whose Consents that name nobody are looked at; `all`: of whoever is in reach
 */
export function createReadConsents(
  context: FhirContext,
): (caller: Caller, patients: 'all' | readonly string[]) => Promise<ConsentReading> {
  const predicateOf = createPredicates(context.definitions);

  return async (caller, patients) => {
    const { tenant } = caller;
    const recipient = await recipientOf(context, caller);
    const naming = await namingCaller(context, tenant, recipient);
    const others = bearsUnnamed(caller.actor)
      ? await namingNobody(context, tenant, whose(caller, patients, naming))
      : [];
    const base = context.settings.baseOf(tenant);
    const all = [...naming, ...others].filter(({ consent }) => !isAppGrant(consent, base) && !isAgreement(consent));
    const now = context.now();
    const effects: ConsentEffect[] = [];
    const spent = new Map<string, number>();
    for (const { id, patient, consent } of all) {
      const cost = (spent.get(patient) ?? 0) + costOf(consent);
      spent.set(patient, cost);
      const isEnforceable = cost <= MOST && problemsOf(consent, { context, base, patient }).length === 0;
      const reading = { context, predicateOf, tenant, patient };
      const effect = await effectOf(reading, { consent, id, isEnforceable }, recipient, now);
      if (effect !== null) effects.push(effect);
    }
    const change = nextChange(
      all.map(({ consent }) => consent),
      now,
    );
    return { effects, until: effects.some(isCounted) ? Math.min(change, now + KEPT) : change };
  };
}

function whose(
  caller: Caller,
  patients: 'all' | readonly string[],
  naming: readonly Found[],
): 'all' | readonly string[] {
  if (caller.reach === 'all' && patients === 'all') return 'all';
  const asked = patients === 'all' ? caller.reach : patients;
  const reached = [...(asked === 'all' ? [] : asked), ...(caller.patient === null ? [] : [caller.patient])];
  return [...new Set([...reached, ...naming.map(({ patient }) => patient)])];
}

/** Consents whose actors are said without a reference have none by which they could be looked up. */
function namingCaller(context: FhirContext, tenant: number, { names, identifiers }: Recipient): Promise<Found[]> {
  const any = [
    ...[...names].map((name) => key(tenant, 'Consent', 'actor', 'r', name)),
    ...[...identifiers].map((token) => key(tenant, 'Consent', 'actor', 'is', token)),
  ];
  return any.length === 0 ? Promise.resolve([]) : consentsWith(context, tenant, [keys(any, true)]);
}

/** Of nobody in particular is what has no actor, and what names a class of them. */
const nobody: Condition = not(
  written(({ statement, row }) => `${row}.present @> ${statement.share([parameterId('actor')], 'int[]')}`),
);

/** Those that give or take more than the policies do say one of these. */
const telling =
  '"deny"|OPTOUT|Policy-deny|Policy-break|securityLabel|dataPeriod|"data"|"class"|"code"\\s*:\\s*\\[|BTG|TREAT"|/actor"';

function namingNobody(context: FhirContext, tenant: number, patients: 'all' | readonly string[]): Promise<Found[]> {
  if (patients !== 'all') {
    return patients.length === 0
      ? Promise.resolve([])
      : consentsWith(context, tenant, [nobody, { kind: 'patient', any: patients }]);
  }
  const tells = written(({ statement, row }) => `${row}.content ~ ${statement.bind(telling, 'text')}`);
  return consentsWith(context, tenant, [nobody, tells]);
}

const privacy = { status: 'active', scope: `${consentScope}|patient-privacy` };

async function consentsWith(context: FhirContext, tenant: number, conditions: Condition[]): Promise<Found[]> {
  const { database, definitions } = context;
  const grant = systemGrant(tenant, ['Consent']);
  const asking = { grant, on: database.planned, definitions, type: 'Consent', base: '', now: context.now() };
  const all = [...conditions];
  for (const [name, value] of Object.entries(privacy)) {
    const criterion = parseCriterion(name, value);
    const condition = criterion.ok ? await conditionOf(asking, criterion.value) : criterion;
    if (!condition.ok) throw new Error(condition.issues[0]?.diagnostics);
    all.push(condition.value);
  }
  const scan = Scan.of(grant, 'Consent', 's');
  if (!scan) throw new Error('the grant of the server covers Consent');
  const statement = new Statement(tenant);
  const text = `select r.id, r.patient, r.content ${scan.from(statement, 'r', all)}`;
  const rows = await database.planned.query(text, statement.params);
  return rows.flatMap(([id, patient, content]) =>
    // Without a patient of this server it is about nobody's record. What is stored was checked.
    patient === null
      ? []
      : { id: String(id), patient: String(patient), consent: JSON.parse(String(content)) as Consent },
  );
}
