import type { Language } from '../../pages/language.ts';
import type { AccountingRow } from '../ledger/accounting.ts';
import { purposeInWords } from './consents-words.ts';
import { type Act, type Deed, deeds, type Kind, kinds, seenWords } from './seen-words.ts';
import { listInWords, numberInWords } from './times.ts';
import { typeInWords } from './type-words.ts';

/** What of the uses is asked for. */
export type SeenFilter = {
  /** `2026-03-01`; empty: whenever. */
  from: string;
  to: string;
  /** A whoKey. */
  who: string;
  kind: Kind | '';
  deed: Deed | '';
  /** Whether one's own uses are shown, too. */
  own: boolean;
};

const kindsByActor: Readonly<Record<string, Kind>> = {
  self: 'own',
  proxy: 'helper',
  app: 'app',
  system: 'app',
  'device-gateway': 'app',
  practitioner: 'care',
  concierge: 'care',
  'care-agent': 'care',
  contractor: 'care',
  'hr-admin': 'organization',
  carrier: 'organization',
  'employer-feed': 'organization',
  'provider-market': 'organization',
  'privacy-officer': 'other',
  legal: 'other',
  sysadmin: 'other',
  operator: 'other',
  server: 'other',
  analytics: 'other',
  marketing: 'other',
};

const kindsByType: Readonly<Record<string, Kind>> = {
  Practitioner: 'care',
  RelatedPerson: 'helper',
  Organization: 'organization',
  Device: 'app',
};

/** What somebody who used a record is to whose it is. @param patient its id */
export function kindOf(use: AccountingRow, patient: string): Kind {
  const { actor, who } = use;
  const byActor = kindsByActor[actor ?? ''];
  if (byActor !== undefined) return byActor;
  if (appOf(use) !== null) return 'app';
  if (who.reference === `Patient/${patient}`) return 'own';
  return kindsByType[who.reference?.split('/')[0] ?? ''] ?? 'other';
}

/** What tells one who from another in a filter. */
export const whoKey = ({ who, client, actor }: AccountingRow): string =>
  [who.reference ?? who.display ?? actor ?? '', client?.id ?? ''].join(' ').trim();

/** Who used it, in words: `Dr. Lena Marchetti, Harbour Street Clinic`. */
export function whoInWords(language: Language, use: AccountingRow, patient: string): string {
  const say = seenWords[language];
  const { who, organization, actor } = use;
  const isOwn = who.reference === `Patient/${patient}`;
  const name = isOwn ? say.you : (who.display ?? say.actors[actor ?? ''] ?? who.reference ?? say.unknown);
  const role = isOwn || who.display === null ? undefined : say.actors[actor ?? ''];
  const app = appOf(use);
  const with_ = app === null || app === name ? '' : say.withApp(app);
  return [[name, role, organization?.name ?? organization?.reference].filter(Boolean).join(', '), with_]
    .filter(Boolean)
    .join(' ');
}

/** What tokens of our own name in the place of an app. */
const OURSELVES = 'portico';

/** The app or system that it was done with; null: none but this server. */
export const appOf = ({ client }: AccountingRow): string | null =>
  client === null || client.id === OURSELVES ? null : (client.name ?? client.id);

const isAct = (text: string): text is Act => /^[CRUDE]$/.test(text);

/** What was done: `Looked at`. */
export function deedInWords(language: Language, { kind, action, emergency }: AccountingRow): string {
  const say = seenWords[language];
  if (kind === 'access') return emergency ? say.opened : say.deeds.access;
  if (kind === 'disclosed') return say.disclosed;
  return say.acts[isAct(action) && action !== 'E' ? action : 'R'];
}

/** With what it was done: `prescribed medicines (3)`. Of what is no use of the record the ledger has a sentence of its own. */
export function thingsInWords(language: Language, { kind, what, why, emergency }: AccountingRow): string {
  const things = what.map(({ type, count }) => `${typeInWords(language, type)} (${numberInWords(language, count)})`);
  if (kind === 'access') return emergency ? '' : (why ?? '');
  const list = things.length === 0 ? seenWords[language].record : listInWords(language, things);
  return kind === 'disclosed' && why !== null ? `${list} (${why})` : list;
}

/** Both: `Looked at: prescribed medicines (3)`. */
export const whatInWords = (language: Language, use: AccountingRow): string =>
  [deedInWords(language, use), thingsInWords(language, use)].filter(Boolean).join(seenWords[language].colon);

/** What it was for: `to treat you`; empty where nothing is known. */
export const whyInWords = (language: Language, { purpose }: AccountingRow): string =>
  purpose === null ? '' : (purposeInWords(language, purpose) ?? purpose);

/** Ids of the Consents by which it was. */
export const consentsIn = ({ basis }: AccountingRow): string[] =>
  basis.flatMap((one) => /^Consent\/(.+)$/.exec(one)?.[1] ?? []);

/** Whether nothing was shown. https://hl7.org/fhir/R4/valueset-audit-event-outcome.html */
export const isRefused = ({ outcome }: AccountingRow): boolean => outcome !== '' && outcome !== '0';

export const dayOf = ({ recorded }: AccountingRow): string => recorded.toISOString().slice(0, 10);

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** The filter that an address asks for. */
export function filterOf(query: URLSearchParams): SeenFilter {
  const kind = kinds.find((one) => one === query.get('kind'));
  const deed = deeds.find((one) => one === query.get('deed'));
  const text = (name: string): string => (query.get(name) ?? '').trim().slice(0, 200);
  const own = query.has('own') || kind === 'own';
  return { from: text('from'), to: text('to'), who: text('who'), kind: kind ?? '', deed: deed ?? '', own };
}

export type FilterProblem = 'wrongDay' | 'wrongOrder';

export function problemOf({ from, to }: SeenFilter): { field: 'from' | 'to'; what: FilterProblem } | null {
  if (from !== '' && !isDay(from)) return { field: 'from', what: 'wrongDay' };
  if (to !== '' && !isDay(to)) return { field: 'to', what: 'wrongDay' };
  return from !== '' && to !== '' && to < from ? { field: 'to', what: 'wrongOrder' } : null;
}

/** Those that are asked for, of a period that was asked for before. */
export const filtered = (
  uses: readonly AccountingRow[],
  { who, kind, deed, own }: SeenFilter,
  patient: string,
): AccountingRow[] =>
  uses.filter((use) => {
    const is = kindOf(use, patient);
    if (!own && is === 'own') return false;
    return (who === '' || whoKey(use) === who) && (kind === '' || is === kind) && (deed === '' || use.kind === deed);
  });
