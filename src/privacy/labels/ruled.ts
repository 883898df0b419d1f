import { hash } from 'node:crypto';

import type { Json } from '../../fhir/context.ts';
import { directoryTypes } from '../gate/directory.ts';
import { type CodeSystem, codeSystem, spelled } from './code-systems.ts';
import type { LabelCode, LabelRule } from './rule.ts';
import { rules } from './rules/index.ts';
import { porticoLabels } from './workplace.ts';

const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

export type Label = { system: string; code: string };

/** In the order in which they are written. A set of labels is a number: each has the bit of its place. */
const order: readonly ('R' | LabelCode)[] = [
  'R',
  'V',
  'ETH',
  'SUD',
  'ALC',
  'OPIOIDUD',
  'PSY',
  'MH',
  'PSYTHPN',
  'COGN',
  'DVD',
  'HIV',
  'STD',
  'SEX',
  'REPRO',
  'PREGNANT',
  'SDV',
  'DV',
  'SICKLE',
  '42CFRPart2',
  'NODSCLCD',
  'NORDSCLCD',
  'never-employer',
];

const systemOf = (code: string): string =>
  code === 'R' || code === 'V' ? confidentiality : code === 'never-employer' ? porticoLabels : actCode;

const written: readonly Label[] = order.map((code) => ({ system: systemOf(code), code }));

/** What is labelled at all is R. */
const setOf = (labels: readonly LabelCode[]): number =>
  labels.reduce((set, label) => set | (1 << order.indexOf(label)), 1);

/** What one code system's codes give: whole codes, and prefixes, the longest of which has `longest` characters. */
type Table = { exact: Map<string, number>; prefixes: Map<string, number>; longest: number };

const add = (map: Map<string, number>, name: string, set: number): Map<string, number> =>
  map.set(name, (map.get(name) ?? 0) | set);

function compile(all: readonly LabelRule[]) {
  const tables = new Map<CodeSystem, Table>();
  const questionnaires = new Map<string, number>();
  for (const { labels, codes, questionnaires: canonicals = [] } of all) {
    const set = setOf(labels);
    for (const canonical of canonicals) add(questionnaires, canonical, set);
    // The keys of `codes` are the names that its type says.
    for (const [system, list] of Object.entries(codes) as [CodeSystem, readonly string[]][]) {
      const table = tables.get(system) ?? { exact: new Map(), prefixes: new Map(), longest: 0 };
      tables.set(system, table);
      for (const code of list) {
        if (!code.endsWith('*')) add(table.exact, code, set);
        else {
          add(table.prefixes, code.slice(0, -1), set);
          table.longest = Math.max(table.longest, code.length - 1);
        }
      }
    }
  }
  return { tables, questionnaires };
}

const compiled = compile(rules);

/** Changes with the rules, and with nothing else. */
export const rulesVersion: string = hash('sha256', JSON.stringify([order, rules]), 'base64url').slice(0, 12);

function ofCode(uri: string, code: string): number {
  const system = codeSystem(uri);
  const table = system && compiled.tables.get(system);
  if (!table) return 0;
  const name = spelled(system, code);
  let set = table.exact.get(name) ?? 0;
  for (let length = Math.min(table.longest, name.length); length > 0; length--) {
    set |= table.prefixes.get(name.slice(0, length)) ?? 0;
  }
  return set;
}

const ofQuestionnaire = (canonical: string): number =>
  compiled.questionnaires.get(canonical.split('|', 1)[0] ?? '') ?? 0;

function ofValue(value: object): number {
  let set = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && item !== null) set |= ofValue(item);
    return set;
  }
  let system: string | null = null;
  let code: string | null = null;
  // What JSON.parse makes has no inherited enumerable keys. Names are compared as they come: objects are of too many shapes to be
  // asked for a member by its name.
  for (const name in value) {
    const member = (value as Json)[name]; // by its own key
    if (typeof member === 'object') {
      if (member !== null) set |= ofValue(member);
    } else if (typeof member === 'string') {
      if (name === 'system') system = member;
      else if (name === 'code') code = member;
      else if (name === 'questionnaire') set |= ofQuestionnaire(member);
    }
  }
  return system === null || code === null ? set : set | ofCode(system, code);
}

/**
 * Types of which no rule can hold: who people are, and what is about nobody. A Consent names codes and labels that are not about
 * itself, and must be seen by those whom it binds.
 */
const unlabelled: ReadonlySet<string> = new Set([
  ...directoryTypes,
  'Account',
  'AuditEvent',
  'Binary',
  'Consent',
  'Coverage',
  'Parameters',
  'Patient',
  'Person',
  'Provenance',
  'RelatedPerson',
  'Subscription',
]);

/** Whether a rule can hold of a type at all. */
export const isLabelled = (type: string): boolean => !unlabelled.has(type);

/** The labels that the rules give a resource for the codes in it, contained resources included; always in the same order. */
export function ruled(resource: Json): readonly Label[] {
  if (!isLabelled(String(resource.resourceType))) return [];
  let set = 0;
  for (const name in resource) {
    const member = resource[name];
    // Labels and tags are what comes of this, and not about what it is.
    if (name !== 'meta' && typeof member === 'object' && member !== null) set |= ofValue(member);
  }
  if (typeof resource.questionnaire === 'string') set |= ofQuestionnaire(resource.questionnaire);
  return set === 0 ? [] : written.filter((_, place) => (set & (1 << place)) !== 0);
}
