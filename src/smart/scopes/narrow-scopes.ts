import type { Scope } from '../../fhir/access.ts';
import { type Demand, parseDemands } from '../../fhir/search/predicate.ts';
import { formatScope, LONGEST, otherScopes, parseScopes } from './scopes.ts';

const read = new Map<string, readonly Demand[]>();
const mostRead = 2000;

/** The demands of a scope; those of a parsed one can be read. Each is compared with many others. */
function demandsOf({ type, query }: Scope): readonly Demand[] {
  if (query === null) return [];
  const name = `${type}?${query}`;
  let demands = read.get(name);
  if (!demands) {
    const parsed = parseDemands(type, query);
    demands = parsed.ok ? parsed.value : [];
    if (read.size >= mostRead) read.clear();
    read.set(name, demands);
  }
  return demands;
}

type Token = Demand['tokens'][number];

const same = (one: Token, other: Token): boolean => one.system === other.system && one.code === other.code;

/** Whether whatever has the one token has the other: `code` is whichever the system, `system|` whichever the code. */
const implies = (narrow: Token, wide: Token): boolean =>
  same(narrow, wide) ||
  (wide.system === null && wide.code === narrow.code) ||
  (wide.code === '' && wide.system !== null && wide.system === narrow.system);

/** Whether what meets the one demand meets the other. */
const asksMore = (narrow: Demand, wide: Demand): boolean =>
  narrow.code === wide.code && narrow.tokens.every((token) => wide.tokens.some((other) => implies(token, other)));

/** Whether the scope grants nothing that the other does not. */
export function isWithin(scope: Scope, of: Scope): boolean {
  if (scope.context !== of.context || (of.type !== '*' && of.type !== scope.type)) return false;
  if (!scope.interactions.isSubsetOf(of.interactions)) return false;
  if (of.query === null || of.query === scope.query) return true;
  const own = demandsOf(scope);
  return demandsOf(of).every((wide) => own.some((narrow) => asksMore(narrow, wide)));
}

/** Whether the scopes together grant all of it: `Observation.rs` lies within `Observation.r` and `Observation.s`. */
export const isWithinAny = (scope: Scope, of: readonly Scope[]): boolean =>
  [...scope.interactions].every((one) => {
    const letter: Scope = { ...scope, interactions: new Set([one]) };
    return of.some((wide) => isWithin(letter, wide));
  });

/**
 * What two scopes both grant; null: nothing. Of two parts of a type neither of which lies within the other that is nothing, too:
 * each with each would be more scopes than anybody can read.
 */
export function common(one: Scope, other: Scope): Scope | null {
  if (one.context !== other.context) return null;
  if (one.type !== '*' && other.type !== '*' && one.type !== other.type) return null;
  const interactions = one.interactions.intersection(other.interactions);
  if (interactions.size === 0) return null;
  const type = one.type === '*' ? other.type : one.type;
  const narrower = [one, other].find((narrow, at) => {
    const wide = at === 0 ? other : one;
    return isWithin({ ...narrow, type, interactions }, { ...wide, interactions });
  });
  return narrower ? { context: one.context, type, interactions, query: narrower.query } : null;
}

/** Parts of one scope, without those that lie within others; many are only told apart. */
function distinct(parts: readonly Scope[]): string[] {
  if (parts.length > few) return parts.map(formatScope);
  const counted = parts.filter(
    (part, at) => !parts.some((by, place) => place !== at && isWithin(part, by) && (place < at || !isWithin(by, part))),
  );
  return counted.map(formatScope);
}

const few = 40;

/**
 * What may be granted of the scopes that are asked for, in their order: one that lies within what is allowed as it was written,
 * of another the parts that do. What this server does not know is left out.
 *
 * @param asked,allowed separated by spaces; of `allowed`, too, what is not known counts for nothing
 */
export function narrowScopes(asked: string, allowed: string): string {
  const known = (text: string): string[] =>
    [...new Set(text.split(' '))].filter((one) => one !== '' && parseScopes(one).ok);
  const may = known(allowed);
  const wide = may.flatMap(clinicalOf);
  const granted = known(asked).flatMap((text) => {
    if (otherScopes.has(text)) return may.includes(text) ? [text] : [];
    return clinicalOf(text).flatMap((scope) =>
      isWithinAny(scope, wide) ? [text] : distinct(wide.flatMap((one) => common(scope, one) ?? [])),
    );
  });
  return upTo([...new Set(granted)]);
}

/** As many as one text may have: what could not be read again grants nothing. */
function upTo(scopes: readonly string[]): string {
  let text = '';
  for (const one of scopes) {
    if (text.length + 1 + one.length > LONGEST) break;
    text += text === '' ? one : ` ${one}`;
  }
  return text;
}

/** Whether all that is asked for may be had: of a refresh, whose scopes must lie within those that were granted. */
export function areWithin(asked: string, allowed: string): boolean {
  const [narrow, wide] = [parseScopes(asked), parseScopes(allowed)];
  if (!narrow.ok || !wide.ok) return false;
  return (
    narrow.value.others.isSubsetOf(wide.value.others) &&
    narrow.value.clinical.every((one) => isWithinAny(one, wide.value.clinical))
  );
}

function clinicalOf(text: string): readonly Scope[] {
  const scopes = parseScopes(text);
  return scopes.ok ? scopes.value.clinical : [];
}
