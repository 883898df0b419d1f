import type { Consent, ConsentProvision, ConsentProvisionActor } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { compartmentTypes } from '../../fhir/definitions/compartments.ts';
import type { Issue } from '../../fhir/outcome.ts';
import { isActor } from '../actor-classes.ts';
import { isClosedPolicy, rootType } from './consent-resource.ts';
import { actorSystem, consentAction, isKnownLabel, participation, resourceTypeSystem } from './provision-codes.ts';
import { codeParameter } from './provisions.ts';
import { actReason, isEmergency, isPurpose } from './purposes.ts';
import { localName } from './references.ts';

type Where = { context: FhirContext; base: string; patient: string };

const problem = (diagnostics: string, expression: string): Issue => ({
  severity: 'error',
  code: 'business-rule',
  diagnostics,
  expression,
});

/** Who may be named as one who receives. */
const recipients: ReadonlySet<string> = new Set([
  ...['Practitioner', 'PractitionerRole', 'Organization', 'RelatedPerson', 'Patient', 'Group', 'CareTeam', 'Device'],
]);

/** What a recipient is to what is received: it receives it. */
const receiving: ReadonlySet<string> = new Set(['IRCP', 'PRCP']);
/** Somebody who acts for the patient. https://terminology.hl7.org/CodeSystem-v3-RoleCode.html */
const acting: ReadonlySet<string> = new Set(['GUARD', 'DPOWATT', 'HPOWATT', 'POWATT', 'SPOWATT', 'DELEGATEE']);

/** Classes of which each is one of many, who have nothing to do with each other. */
const parties: ReadonlySet<string> = new Set([
  ...['hr-admin', 'carrier', 'employer-feed', 'provider-market', 'analytics', 'marketing', 'app', 'contractor'],
]);

function* actorProblems(
  { role, reference }: ConsentProvisionActor,
  type: string | null,
  where: Where,
  at: string,
): Generator<Issue> {
  const codes = role.coding ?? [];
  const named = codes.find(({ system }) => system === actorSystem)?.code;
  const isClass = isActor(named ?? '');
  const isKnown = codes.some(
    ({ system, code }) => acting.has(code ?? '') || (system === participation && receiving.has(code ?? '')),
  );
  if (!isClass && !isKnown) {
    yield problem(
      'An actor receives: its role must be IRCP or PRCP of v3-ParticipationType, or that of somebody who acts for the patient. Who made something is said in data, with the meaning authoredby',
      `${at}.role`,
    );
  }
  const { identifier, reference: text } = reference;
  const name = localName(text, where.base);
  if (name !== null) {
    const [type = ''] = name.split('/');
    if (!recipients.has(type)) yield problem(`A ${type} receives nothing`, `${at}.reference`);
    return;
  }
  if (text !== undefined) {
    yield problem('An actor must be a resource of this server: no other can be told when they ask', `${at}.reference`);
    return;
  }
  const meant = identifier?.system === actorSystem ? identifier.value : named;
  if (type === 'permit' && meant !== undefined && parties.has(meant))
    yield problem(`Which ${meant} is meant must be said: name its Organization`, `${at}.reference`);
  if (identifier?.system === actorSystem ? !isActor(identifier.value ?? '') : !isClass && !identifier?.value) {
    yield problem('An actor must be named by a reference, or by an identifier of this server', `${at}.reference`);
  }
}

function* contentProblems(provision: ConsentProvision, where: Where, at: string): Generator<Issue> {
  const { context, base, patient } = where;
  const types = new Set(compartmentTypes(context.definitions, 'Patient'));
  for (const [n, { system, code = '' }] of (provision.class ?? []).entries()) {
    if (system !== resourceTypeSystem)
      yield problem(`Classes are resource types here, of the system ${resourceTypeSystem}`, `${at}.class[${n}]`);
    else if (!types.has(code)) yield problem(`${code} is in nobody's record`, `${at}.class[${n}]`);
    else if ((provision.code?.length ?? 0) > 0 && codeParameter(code) === null)
      yield problem(`${code} has no code that it could be told by`, `${at}.class[${n}]`);
  }
  for (const [n, label] of (provision.securityLabel ?? []).entries()) {
    if (!isKnownLabel(label))
      yield problem(
        `The label ${label.code} is not one that this server keeps of what it stores`,
        `${at}.securityLabel[${n}]`,
      );
  }
  for (const [n, { coding = [] }] of (provision.code ?? []).entries()) {
    if (coding.length === 0 || coding.some(({ code }) => code === undefined))
      yield problem('What is meant must be said by a code, not by words', `${at}.code[${n}]`);
  }
  for (const [n, { reference }] of (provision.data ?? []).entries()) {
    const name = localName(reference.reference, base);
    if (name === null) yield problem('Data must be a resource of this server', `${at}.data[${n}].reference`);
    else if (name === `Patient/${patient}`)
      yield problem('The whole record is meant where data is left out', `${at}.data[${n}].reference`);
  }
}

function* useProblems(provision: ConsentProvision, type: string | null, at: string): Generator<Issue> {
  for (const [n, { system, code = '' }] of (provision.purpose ?? []).entries()) {
    if (system !== actReason || !isPurpose(code))
      yield problem(`Purposes are those of use, of the system ${actReason}`, `${at}.purpose[${n}]`);
  }
  const purposes = provision.purpose ?? [];
  if (type === 'deny' && purposes.length > 0 && purposes.every(({ code }) => isEmergency(code ?? ''))) {
    yield problem('Nobody is kept from what they need in an emergency: it is told to you afterwards', `${at}.purpose`);
  }
  const actions = (provision.action ?? []).flatMap(({ coding = [] }) => coding);
  for (const { system, code } of actions) {
    if (system !== consentAction || (code !== 'access' && code !== 'correct'))
      yield problem(`Of ${code ?? 'an action'} nothing is known here: actions are access and correct`, `${at}.action`);
  }
  if (provision.action?.some(({ coding = [] }) => coding.length === 0))
    yield problem('An action must be said by a code, not by words', `${at}.action`);
  if (type === 'deny' && actions.length > 0 && !actions.some(({ code }) => code === 'access'))
    yield problem('Who may not correct and may see cannot be told apart here: deny access', `${at}.action`);
}

/** What is wrong with each level. */
function* levelProblems(provision: ConsentProvision, type: string | null, where: Where, at: string): Generator<Issue> {
  const actors = provision.actor ?? [];
  for (const [n, actor] of actors.entries()) yield* actorProblems(actor, type, where, `${at}.actor[${n}]`);
  const isSelf = actors.some(
    ({ reference }) => localName(reference.reference, where.base) === `Patient/${where.patient}`,
  );
  if (type === 'deny' && isSelf) yield problem('Nobody is denied their own record', `${at}.actor`);
  yield* useProblems(provision, type, at);
  yield* contentProblems(provision, where, at);
  if (hasModifier(provision)) yield problem('An extension changes what this says in a way not known here', at);
}

/** In one Consent: each is looked at whenever somebody asks for the record. */
const MOST_EXCEPTIONS = 100;
const MOST_DATA = 100;
const MOST_WORDS = 1000;

/** What is too much to be looked at each time. */
function* sizeProblems(provision: ConsentProvision, at: string): Generator<Issue> {
  const nested = provision.provision ?? [];
  if (nested.length > MOST_EXCEPTIONS) {
    yield problem(`A Consent has ${MOST_EXCEPTIONS} exceptions at most`, `${at}.provision`);
    return;
  }
  const all = [provision, ...nested];
  if (all.flatMap(({ data = [] }) => data).length > MOST_DATA)
    yield problem(`A Consent names ${MOST_DATA} resources at most`, `${at}.data`);
  const words = all.flatMap(({ actor = [], purpose = [], code = [], class: classes = [], securityLabel = [] }) => [
    ...[actor, purpose, classes, securityLabel].flat(),
    ...code.flatMap(({ coding = [] }) => coding),
  ]);
  if (words.length > MOST_WORDS) yield problem(`A Consent has ${MOST_WORDS} actors, codes and labels at most`, at);
}

const hasModifier = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasModifier);
  return Object.entries(value).some(
    ([name, one]) => name === 'modifierExtension' || (name !== 'provision' && hasModifier(one)),
  );
};

/**
 * Why a Consent about privacy cannot be held to, a sentence each; nothing where it can. Whether those exist whom it names is
 * not looked at.
 */
export function problemsOf(consent: Consent, where: Where): readonly Issue[] {
  const { provision } = consent;
  const at = 'Consent.provision';
  const type = rootType(consent);
  const issues: Issue[] = [];
  if (consent.modifierExtension || consent.implicitRules)
    issues.push(problem('An extension or rule changes what this says in a way not known here', 'Consent'));
  if (type === 'both') issues.push(problem('provision.type and policyRule contradict each other', at));
  if (type === null && provision !== undefined)
    issues.push(problem('Whether it permits or denies must be said, by provision.type', `${at}.type`));
  if (type === 'deny' && isClosedPolicy(consent))
    issues.push(problem('Who rejects a policy that gives nothing says nothing that can be held to', 'Consent.policy'));
  if (provision === undefined) return issues;
  const sizes = [...sizeProblems(provision, at)];
  if (sizes.length > 0) return [...issues, ...sizes];
  issues.push(...levelProblems(provision, type === 'both' ? null : type, where, at));
  for (const [n, nested] of (provision.provision ?? []).entries()) {
    const inner = `${at}.provision[${n}]`;
    if (nested.type === undefined) issues.push(problem('An exception must permit or deny', `${inner}.type`));
    if ((nested.provision?.length ?? 0) > 0)
      issues.push(problem('An exception has no exceptions: say it in a Consent of its own', `${inner}.provision`));
    issues.push(...levelProblems(nested, nested.type ?? null, where, inner));
  }
  return issues;
}
