import type { Consent } from '@medplum/fhirtypes';

import { type Actor, admits, type Caller, type Grant } from '../../fhir/access.ts';
import type { FhirContext, Write } from '../../fhir/context.ts';
import type { Parsed } from '../../fhir/json.ts';
import { forbidden, type Issue, invalidResource, ok, type Result } from '../../fhir/outcome.ts';
import { replaced } from '../../fhir/store/storable.ts';
import { wardsOf } from '../gate/wards.ts';
import { isActivePrivacy, isAppGrant, isClosedPolicy, issuerOf, rootType } from './consent-resource.ts';
import { normal } from './provision-codes.ts';
import { problemsOf } from './provision-problems.ts';
import { isPartial } from './provisions.ts';
import { localName } from './references.ts';

/** Who may say for a patient who sees their record: they, who speaks for them, and who answers for the server. */
const speaking: ReadonlySet<Actor> = new Set<Actor>(['self', 'proxy', 'operator', 'server', 'privacy-officer']);

/** Whose word is taken for it that somebody exists whom a Consent names: what is imported comes in any order. */
const trusted: ReadonlySet<Actor> = new Set<Actor>(['operator', 'server']);

type Effects = { gives: boolean; takes: boolean };

/** What a Consent can do to who sees what, whomever it names and whenever. */
function effectsOf(consent: Consent | null, base: string): Effects {
  if (consent === null || !isActivePrivacy(consent)) return { gives: false, takes: false };
  if (isAppGrant(consent, base)) return { gives: true, takes: false };
  const root = consent.provision ?? {};
  const nested = root.provision ?? [];
  const type = rootType(consent);
  // Who agrees to a policy, or was told of it, says nothing of who sees what.
  if (consent.provision === undefined && type === null && !isClosedPolicy(consent))
    return { gives: false, takes: false };
  const isOpen = (root.actor ?? []).length === 0;
  const limits =
    isOpen && (isPartial(root) || (root.securityLabel ?? []).some((one) => normal.is(one.system, one.code)));
  return {
    gives: type !== 'deny' || nested.some((one) => one.type === 'permit'),
    takes: type !== 'permit' || nested.some((one) => one.type === 'deny') || isClosedPolicy(consent) || limits,
  };
}

const isEffective = ({ gives, takes }: Effects): boolean => gives || takes;

function isTheirs({ actor, patient, fhirUser, reach }: Caller, subject: string | null): boolean {
  if (actor === 'operator' || actor === 'server' || actor === 'privacy-officer') return true;
  if (subject === null) return false;
  if (`Patient/${patient}` === subject || fhirUser === subject) return true;
  return reach !== 'all' && reach.some((id) => `Patient/${id}` === subject);
}

/** Whether a caller may bring it about that this Consent counts in the place of that. */
function mayFile(caller: Caller, before: Effects, after: Effects, subject: string | null): Result<null> {
  if (!isEffective(before) && !isEffective(after)) return ok(null);
  if (speaking.has(caller.actor)) {
    if (isTheirs(caller, subject)) return ok(null);
    return forbidden('You may consent for yourself, and for whom you speak, only', 'Consent.patient');
  }
  if (caller.actor !== 'app')
    return forbidden('Nobody consents for a patient but the patient, and who speaks for them', 'Consent.status');
  if (before.takes) return forbidden('An app does not take back what its user has denied', 'Consent.status');
  if (!after.gives) return ok(null);
  return forbidden(
    'An app does not file a Consent that gives something: propose it, with the status proposed, and its user will decide',
    'Consent.status',
  );
}

/** Whether it is theirs who said so: a person may act for another, who then says something else themself. */
const isSaidBy = (consent: Consent | null, user: string | null): boolean =>
  consent?.performer?.some(({ reference }) => user !== null && reference === user) ?? false;

/**
 * Who acts for somebody may say no for them, and yes; but not take back what they have denied, it may be to this very person;
 * nor give, to themself or others, what a young person tells nobody.
 */
async function mayFileAsProxy(
  context: FhirContext,
  { tenant, caller }: Grant,
  before: Consent | null,
  after: Effects,
): Promise<Result<null>> {
  const base = context.settings.baseOf(tenant);
  const { fhirUser } = caller;
  if (effectsOf(before, base).takes && !isSaidBy(before, fhirUser))
    return forbidden('What somebody has denied they take back themself', 'Consent.status');
  if (!after.gives || fhirUser === null) return ok(null);
  const wards = await wardsOf(context, tenant, fhirUser);
  if (wards.every(({ age }) => age === 'child')) return ok(null);
  return forbidden('A young person consents for themself to who sees their record', 'Consent.provision');
}

/** Identifiers by which the server finds what it has written itself. */
function ownIdentifiers({ identifier = [] }: Consent, base: string): string[] {
  const own = `${issuerOf(base)}/`;
  return identifier.flatMap(({ system, value }) => (system?.startsWith(own) ? [`${system}|${value}`] : []));
}

/** Those whom it names must be there: what names nobody protects from nobody. */
async function strangers(context: FhirContext, tenant: number, consent: Consent): Promise<Issue[]> {
  const base = context.settings.baseOf(tenant);
  const issues: Issue[] = [];
  const look = async (text: string | undefined, expression: string): Promise<void> => {
    const [type, id] = localName(text, base)?.split('/') ?? [];
    if (!type || !id || (await replaced(context, tenant, type, id))) return;
    issues.push({
      severity: 'error',
      code: 'business-rule',
      diagnostics: `${type}/${id} is not known here`,
      expression,
    });
  };
  const at = 'Consent.provision';
  const all = [consent.provision ?? {}, ...(consent.provision?.provision ?? [])];
  for (const [level, { actor = [] }] of all.entries()) {
    const place = level === 0 ? at : `${at}.provision[${level - 1}]`;
    for (const [n, { reference }] of actor.entries()) await look(reference.reference, `${place}.actor[${n}].reference`);
  }
  return issues;
}

async function fileable(context: FhirContext, { tenant, caller }: Grant, consent: Consent): Promise<Result<null>> {
  const base = context.settings.baseOf(tenant);
  const patient = localName(consent.patient?.reference, base);
  if (!patient?.startsWith('Patient/')) {
    const diagnostics = 'Whose record it is about must be a Patient of this server';
    return invalidResource([{ severity: 'error', code: 'business-rule', diagnostics, expression: 'Consent.patient' }]);
  }
  const issues = [...problemsOf(consent, { context, base, patient: patient.slice('Patient/'.length) })];
  if (!trusted.has(caller.actor)) issues.push(...(await strangers(context, tenant, consent)));
  return issues.length > 0 ? invalidResource(issues) : ok(null);
}

/** What is stored was checked when it was. */
const consentOf = (content: string | undefined): Consent | null =>
  content === undefined ? null : (JSON.parse(content) as Consent);

/**
 * Looks at a Consent before it is written: one that counts must be one that can be held to (422, with a sentence for each
 * thing that cannot be), and come from who may say it (403).
 */
export function fileConsents(
  context: FhirContext,
  grant: Grant,
  { parsed, stored }: Write,
): Result<Parsed> | Promise<Result<Parsed>> {
  if (parsed.resource.resourceType !== 'Consent') return ok(parsed);
  // Of what the caller cannot see nothing is told here; it is not found when it is written.
  if (stored !== null && !admits(grant, 'Consent', stored, 'u')) return ok(parsed);
  return filed(context, grant, parsed, consentOf(stored?.content));
}

async function filed(
  context: FhirContext,
  grant: Grant,
  parsed: Parsed,
  before: Consent | null,
): Promise<Result<Parsed>> {
  const base = context.settings.baseOf(grant.tenant);
  const consent = parsed.resource as unknown as Consent; // it has been checked
  const known = before === null ? [] : ownIdentifiers(before, base);
  if (ownIdentifiers(consent, base).some((one) => !known.includes(one)))
    return forbidden('Identifiers of this system are given by the server only', 'Consent.identifier');
  const subjects = [before, consent].flatMap((one) => localName(one?.patient?.reference, base) ?? []);
  for (const subject of subjects.length > 0 ? new Set(subjects) : [null]) {
    const may = mayFile(grant.caller, effectsOf(before, base), effectsOf(consent, base), subject);
    if (!may.ok) return may;
  }
  if (grant.caller.actor === 'proxy') {
    const may = await mayFileAsProxy(context, grant, before, effectsOf(consent, base));
    if (!may.ok) return may;
  }
  if (!isActivePrivacy(consent) || isAppGrant(consent, base)) return ok(parsed);
  const can = await fileable(context, grant, consent);
  return can.ok ? ok(parsed) : can;
}

/** A Consent that counts is not deleted by who may not say that it counts no more. */
export async function keepConsents(
  context: FhirContext,
  grant: Grant,
  type: string,
  id: string,
): Promise<Result<null>> {
  if (type !== 'Consent') return ok(null);
  const found = await context.store.read(grant, type, id, 'd');
  // What the caller cannot see is answered for elsewhere.
  if (!found.ok) return ok(null);
  const base = context.settings.baseOf(grant.tenant);
  const before = consentOf(found.value.content);
  const subject = localName(before?.patient?.reference, base);
  const none = { gives: false, takes: false };
  const may = mayFile(grant.caller, effectsOf(before, base), none, subject);
  return may.ok && grant.caller.actor === 'proxy' ? mayFileAsProxy(context, grant, before, none) : may;
}
