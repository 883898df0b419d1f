import { join } from 'node:path';
import { inject } from 'vitest';

import { connect } from '../../src/db/connect.ts';
import type { Database } from '../../src/db/database.ts';
import { everyRow, type Grant, type Interaction } from '../../src/fhir/access.ts';
import type { FhirContext, Resource } from '../../src/fhir/context.ts';
import { loadDefinitions } from '../../src/fhir/definitions/load.ts';
import type { Refusal } from '../../src/fhir/outcome.ts';
import { resourceTypes } from '../../src/fhir/resources.ts';
import { createIndexer } from '../../src/fhir/search/keys.ts';
import { type SearchPage, search } from '../../src/fhir/search/search.ts';
import { draft } from '../../src/fhir/store/draft.ts';
import { createStore } from '../../src/fhir/store/store.ts';
import { callerOf } from './caller.ts';
import { createDatabase } from './postgres.ts';

export const base = 'http://fhir.test/fhir/R4';

export type GrantAsk = {
  tenant?: number;
  patients?: readonly string[];
  types?: readonly string[];
  forbiddenLabels?: number;
  operator?: boolean;
};

const every: ReadonlySet<Interaction> = new Set(['c', 'r', 'u', 'd', 's']);

/** Everything of a tenant, or less. */
export function grantOf(ask: GrantAsk = {}): Grant {
  const { tenant = 1, patients = 'all', types = resourceTypes, forbiddenLabels = 0, operator = false } = ask;
  return {
    tenant,
    caller: callerOf({ tenant, operator }),
    types: new Map(types.map((type) => [type, [{ ...everyRow(every), patients }]])),
    denials: new Map(),
    forbiddenLabels,
    basis: [],
    hash: JSON.stringify(ask),
  };
}

export type SearchWorld = {
  context: FhirContext;
  database: Database;
  /** Stores resources in order, each a second later than the one before. */
  store(resources: readonly Resource[], tenant?: number): Promise<void>;
  /** The page that a search gives, or its refusal. `where` is `Type?query`, `Type/id/Type?query` or `?query`. */
  ask(where: string, grant?: Grant, strict?: boolean): Promise<SearchPage | Refusal>;
  /** `Type/id` of each match, in the order they came; a refusal as `400 text`. */
  find(where: string, grant?: Grant): Promise<string[]>;
  close(): Promise<void>;
};

const compiled = join(import.meta.dirname, '../../node_modules/.cache/portico');

/** A database of its own that searches run on, without HTTP before it. */
export async function searchWorld(): Promise<SearchWorld> {
  const own = await createDatabase(inject('postgres'));
  const database = await connect(own.target);
  const definitions = loadDefinitions({ cache: compiled });
  const index = createIndexer(definitions);
  const key = new Uint8Array(32).fill(7);
  const settings = { references: 'allow', cursorKey: key, keyOf: () => key, baseOf: () => base, maxEntries: 1000 };
  // Searches need no more of it.
  const context = {
    database,
    definitions,
    index,
    settings,
    now: () => Date.UTC(2026, 0, 31),
  } as unknown as FhirContext;
  const writer = createStore(database);
  let clock = Date.UTC(2026, 0, 1);

  const world: SearchWorld = {
    context,
    database,
    async store(resources, tenant = 1) {
      for (const resource of resources) {
        clock += 1000;
        const text = JSON.stringify(resource);
        const one = draft(context, tenant, { text, resource }, String(resource.id), new Date(clock));
        const written = await writer.update(grantOf({ tenant }), one, null);
        if (!written.ok) throw new Error(written.issues[0]?.diagnostics);
      }
    },
    async ask(where, grant = grantOf(), strict = false) {
      const [path = '', ...rest] = where.split('?');
      const [first, id, within] = path.split('/').filter((part) => part !== '');
      const query = rest.join('?');
      const compartment = first && id && within ? { compartment: { type: first, id } } : {};
      const type = compartment.compartment ? within : first;
      const types = type && type !== '*' ? [type] : [];
      const page = await search(context, grant, { types, ...compartment, query, strict, base });
      return page.ok ? page.value : page;
    },
    async find(where, grant) {
      const page = await world.ask(where, grant);
      if (!('found' in page)) return [`${page.status} ${page.issues[0]?.diagnostics}`];
      return page.found.map(({ type, id, mode }) => `${mode === 'include' ? '+' : ''}${type}/${id}`);
    },
    async close() {
      await database.close();
      await own.drop();
    },
  };
  return world;
}
