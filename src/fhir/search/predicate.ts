import type { Predicate } from '../access.ts';
import type { Resource } from '../context.ts';
import { type Cache, noCache } from '../definitions/cache.ts';
import type { Definitions } from '../definitions/definitions.ts';
import { standIns } from '../definitions/primary.ts';
import { invalid, ok, type Result } from '../outcome.ts';
import { splitEscaped } from './escape.ts';
import { key } from './hash.ts';
import { tokenParameters } from './token-parameters.ts';
import { type TokenValue, tokenValues } from './token-values.ts';
import { parseToken, type Token, tokenForm } from './types/token.ts';

/** One `category=a,b` of a granular scope: a parameter that must have one of the tokens. */
export type Demand = { code: string; tokens: readonly Token[] };

/** What is written as it is; all else is percent-encoded, so that a scope has no second reading. */
const pair = /^(_?[a-z][a-z-]*)=((?:[A-Za-z0-9._~,|:/-]|%[0-9A-Fa-f]{2})+)$/;
const control = /\p{C}|\p{Zl}|\p{Zp}/u;

const quoted = (text: string): string => JSON.stringify(text.slice(0, 200));

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function demandOf(type: string, text: string): Result<Demand> {
  const [, code, written] = pair.exec(text) ?? [];
  if (code === undefined || written === undefined) {
    return invalid(
      `${quoted(text)} is no part of a scope: it must be parameter=value, without modifier, chain or prefix, and percent-encoded but for , | : /`,
    );
  }
  if (!tokenParameters(type).has(code)) {
    return invalid(`${quoted(code)} is not a token search parameter of ${type}: a scope may be narrowed by those only`);
  }
  const value = decoded(written);
  if (value === null || control.test(value)) return invalid(`${quoted(text)} is not percent-encoded UTF-8 text`);
  const tokens: Token[] = [];
  for (const one of splitEscaped(value, ',')) {
    const token = parseToken(code, one);
    if (!token.ok) return token;
    tokens.push(token.value);
  }
  return ok({ code, tokens });
}

/**
 * What stands behind the question mark of a scope: token parameters of one type, all of which must hold.
 *
 * @returns a 400 for a parameter that is no plain token parameter of the type, or a value that is none
 * @see https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#finer-grained-resource-constraints-using-search-parameters
 */
export function parseDemands(type: string, text: string): Result<Demand[]> {
  const demands: Demand[] = [];
  for (const one of text.split('&')) {
    const demand = demandOf(type, one);
    if (!demand.ok) return demand;
    demands.push(demand.value);
  }
  return ok(demands);
}

/** Whether a value is one that the token stands for. https://hl7.org/fhir/R4/search.html#token */
function isMeant({ system, code }: Token, value: TokenValue): boolean {
  if (system === null) return value.code === code;
  return value.system === system && (code === '' ? system !== '' : value.code === code);
}

/** Makes the predicate of a granular scope; null where its text is none for the type. */
export type PredicateOf = (tenant: number, type: string, text: string) => Predicate | null;

/** @param cache where the programs of indexers are kept */
export function createPredicates(definitions: Definitions, cache: Cache = noCache): PredicateOf {
  const readers = new Map<string, (content: string) => ReadonlyMap<string, readonly TokenValue[]>>();

  /** Several predicates of one type ask one after the other of the same text. */
  function readerOf(type: string) {
    let reader = readers.get(type);
    if (!reader) {
      const values = tokenValues(definitions, type, cache);
      let last: { content: string; found: ReadonlyMap<string, readonly TokenValue[]> } | null = null;
      reader = (content) => {
        // What is stored is a resource.
        if (last?.content !== content) last = { content, found: values(JSON.parse(content) as Resource) };
        return last.found;
      };
      readers.set(type, reader);
    }
    return reader;
  }

  return (tenant, type, text) => {
    const demands = parseDemands(type, text);
    if (!demands.ok) return null;
    const parts = demands.value.map(({ code, tokens }) => ({ codes: standIns(type, code) ?? [code], tokens }));
    const keys = parts.map(({ codes, tokens }) =>
      codes.flatMap((code) =>
        tokens.map((token) => {
          const { kind, text: form } = tokenForm(token);
          return key(tenant, type, code, kind, form);
        }),
      ),
    );
    return {
      text,
      keys,
      holds(content) {
        // Of what was deleted there is no text.
        if (content === '') return false;
        const found = readerOf(type)(content);
        return parts.every(({ codes, tokens }) =>
          codes.some((code) => found.get(code)?.some((value) => tokens.some((token) => isMeant(token, value)))),
        );
      },
    };
  };
}
