import type { Interaction, Scope } from '../../fhir/access.ts';
import { directoryPlainTypes, plainTypes } from '../scopes/scope-categories.ts';
import { formatScope, parseScopes } from '../scopes/scopes.ts';

/** Whose records an app is about: of the patient, of those whom its user may see, of both kinds, or all of them. */
export const recordsOf = {
  patient: ['patient'],
  user: ['user'],
  both: ['patient', 'user'],
  system: ['system'],
} as const satisfies Record<string, readonly Scope['context'][]>;
export type Records = keyof typeof recordsOf;

/** Scopes as they are ticked in a form. */
export type Picks = {
  records: Records;
  /** Types, `*` for all. */
  read: readonly string[];
  write: readonly string[];
  /** Scopes that are no claim on resources. */
  others: readonly string[];
  /** What cannot be ticked, as it is written. */
  rest: string;
};

/** The types that can be ticked: those most asked for, and the rest. */
export const usualTypes: readonly string[] = ['*', ...plainTypes.slice(0, 12)];
export const moreTypes: readonly string[] = [...plainTypes.slice(12), ...directoryPlainTypes];
const tickable = new Set([...usualTypes, ...moreTypes]);

/** What else can be ticked. */
export const usualOthers = [
  'openid',
  'fhirUser',
  'profile',
  'email',
  'launch',
  'launch/patient',
  'launch/encounter',
  'offline_access',
  'online_access',
] as const;

const reading: readonly Interaction[] = ['r', 's'];
const writing: readonly Interaction[] = ['c', 'u', 'd'];

/** Scopes in the words of SMART 2, separated by spaces. */
export function scopeOf({ records, read, write, others, rest }: Picks): string {
  const types = [...new Set([...read, ...write])];
  const clinical = recordsOf[records].flatMap((context) =>
    types.map((type) => {
      const letters = [...(read.includes(type) ? reading : []), ...(write.includes(type) ? writing : [])];
      return formatScope({ context, type, interactions: new Set(letters), query: null });
    }),
  );
  return [...new Set([...others, ...clinical, ...rest.split(/\s+/)])].filter(Boolean).join(' ');
}

const hasAll = ({ interactions }: Scope, letters: readonly Interaction[]): boolean =>
  letters.every((one) => interactions.has(one));

/** Whether a scope is made of ticks and of nothing else. */
const isTicks = (scope: Scope): boolean => {
  if (scope.query !== null || !tickable.has(scope.type)) return false;
  const ticked = [reading, writing].filter((letters) => hasAll(scope, letters)).flat();
  return ticked.length === scope.interactions.size;
};

/** The ticks that say the same as these scopes. */
export function picksOf(scope: string, otherwise: Records): Picks {
  const parsed = parseScopes(scope);
  if (!parsed.ok) return { records: otherwise, read: [], write: [], others: [], rest: scope };
  const ticked = parsed.value.clinical.filter(isTicks);
  const contexts = new Set(ticked.map(({ context }) => context));
  const both = contexts.has('patient') && contexts.has('user');
  const records = both ? 'both' : (ticked[0]?.context ?? otherwise);
  const typesOf = (context: string, letters: readonly Interaction[]): string[] =>
    ticked.filter((one) => one.context === context && hasAll(one, letters)).map(({ type }) => type);
  const common = (letters: readonly Interaction[]): string[] => {
    const [first = [], ...more] = recordsOf[records].map((context) => typesOf(context, letters));
    return [...new Set(first)].filter((type) => more.every((types) => types.includes(type)));
  };
  const [read, write] = [common(reading), common(writing)];
  const covered = (one: Scope): boolean =>
    recordsOf[records].some((context) => context === one.context) &&
    (!hasAll(one, reading) || read.includes(one.type)) &&
    (!hasAll(one, writing) || write.includes(one.type));
  const isUsual = (one: string): boolean => usualOthers.some((usual) => usual === one);
  const others = [...parsed.value.others];
  const rest = [
    ...parsed.value.clinical.filter((one) => !isTicks(one) || !covered(one)).map(formatScope),
    ...others.filter((one) => !isUsual(one)),
  ];
  return { records, read, write, others: others.filter(isUsual), rest: rest.join(' ') };
}
