import type { Language } from '../../pages/language.ts';
import { purposeInWords } from './consents-words.ts';
import { type Act, type Kind, kinds, seenWords } from './seen-words.ts';
import { listInWords, numberInWords } from './times.ts';
import { typeInWords } from './type-words.ts';

/** A use of a record, as the ledger tells it. */
export type Use = {
  id: string;
  /** When it was: an instant of FHIR. */
  recorded: string;
  /** C, R, U, D, E. https://hl7.org/fhir/R4/valueset-audit-event-action.html */
  action: string;
  /** Who: `Practitioner/1`; null where they are no resource here. */
  who: { reference: string | null; display: string | null };
  organization: string | null;
  /** The app or system that it was done with. */
  client: string | null;
  what: readonly { type: string; count: number }[];
  /** A code of v3-ActReason. */
  purpose: string | null;
  /** `Consent/1`, or the name of a policy. */
  basis: readonly string[];
  /** Whether it was refused. */
  refused: boolean;
  emergency: boolean;
};

/** What of the uses is asked for. */
export type SeenFilter = { from: string; to: string; who: string; kind: Kind | '' };

const kindsByType: Readonly<Record<string, Kind>> = {
  Practitioner: 'care',
  PractitionerRole: 'care',
  RelatedPerson: 'helper',
  Organization: 'organization',
  Device: 'app',
};

/** What somebody who used a record is to whose it is. @param patient its id */
export function kindOf({ who, client, organization }: Use, patient: string): Kind {
  if (client !== null) return 'app';
  if (who.reference === `Patient/${patient}`) return 'own';
  const kind = kindsByType[who.reference?.split('/')[0] ?? ''];
  return kind ?? (organization === null ? 'other' : 'organization');
}

/** What tells one who from another in a filter: no name that is in two records. */
export const whoKey = ({ who, client }: Use): string => [who.reference ?? who.display ?? '', client ?? ''].join(' ');

/** Who used it, in words. */
export function whoInWords(language: Language, use: Use, patient: string): string {
  const say = seenWords[language];
  const name =
    use.who.reference === `Patient/${patient}` ? say.you : (use.who.display ?? use.who.reference ?? say.unknown);
  const parts = [
    name,
    use.organization === null ? '' : say.of(use.organization),
    use.client === null ? '' : say.withApp(use.client),
  ];
  return parts.filter(Boolean).join(' ');
}

const isAct = (text: string): text is Act => /^[CRUDE]$/.test(text);

/** What was done with what: `Looked at: prescribed medicines (3)`. */
export function whatInWords(language: Language, { action, what }: Use): string {
  const say = seenWords[language];
  const things = what.map(({ type, count }) => `${typeInWords(language, type)} (${numberInWords(language, count)})`);
  const done = say.acts[isAct(action) ? action : 'E'];
  return `${done}: ${things.length === 0 ? say.record : listInWords(language, things)}`;
}

/** What it was for: `to treat you`; empty where nothing is known. */
export const whyInWords = (language: Language, { purpose }: Use): string =>
  purpose === null ? '' : (purposeInWords(language, purpose) ?? purpose);

/** Ids of the Consents by which it was. */
export const consentsIn = ({ basis }: Use): string[] => basis.flatMap((one) => /^Consent\/(.+)$/.exec(one)?.[1] ?? []);

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** The filter that an address asks for. */
export function filterOf(query: URLSearchParams): SeenFilter {
  const kind = kinds.find((one) => one === query.get('kind'));
  const text = (name: string): string => (query.get(name) ?? '').trim().slice(0, 200);
  return { from: text('from'), to: text('to'), who: text('who'), kind: kind ?? '' };
}

export type FilterProblem = 'wrongDay' | 'wrongOrder';

export function problemOf({ from, to }: SeenFilter): { field: 'from' | 'to'; what: FilterProblem } | null {
  if (from !== '' && !isDay(from)) return { field: 'from', what: 'wrongDay' };
  if (to !== '' && !isDay(to)) return { field: 'to', what: 'wrongDay' };
  return from !== '' && to !== '' && to < from ? { field: 'to', what: 'wrongOrder' } : null;
}

/** Those that are asked for. */
export const filtered = (uses: readonly Use[], { from, to, who, kind }: SeenFilter, patient: string): Use[] =>
  uses.filter((use) => {
    const day = use.recorded.slice(0, 10);
    if ((from !== '' && day < from) || (to !== '' && day > to)) return false;
    return (who === '' || whoKey(use) === who) && (kind === '' || kindOf(use, patient) === kind);
  });
