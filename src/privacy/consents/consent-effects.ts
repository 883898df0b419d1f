import type { Consent, ConsentProvision, Identifier } from '@medplum/fhirtypes';

import { type Actor, allRows, type Denial, type Rows } from '../../fhir/access.ts';
import { compartmentTypes } from '../../fhir/definitions/compartments.ts';
import { parseInterval } from '../../fhir/search/dates.ts';
import type { ConsentEffect } from '../gate/facts.ts';
import { isClosedPolicy, rootType } from './consent-resource.ts';
import { actorSystem, normal } from './provision-codes.ts';
import { type Content, classesOf, contentOf, isPartial, openedBy, type Reading } from './provisions.ts';
import { isEmergency, widerPurposes } from './purposes.ts';
import type { Recipient } from './recipient.ts';
import { localName } from './references.ts';

/** Whom a Consent that names nobody is not about: the patient and who speaks for them, and who keeps or watches the server. */
const exempt: ReadonlySet<Actor> = new Set<Actor>([
  ...(['self', 'proxy', 'app', 'device-gateway'] as const),
  ...(['operator', 'server', 'privacy-officer', 'legal', 'sysadmin', 'nobody'] as const),
]);

export const bearsUnnamed = (actor: Actor): boolean => !exempt.has(actor);

/** Who treats: labels that a patient opens to nobody in particular are opened to these. */
const treating: ReadonlySet<Actor> = new Set<Actor>(['practitioner', 'concierge', 'system']);

/** Both bounds are included, whole days with them. */
export function isNow({ period }: ConsentProvision, now: number): boolean {
  const start = period?.start === undefined ? null : parseInterval(period.start);
  const end = period?.end === undefined ? null : parseInterval(period.end);
  return (start === null || start.start <= now) && (end === null || now < end.end);
}

/** ms since 1970 when one of them begins or ends by itself. */
export function nextChange(consents: readonly Consent[], now: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { provision } of consents) {
    for (const { period } of [provision ?? {}, ...(provision?.provision ?? [])]) {
      const bounds = [parseInterval(period?.start ?? '')?.start, parseInterval(period?.end ?? '')?.end];
      for (const at of bounds) if (at !== undefined && at > now) next = Math.min(next, at);
    }
  }
  return next;
}

/** `named`: the caller is meant themself; `class`: all of their class; `anybody`: nobody is named; null: others are. */
type Meant = 'named' | 'class' | 'anybody' | null;

/** Whether an identifier is the caller's own; that of a class is nobody's. */
const isIdentified = (identifier: Identifier | undefined, own: ReadonlySet<string>): boolean =>
  identifier?.value !== undefined &&
  identifier.system !== actorSystem &&
  own.has(`${identifier.system ?? ''}|${identifier.value}`);

function meant({ actor = [] }: ConsentProvision, recipient: Recipient, base: string): Meant {
  if (actor.length === 0) return 'anybody';
  const { names, identifiers, actor: own } = recipient;
  let found: Meant = null;
  for (const { role, reference } of actor) {
    const name = localName(reference.reference, base);
    const { system, value } = reference.identifier ?? {};
    if (name !== null ? names.has(name) : isIdentified(reference.identifier, identifiers)) return 'named';
    const isOfClass =
      system === actorSystem
        ? value === own
        : value === undefined && role.coding?.some((one) => one.system === actorSystem && one.code === own);
    if (name === null && isOfClass) found = 'class';
  }
  return found;
}

const purposesOf = ({ purpose = [] }: ConsentProvision): readonly string[] => purpose.flatMap(({ code }) => code ?? []);

/** Whether it is about an emergency and nothing else. */
const isUrgent = (provision: ConsentProvision): boolean => {
  const purposes = purposesOf(provision);
  return purposes.length > 0 && purposes.every(isEmergency);
};

const isFor = (provision: ConsentProvision, purpose: string): boolean => {
  const purposes = purposesOf(provision);
  return purposes.length === 0 || widerPurposes(purpose).some((one) => purposes.includes(one));
};

/** What a Consent gives and takes, as it is put together. */
class Effect {
  readonly permits = new Map<string, Rows[]>();
  readonly denials = new Map<string, Denial[]>();
  opens = 0;

  give({ rows }: Content): void {
    for (const [type, some] of rows) this.permits.set(type, [...(this.permits.get(type) ?? []), ...some]);
  }

  take(rows: ReadonlyMap<string, readonly Rows[]>, exceptOf: (type: string) => readonly Rows[]): void {
    for (const [type, some] of rows) {
      const except = exceptOf(type);
      const denied = some.map((one): Denial => ({ ...one, except }));
      this.denials.set(type, [...(this.denials.get(type) ?? []), ...denied]);
    }
  }
}

const none: readonly Rows[] = [];

/** The rows of a type in any of these contents. */
const ofType =
  (contents: readonly Content[]) =>
  (type: string): readonly Rows[] =>
    contents.flatMap(({ rows }) => [...(rows.get(type) ?? none), ...(type === '*' ? none : (rows.get('*') ?? none))]);

/** Every type by its name, where exceptions are of some types only. */
function spread(
  { context }: Reading,
  rows: ReadonlyMap<string, readonly Rows[]>,
  exceptions: readonly Content[],
): ReadonlyMap<string, readonly Rows[]> {
  const all = rows.get('*');
  if (!all || exceptions.every((one) => [...one.rows.keys()].every((type) => type === '*'))) return rows;
  return new Map(compartmentTypes(context.definitions, 'Patient').map((type) => [type, all]));
}

type Filed = { consent: Consent; id: string; isEnforceable: boolean };

/**
 * What one Consent does for one caller; null where it does nothing.
 *
 * A permit gives what it names to whom it names. One that names a class opens the labels it names to those of it who treat
 * the patient, and lets nobody at a record whom they do not come to by what they do. One that names nobody agrees to the policies: it opens the labels it names
 * to who treats, and where it is about some of the record only, the rest is taken from everybody whom it is about. An
 * exception that denies takes, within the classes of what it is an exception to; one that permits gives where the Consent itself
 * names the caller, and else leaves them what they come to by what they do. What a denial cannot be understood of, it takes.
 */
export async function effectOf(
  reading: Reading,
  { consent, id, isEnforceable }: Filed,
  recipient: Recipient,
  now: number,
): Promise<ConsentEffect | null> {
  const base = reading.context.settings.baseOf(reading.tenant);
  const root = consent.provision ?? {};
  const type = rootType(consent);
  const who = meant(root, recipient, base);
  if (who === null || (who === 'anybody' && !bearsUnnamed(recipient.actor)) || !isNow(root, now)) return null;
  const effect = new Effect();
  const emergencyOnly = type === 'permit' && isUrgent(root);
  const finish = (): ConsentEffect | null => {
    const { permits, denials, opens } = effect;
    if (permits.size === 0 && denials.size === 0 && opens === 0) return null;
    return { consent: `Consent/${id}`, patient: reading.patient, permits, denials, opens, emergencyOnly };
  };
  if (!isEnforceable) {
    const takes = type !== 'permit' || (root.provision ?? []).some((one) => one.type === 'deny');
    if (takes) effect.take(new Map([['*', [{ ...allRows, patients: [reading.patient] }]]]), () => none);
    return finish();
  }
  if (!emergencyOnly && !isFor(root, recipient.purpose)) return null;

  const types = classesOf(root);
  const exceptions = (root.provision ?? []).flatMap((nested) => {
    const by = meant(nested, recipient, base);
    if (by === null || !isNow(nested, now) || !isFor(nested, recipient.purpose)) return [];
    return [{ nested, named: who === 'named' || by === 'named' }];
  });
  const permitted: Content[] = [];
  for (const { nested, named } of exceptions) {
    const content = await contentOf(reading, nested, types);
    if (nested.type === 'deny') {
      effect.take(content.rows, () => none);
      effect.take(content.unwritten, () => none);
      continue;
    }
    permitted.push(content);
    // Who is named in an exception alone is not found by it: else what they see would hang on whether another Consent names them.
    if (who === 'named') effect.give(content);
    if (named || treating.has(recipient.actor)) effect.opens |= openedBy(nested);
  }

  if (type === 'deny') {
    const content = await contentOf(reading, { ...root, type });
    effect.take(spread(reading, content.rows, permitted), ofType(permitted));
    effect.take(content.unwritten, ofType(permitted));
    return finish();
  }
  const content = await contentOf(reading, { ...root, type: 'permit' });
  if (who === 'named' || (emergencyOnly && treating.has(recipient.actor))) effect.give(content);
  if (who === 'named' || treating.has(recipient.actor)) effect.opens |= openedBy({ ...root, type: 'permit' });
  if (who === 'anybody' && !emergencyOnly) limit(reading, consent, content, permitted, effect);
  return finish();
}

/** Of a permit to nobody in particular: what it leaves out is taken. Who somebody is stays known to who treats them. */
function limit(
  { context, patient }: Reading,
  consent: Consent,
  content: Content,
  permitted: readonly Content[],
  effect: Effect,
): void {
  const whole = { ...allRows, patients: [patient] };
  const types = compartmentTypes(context.definitions, 'Patient').filter((type) => type !== 'Patient');
  const root = consent.provision ?? {};
  if (isClosedPolicy(consent)) {
    effect.take(new Map(types.map((type) => [type, [whole]])), ofType(permitted));
    return;
  }
  if (isPartial(root)) effect.take(new Map(types.map((type) => [type, [whole]])), ofType([content, ...permitted]));
  else if (root.securityLabel?.some(({ system, code }) => normal.is(system, code))) {
    const confidential = normal.without & ~openedBy({ ...root, type: 'permit' });
    if (confidential === 0) return;
    effect.take(
      new Map(types.map((type) => [type, [{ ...whole, having: confidential }]])),
      ofType(permitted.filter(({ rows }) => [...rows.values()].flat().some(({ having }) => having !== 0))),
    );
  }
}
