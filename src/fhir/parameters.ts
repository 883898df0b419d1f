import type { Json } from './context.ts';
import { parseResource } from './json.ts';
import { invalid, ok, type Result } from './outcome.ts';
import type { FhirRequest } from './request.ts';

/** What an operation was called with, by name, whether it came in the query string or as a Parameters resource. */
export type Parameters = {
  /** The values of a primitive parameter, as text. */
  texts(name: string): string[];
  /** The first of them. */
  text(name: string): string | null;
  /** A value of a data type: `valueMeta`, `valueCoding`. */
  value(name: string, type: string): unknown;
  /** A parameter that is a resource. */
  resource(name: string): Json | null;
  names(): string[];
};

type Parameter = { name: string } & Json;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function readList(list: readonly Parameter[]): Parameters {
  const named = (name: string): Parameter[] => list.filter((one) => one.name === name);
  const texts = (name: string): string[] =>
    named(name).flatMap((parameter) => {
      const key = Object.keys(parameter).find((one) => one.startsWith('value'));
      const value = key === undefined ? undefined : parameter[key];
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [String(value)]
        : [];
    });
  return {
    texts,
    text: (name) => texts(name)[0] ?? null,
    value: (name, type) => named(name)[0]?.[`value${type}`],
    resource(name) {
      const resource = named(name)[0]?.resource;
      return isJson(resource) ? resource : null;
    },
    names: () => [...new Set(list.map(({ name }) => name))],
  };
}

/** The parameters of a query string; every value is text. */
function ofQuery(query: string): Parameter[] {
  return [...new URLSearchParams(query)].map(([name, valueString]) => ({ name, valueString }));
}

/** The parameters of a Parameters resource. */
export function readParameters(resource: Json): Result<Parameters> {
  const list = resource.parameter ?? [];
  const wellFormed = (one: unknown): one is Parameter => isJson(one) && typeof one.name === 'string';
  if (!Array.isArray(list) || !list.every(wellFormed))
    return invalid('Each parameter must have a name', 'Parameters.parameter');
  return ok(readList(list));
}

/**
 * What an operation was called with. A body that is not Parameters is the parameter that `bare` names: an operation with a
 * single resource as its input may be sent that resource as it is.
 *
 * @see https://hl7.org/fhir/R4/operations.html#executing
 */
export function requestParameters(request: FhirRequest, bare: string): Result<Parameters> {
  const queried = ofQuery(request.query);
  if (request.body === '') return ok(readList(queried));
  const parsed = parseResource(request.body);
  if (!parsed.ok) return parsed;
  const { resource } = parsed.value;
  if (resource.resourceType !== 'Parameters') return ok(readList([...queried, { name: bare, resource }]));
  const read = readParameters(resource);
  if (!read.ok) return read;
  // readParameters has just checked the list.
  return ok(readList([...queried, ...((resource.parameter ?? []) as Parameter[])]));
}

/** The text of a Parameters resource; each value is JSON text under the name of its type: `['return', 'valueMeta', '{…}']`. */
export function parametersText(list: readonly (readonly [name: string, key: string, json: string])[]): string {
  const parameters = list.map(([name, key, json]) => `{"name":${JSON.stringify(name)},"${key}":${json}}`);
  return `{"resourceType":"Parameters"${parameters.length > 0 ? `,"parameter":[${parameters}]` : ''}}`;
}
