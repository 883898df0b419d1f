import { type Caller, everyRow, type Interaction, type Projection, type Rule } from '../../fhir/access.ts';
import { elementsOnly, shownText } from '../gate/shown-elements.ts';
import { inPart, ofIds, reading } from './rows.ts';

const named = ['family', 'given', 'phonetic'];

/** Who somebody is, for an app that was told that and nothing else: not how they are reached. */
export const identity: ReadonlyMap<string, Projection> = new Map([
  ['Patient', elementsOnly('identity', ['active', 'name'], named)],
  ['RelatedPerson', elementsOnly('identity', ['active', 'name', 'patient'], named)],
]);

/** Whom a request is about, for who answers it and does not treat them. */
export const knownBy: Projection = elementsOnly('known by', ['active', 'identifier', 'name', 'birthDate'], named);

/** What of a list of ContactPoint or Address is not where somebody lives. */
function withoutHome(value: string): string | null {
  // Checked before it was stored: a list of objects.
  const all = JSON.parse(value) as { use?: string }[];
  const kept = all.filter(({ use }) => use !== 'home');
  if (kept.length === all.length) return value;
  return kept.length === 0 ? null : JSON.stringify(kept);
}

const reached: ReadonlySet<string> = new Set(['telecom', 'address']);

/** A Practitioner as their colleagues and patients know them. Where something is left out the narrative may tell it: it goes, too. */
export const atWork: Projection = {
  name: 'at work',
  parameters: new Set([
    ...['_id', '_lastUpdated', '_profile', '_tag', '_security', 'active', 'communication'],
    ...['family', 'gender', 'given', 'identifier', 'name', 'phonetic'],
  ]),
  of(content) {
    const shown = shownText(content, (name, value) => (reached.has(name) ? withoutHome(value) : value));
    return shown === content ? content : shownText(shown, (name, value) => (name === 'text' ? null : value));
  },
};

const writing: ReadonlySet<Interaction> = new Set(['c', 'u', 'd']);

/** What of a type nobody sees but who it is about and the operator, whatever their class; null: of this type nothing. */
export function publicRules(type: string, { actor, fhirUser }: Caller): readonly Rule[] | null {
  if (type !== 'Practitioner' || actor === 'operator') return null;
  const own = fhirUser?.startsWith('Practitioner/') ? [ofIds([fhirUser.slice('Practitioner/'.length)], reading)] : [];
  return [everyRow(writing), inPart(atWork), ...own];
}
