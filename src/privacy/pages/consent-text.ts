import type { Consent, ConsentProvision, Organization, Practitioner } from '@medplum/fhirtypes';

import type { Language } from '../../pages/language.ts';
import { readOne } from './ask.ts';
import { consentsWords, purposeInWords } from './consents-words.ts';
import { nameOfPerson } from './names.ts';
import { begun, dateInWords, listInWords } from './times.ts';
import { matterInWords, typeInWords } from './type-words.ts';
import type { RecordVisit } from './visit.ts';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

export type ConsentState = 'active' | 'inactive' | 'expired' | 'other';

/** @param now ms since 1970 */
export function stateOf({ status, provision }: Consent, now: number): ConsentState {
  if (status === 'inactive') return 'inactive';
  if (status !== 'active') return 'other';
  const end = provision?.period?.end;
  // A day without a time is in it to its end.
  const last = end === undefined ? Number.POSITIVE_INFINITY : Date.parse(end) + (end.length === 10 ? 86_400_000 : 0);
  return now >= last ? 'expired' : 'active';
}

/** What a consent records of an app is looked after with the app. */
export const isOfApp = ({ identifier = [] }: Consent): boolean =>
  identifier.some(({ system }) => system?.endsWith('/oauth2/grants') ?? false);

/** Whether the root permits, or denies: R4 says it in policyRule where the root itself does not. */
export function permits({ provision, policyRule }: Consent): boolean {
  if (provision?.type !== undefined) return provision.type === 'permit';
  return policyRule?.coding?.some(({ code }) => code === 'OPTIN') ?? false;
}

/** Names of practitioners and organizations by their references: `Organization/1`. */
export type Names = ReadonlyMap<string, string>;

/** What somebody of the directory is called; null for one that is not there. */
export async function nameOf(visit: RecordVisit, reference: string): Promise<string | null> {
  const [type, id] = reference.split('/');
  if (id === undefined) return null;
  if (type === 'Practitioner') {
    const found = await readOne<Practitioner>(visit, 'Practitioner', id);
    return found === null ? null : nameOfPerson(found);
  }
  if (type !== 'Organization') return null;
  return (await readOne<Organization>(visit, 'Organization', id))?.name ?? null;
}

const provisionsOf = ({ provision }: Consent): ConsentProvision[] =>
  provision === undefined ? [] : [provision, ...(provision.provision ?? [])];

/** Looks up who is named without a name. */
export async function namesOf(visit: RecordVisit, consents: readonly Consent[]): Promise<Names> {
  const actors = consents.flatMap(provisionsOf).flatMap(({ actor = [] }) => actor.map(({ reference }) => reference));
  const nameless = actors
    .filter((one) => one?.display === undefined)
    .flatMap(({ reference = null } = {}) => reference ?? []);
  const names = await Promise.all(
    [...new Set(nameless)].map(async (one): Promise<[string, string][]> => {
      const name = await nameOf(visit, one);
      return name === null ? [] : [[one, name]];
    }),
  );
  return new Map(names.flat());
}

const isTreatment = ({ purpose = [] }: ConsentProvision): boolean =>
  purpose.length > 0 && purpose.every(({ code }) => code === 'TREAT');

/** Whom a provision is about. */
function whoIn(language: Language, provision: ConsentProvision, names: Names, isApp: boolean): string {
  const say = consentsWords[language];
  const { actor = [] } = provision;
  if (actor.length === 0) return isTreatment(provision) ? say.treats : say.anybody;
  const list = actor.map(({ reference }) => {
    const name = reference?.display ?? names.get(reference?.reference ?? '') ?? reference?.reference ?? '?';
    return isApp ? say.app(name) : name;
  });
  return listInWords(language, list);
}

/** What of the record a provision is about: one line for each limit that it has. */
function whatIn(language: Language, provision: ConsentProvision): string[] {
  const say = consentsWords[language];
  const { class: kinds = [], securityLabel = [], dataPeriod, data = [] } = provision;
  const types = kinds.flatMap(({ code }) => code ?? []).map((code) => typeInWords(language, code));
  const matters = securityLabel
    .filter(({ system }) => system === actCode)
    .map(({ code }) => matterInWords(language, code ?? ''));
  // What is normal is named beside what is sensitive where both are meant.
  const isNormal = types.length === 0 && securityLabel.some(({ code }) => code === 'N');
  const { start, end } = dataPeriod ?? {};
  const [first, last] = [start, end].map((one) => (one === undefined ? null : dateInWords(language, one)));
  const lines = [
    ...(types.length > 0 ? [listInWords(language, types)] : []),
    ...(matters.length > 0 && isNormal ? [say.everything, say.alsoMatters(listInWords(language, matters))] : []),
    ...(matters.length > 0 && !isNormal ? [say.matters(listInWords(language, matters))] : []),
    ...(data.length > 0 ? [say.entries(data.length)] : []),
    ...(first && last ? [say.between(first, last)] : []),
    ...(first && !last ? [say.after(first)] : []),
    ...(!first && last ? [say.before(last)] : []),
  ];
  return lines.length === 0 ? [say.everything] : lines.map(begun);
}

const whyIn = (language: Language, { purpose = [] }: ConsentProvision): string =>
  listInWords(
    language,
    purpose.map(({ code = '', display }) => purposeInWords(language, code) ?? display ?? code),
  );

export type ConsentText = {
  /** `You allow: Harbour Clinic` */
  title: string;
  what: readonly string[];
  /** Empty: for whatever. */
  why: string;
  /** `Until May 8, 2027`, or until it is withdrawn. */
  until: string;
  /** What is excepted: `But kept away: …`. */
  but: readonly string[];
};

/** A consent in plain words. */
export function consentInWords(language: Language, consent: Consent, names: Names): ConsentText {
  const say = consentsWords[language];
  const { provision = {} } = consent;
  const who = whoIn(language, provision, names, isOfApp(consent));
  const end = provision.period?.end;
  return {
    title: permits(consent) ? say.allows(who) : say.keepsAway(who),
    what: whatIn(language, provision),
    why: begun(isTreatment(provision) && (provision.actor ?? []).length === 0 ? '' : whyIn(language, provision)),
    until: end === undefined ? say.forever : say.untilDay(dateInWords(language, end)),
    but: (provision.provision ?? []).map((inner) => {
      const whom = (inner.actor ?? []).length === 0 ? '' : `${whoIn(language, inner, names, false)} · `;
      return `${say.but[inner.type === 'permit' ? 'permit' : 'deny']} ${whom}${whatIn(language, inner).join(' · ')}`;
    }),
  };
}
