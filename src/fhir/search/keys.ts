import type { Index, Resource } from '../context.ts';
import type { Cache } from '../definitions/cache.ts';
import { noCache } from '../definitions/cache.ts';
import { compartmentParameters } from '../definitions/compartments.ts';
import type { CompiledIndexer } from '../definitions/compile-indexer.ts';
import { compileIndexer } from '../definitions/compile-indexer.ts';
import type { Definitions } from '../definitions/definitions.ts';
import { primary } from '../definitions/primary.ts';
import { searchParameter } from '../definitions/search-parameters.ts';
import { codeSystems } from '../definitions/systems.ts';
import { walkRuntime } from '../definitions/walk-runtime.ts';
import type { Draft, Slot } from './extract/draft.ts';
import { addCompartment, draft, memo, rowOf } from './extract/draft.ts';
import { evaluated } from './extract/engine.ts';
import { composite, extractors } from './extract/index.ts';
import { hash53, parameterId, seedOf } from './hash.ts';
import { labelBits } from './labels.ts';
import { ownerOf } from './owner.ts';

type Extract = (resource: Resource, x: Draft, slots: readonly Slot[]) => void;

/** What is made once per type. */
type TypeIndexer = {
  extract: Extract;
  slots: (tenant: number) => readonly Slot[];
  engine: readonly { at: number; extract: (resource: Resource, x: Draft, slot: Slot) => void }[];
  hasOwnPatient: boolean;
};

export type IndexerOptions = {
  /** Keeps what was compiled from one start to the next; without it everything is compiled again. */
  cache?: Cache;
  /** A tenant's FHIR base, `http://host:port/fhir/R4`: absolute references to it are indexed as the relative ones they equal. */
  baseOf?: (tenant: number) => string;
};

const mostTenants = 64;

function slotsOf(
  definitions: Definitions,
  type: string,
  parameters: readonly string[],
  baseOf: IndexerOptions['baseOf'],
): (tenant: number) => readonly Slot[] {
  const { patient, patientIsOne, code, date, quantity } = primary(type);
  const compartment = new Set(compartmentParameters(definitions, 'Patient', type));
  const columns = new Map<string | null, Slot['column']>([
    [code, 'code'],
    [date, 'date'],
    [quantity, 'quantity'],
  ]);
  const byTenant = new Map<number, readonly Slot[]>();
  return (tenant) => {
    let slots = byTenant.get(tenant);
    if (slots === undefined) {
      const base = baseOf ? `${baseOf(tenant)}/` : null;
      slots = parameters.map((parameter) => ({
        id: parameterId(parameter),
        seed: seedOf(tenant, type, parameter),
        column: columns.get(parameter) ?? null,
        patient: parameter !== patient ? null : patientIsOne ? 'one' : 'many',
        // `patient` is the compartment's parameter by another name where that is `subject`.
        compartment: compartment.has(parameter) || parameter === patient,
        base,
        shared: parameter === '_profile' || parameter === '_source',
        memo: memo(),
      }));
      // What is remembered of a tenant is made again when it comes back.
      if (byTenant.size >= mostTenants) byTenant.clear();
      byTenant.set(tenant, slots);
    }
    return slots;
  };
}

/** What is extracted is part of what is compiled. */
const extracted = hash53(JSON.stringify(Object.entries(extractors).map(([type, table]) => [type, Object.keys(table)])));

/** The program of a type's indexer, from the cache where it is kept. */
export function compiledIndexer(definitions: Definitions, type: string, cache: Cache): CompiledIndexer {
  const name = `indexer-${type}-${definitions.hash}-${extracted}`;
  const kept = cache.read(name);
  // What was kept under this name is what was compiled under it.
  if (kept !== null) return JSON.parse(kept.toString()) as CompiledIndexer;
  const compiled = compileIndexer(definitions, type, extractors, codeSystems());
  cache.write(name, Buffer.from(JSON.stringify(compiled)));
  return compiled;
}

function typeIndexer(definitions: Definitions, type: string, { cache = noCache, baseOf }: IndexerOptions): TypeIndexer {
  const compiled = compiledIndexer(definitions, type, cache);
  // The source is ours: made from definitions, with every name and text quoted.
  const extract = new Function('$', 'T', 'C', compiled.source)(walkRuntime, extractors, composite) as Extract;
  const engine = compiled.engine.flatMap((code) => {
    const parameter = searchParameter(definitions, type, code);
    return parameter ? [{ at: compiled.parameters.indexOf(code), extract: evaluated(parameter) }] : [];
  });
  return {
    extract,
    slots: slotsOf(definitions, type, compiled.parameters, baseOf),
    engine,
    hasOwnPatient: primary(type).patient !== null,
  };
}

/**
 * Makes the function that turns a checked resource into its row. Each type is compiled when its first resource comes: a few
 * milliseconds once, and then a few microseconds each.
 *
 * What is where:
 * - `patient`, where primary.ts says it can have one value only, has a key only for what is not a local Patient.
 * - Observation's `combo-…` are in `present` and nowhere else (standIns in primary.ts); `code-value-quantity` too, for the columns
 *   answer it.
 * - A quantity is kept under its UCUM base unit; with a unit that only people write (`beats/min` beside the code `/min`) it has a
 *   key q, and where it is in side rows a second row, under that unit as well. So a search by unit is: base unit and base
 *   value, or unit as written and value as written. The unit of a composite is hashed under the composite's own code.
 * - A quantity with a comparator is every number on its side, in side rows even where it is primary.
 * - A Timing is one span, from its first to its last moment.
 */
export function createIndexer(definitions: Definitions, options: IndexerOptions = {}): Index {
  const byType = new Map<string, TypeIndexer>();
  return (tenant, resource) => {
    const { resourceType: type } = resource;
    let indexer = byType.get(type);
    if (indexer === undefined) {
      indexer = typeIndexer(definitions, type, options);
      byType.set(type, indexer);
    }
    const slots = indexer.slots(tenant);
    const x = draft();
    if (type === 'Patient' && resource.id !== undefined) addCompartment(x, resource.id);
    indexer.extract(resource, x, slots);
    for (const { at, extract } of indexer.engine) {
      const slot = slots[at];
      if (slot) extract(resource, x, slot);
    }
    const row = rowOf(x, resource.meta === undefined ? 0 : labelBits(resource), indexer.hasOwnPatient);
    if (type === 'Patient' && resource.id !== undefined) row.patient = resource.id;
    if (type === 'Binary' || type === 'DeviceMetric') row.patient = ownerOf(resource);
    return row;
  };
}
