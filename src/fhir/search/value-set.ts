import { codesOf } from '../definitions/value-sets.ts';
import { key } from './hash.ts';
import type { Lookup } from './modifiers/modifier.ts';
import { Scan } from './scan.ts';
import { Statement } from './statement.ts';
import type { Token } from './types/token.ts';
import type { Target } from './types/type.ts';

type Contains = { system?: string; code?: string; abstract?: boolean; contains?: Contains[] };
type StoredValueSet = {
  compose?: {
    include?: { system?: string; concept?: { code: string }[]; filter?: unknown; valueSet?: unknown }[];
    exclude?: unknown;
  };
  expansion?: { contains?: Contains[] };
};

/** The codes of a value set that the grant may read here, or of one that is loaded; null where they cannot be listed. */
export async function valueSetTokens(target: Target, lookup: Lookup, canonical: string): Promise<Token[] | null> {
  return (await storedTokens(lookup, canonical)) ?? loadedTokens(target, canonical);
}

async function storedTokens({ grant, on }: Lookup, canonical: string): Promise<Token[] | null> {
  const scan = Scan.of(grant, 'ValueSet', 'r', 's');
  if (!scan) return null;
  const statement = new Statement(grant.tenant);
  const [url = '', version] = canonical.split('|');
  const held = [key(grant.tenant, 'ValueSet', 'url', 'u', url)];
  if (version !== undefined) held.push(key(grant.tenant, 'ValueSet', 'version', 'c', version));
  const conditions = held.map((one) => ({ kind: 'keys', any: [one], selective: true }) as const);
  const [row] = await on.query(
    `select v.content ${scan.from(statement, 'v', conditions)} order by v.last_updated desc limit 1`,
    statement.params,
  );
  // A stored ValueSet has been checked to be one.
  return row ? tokensOf(JSON.parse(row[0] as string) as StoredValueSet) : null;
}

/** Codes that are listed, in the expansion or one by one in compose; null where they would have to be computed. */
function tokensOf({ compose, expansion }: StoredValueSet): Token[] | null {
  if (expansion?.contains) return contained(expansion.contains);
  if (!compose?.include || compose.exclude) return null;
  const tokens: Token[] = [];
  for (const { system, concept, filter, valueSet } of compose.include) {
    if (!concept || filter || valueSet) return null;
    for (const { code } of concept) tokens.push({ system: system ?? null, code });
  }
  return tokens;
}

const contained = (list: readonly Contains[]): Token[] =>
  list.flatMap(({ system, code, abstract, contains }) => [
    ...(code === undefined || abstract ? [] : [{ system: system ?? null, code }]),
    ...contained(contains ?? []),
  ]);

function loadedTokens(target: Target, canonical: string): Token[] | null {
  const codes = codesOf(target.definitions, canonical);
  if (!codes) return null;
  return [...codes].map(([full, code]) => ({ system: full.slice(0, full.length - code.length - 1), code }));
}
