import type { Resource } from '../../src/fhir/context.ts';
import type { SearchParameterDef } from '../../src/fhir/definitions/definitions.ts';
import { searchParametersOf } from '../../src/fhir/definitions/search-parameters.ts';
import * as match from './naive-match.ts';
import { componentsOf, definitions, type Value, valuesOf } from './naive-values.ts';

/** Numbers from 0 to 1 that are the same for the same seed: mulberry32. */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Random = () => number;

const pick = <T>(next: Random, list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
const escaped = (text: string): string => text.replace(/[\\,|$]/g, '\\$&');
const prefixes = ['', '', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'];

/** `[:modifier]=value` that a value of a parameter could be asked for by, or null. */
function askFor(next: Random, parameter: SearchParameterDef, value: Value): [modifier: string, text: string] | null {
  switch (parameter.type) {
    case 'token':
      return tokenAsk(next, value);
    case 'string': {
      const text = pick(next, match.stringsOf(value)) ?? '';
      const cut = text.slice(0, 1 + Math.floor(next() * 12)).trim();
      if (cut === '') return null;
      const how = pick(next, ['', '', ':exact', ':contains']) ?? '';
      if (how === ':exact') return [how, escaped(text)];
      return [how, escaped(how === '' ? cut : text.slice(1, 8).trim() || cut)];
    }
    case 'date': {
      const found = JSON.stringify(value.value).match(/\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?)?)?/)?.[0];
      if (!found) return null;
      const text = pick(next, [found, found.slice(0, 4), found.slice(0, 7), found.slice(0, 10)]) ?? found;
      return ['', `${pick(next, prefixes)}${text}`];
    }
    case 'number':
    case 'quantity':
      return amountAsk(next, value);
    case 'reference':
      return referenceAsk(next, parameter, value);
    case 'uri': {
      const text = String(value.value);
      // The judge takes what stands behind :above and :below as it is written.
      if (/[|,$]/.test(text)) return ['', escaped(text)];
      const parent = text.slice(0, text.lastIndexOf('/'));
      return (
        pick<[string, string]>(next, [
          ['', escaped(text)],
          [':below', escaped(parent.length > 12 ? parent : text)],
          [':above', `${escaped(text)}/x`],
        ]) ?? null
      );
    }
    default:
      return null;
  }
}

function tokenAsk(next: Random, value: Value): [string, string] | null {
  const { system, code } = pick(next, match.tokensOf(value)) ?? {};
  if (code === undefined) return null;
  const bare = escaped(code);
  const forms = system === undefined ? [bare] : [bare, `${escaped(system)}|${bare}`, `${escaped(system)}|`];
  const text = pick(next, match.textsOf(value));
  if (text !== undefined && next() < 0.2) return [':text', escaped(text.slice(0, 9).trim())];
  return [pick(next, ['', '', '', ':not']) ?? '', pick(next, forms) ?? bare];
}

function amountAsk(next: Random, value: Value): [string, string] | null {
  if (value.type === 'SampledData') return null;
  const measure = match.measureOf(value);
  if (
    !measure ||
    !Number.isFinite(measure.low) ||
    Math.abs(measure.low) > 1e15 ||
    (measure.low !== 0 && Math.abs(measure.low) < 1e-5)
  )
    return null;
  const number = String(measure.low);
  const [unit] = measure.written;
  const rounded = String(Math.round(measure.low));
  const amount = `${pick(next, prefixes)}${pick(next, [number, number, rounded])}`;
  return ['', unit !== undefined && next() < 0.5 ? `${amount}||${escaped(unit)}` : amount];
}

function referenceAsk(next: Random, parameter: SearchParameterDef, value: Value): [string, string] | null {
  const identifier = match.referenceIdentifiers(value)[0];
  if (identifier?.code !== undefined && next() < 0.5) {
    const system = identifier.system === undefined ? '' : `${escaped(identifier.system)}|`;
    return [':identifier', `${system}${escaped(identifier.code)}`];
  }
  const text = pick(next, match.referencesOf(value));
  const local = /^([A-Z]\w+)\/([A-Za-z0-9.-]{1,64})$/.exec(text ?? '');
  if (text === undefined || (!local && !/^[a-z]+:/.test(text))) return null;
  const [, type = '', id = ''] = local ?? [];
  if (local && !pointsTo(parameter, type)) return null;
  if (!local || next() < 0.4 || parameter.code === 'patient') return ['', escaped(text)];
  return next() < 0.5 ? ['', id] : [`:${type}`, id];
}

/** Of composites and of references to what is contained it can be argued what is missing. */
const missable: ReadonlySet<string> = new Set(['token', 'string', 'date', 'number', 'quantity', 'uri']);

/** One parameter that some resource of the type has, and a value near one of its own. */
function criterion(next: Random, resources: readonly Resource[], type: string): string | null {
  const own = resources.filter((one) => one.resourceType === type);
  const parameter = pick(next, searchParametersOf(definitions, type));
  const resource = pick(next, own);
  if (!parameter || !resource || parameter.expression === null || parameter.code.startsWith('_last')) return null;
  if (next() < 0.04 && missable.has(parameter.type) && parameter.code !== '_id')
    return `${parameter.code}:missing=${next() < 0.5}`;
  if (parameter.type === 'composite') return compositeCriterion(next, parameter, resource);
  const values = valuesOf(resource, parameter);
  const value = pick(next, values);
  if (!value || parameter.code === '_id') return null;
  const asked = askFor(next, parameter, value);
  if (!asked || asked[1] === '') return null;
  const other = next() < 0.15 && asked[0] === '' ? askFor(next, parameter, pick(next, values) ?? value) : null;
  return `${parameter.code}${asked[0]}=${asked[1]}${other?.[0] === '' ? `,${other[1]}` : ''}`;
}

function compositeCriterion(next: Random, parameter: SearchParameterDef, resource: Resource): string | null {
  if (parameter.component.length !== 2) return null;
  const element = pick(next, componentsOf(resource, parameter));
  if (!element) return null;
  const parts = parameter.component.map(({ definition }, at) => {
    const component = definitions.searchParameters.find(({ url }) => url === definition);
    const value = pick(next, element[at] ?? []);
    const asked = component && value ? askFor(next, component, value) : null;
    return asked && asked[0] === '' && !asked[1].endsWith('|') && /^[A-Z\d]/i.test(asked[1]) ? asked[1] : null;
  });
  return parts.includes(null) ? null : `${parameter.code}=${parts.join('$')}`;
}

/** Whether the parameter is declared to point to the type: among HL7's examples are references that may not be. */
const pointsTo = ({ target }: SearchParameterDef, type: string): boolean =>
  target.length === 0 || target.includes(type);

/** A chain or a `_has` over one reference between two of the resources. */
function linked(next: Random, resources: readonly Resource[], type: string): string | null {
  const resource = pick(
    next,
    resources.filter((one) => one.resourceType === type),
  );
  const references = searchParametersOf(definitions, type).filter((one) => one.type === 'reference');
  const parameter = pick(next, references);
  if (!resource || !parameter) return null;
  const values = valuesOf(resource, parameter).flatMap(match.referencesOf);
  const target = pick(next, values)?.split('/')[0];
  if (target === undefined || !pointsTo(parameter, target)) return null;
  if (!resources.some((one) => one.resourceType === target)) return null;
  const inner = criterion(next, resources, target);
  return inner === null ? null : `${parameter.code}:${target}.${inner}`;
}

/** A query of one, two or three criteria, most of which find something; not percent-encoded. */
export function randomQuery(next: Random, resources: readonly Resource[]): { type: string; query: string } {
  for (;;) {
    const type = pick(next, resources)?.resourceType ?? 'Patient';
    const parts: (string | null)[] = [criterion(next, resources, type)];
    if (next() < 0.35) parts.push(criterion(next, resources, type));
    if (next() < 0.2) parts.push(linked(next, resources, type));
    const usable = parts.filter((part): part is string => part !== null && !/[&\n\r]|[^\x20-\x7e]/.test(part));
    if (usable.length > 0) return { type, query: usable.join('&') };
  }
}

/** Now and then `&_sort=` by one or two parameters, and else nothing. */
export function randomSort(next: Random, type: string): string {
  if (next() > 0.3) return '';
  const sortable = searchParametersOf(definitions, type).filter(
    // Where an expression is more than a path, or a token has a display only, there is no order to agree about.
    ({ type: kind, expression }) => expression !== null && ['date', 'string', 'quantity', 'number'].includes(kind),
  );
  const codes = [pick(next, sortable)?.code, next() < 0.4 ? pick(next, sortable)?.code : undefined, '_id'];
  const keys = codes.flatMap((code) =>
    code === undefined || code === '_lastUpdated' ? [] : [`${next() < 0.5 ? '-' : ''}${code}`],
  );
  return `&_sort=${keys.slice(0, 2).join(',')}`;
}
