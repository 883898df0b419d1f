import type { Json } from '../../fhir/context.ts';
import type { Issue } from '../../fhir/outcome.ts';
import { measureOfCode } from '../formats/fhir-value.ts';
import { isJson, objectsOf, textOf } from '../formats/json.ts';
import type { Measure } from '../measures.ts';

/** A value of a FHIR mapping: which of the values of its type it is, and in what unit. */
export type MappedValue = { name: string; unit: string | null };

/** What a type becomes. */
export type FhirType = {
  typeName: string;
  /** null: its code is of none of our measures. */
  measure: Measure | null;
  value: MappedValue | null;
  components: readonly { measure: Measure; value: MappedValue }[];
};

type Fault = (path: string, why: string) => void;

/** What MedTech's samples write for a count; all else a measure knows how to read. */
const counts: ReadonlySet<string> = new Set(['', 'count', 'count/min', 'steps', 'bpm']);

function mappedOf(value: Json, measure: Measure | null, path: string, fault: Fault): MappedValue | null {
  const name = textOf(value.valueName);
  if (name === null) {
    fault(`${path}.valueName`, 'A value names which of the values of its type it is');
    return null;
  }
  const coded = textOf(value.code) ?? textOf(value.unit) ?? '';
  return { name, unit: counts.has(coded) ? (measure?.unit?.code ?? null) : coded };
}

const amounts: ReadonlySet<string> = new Set(['sampleddata', 'quantity']);

const isAmount = (value: Json): boolean => amounts.has((textOf(value.valueType) ?? '').toLowerCase());

function fhirOf(entry: Json, path: string, fault: Fault, warn: Fault): FhirType | null {
  const type = (textOf(entry.templateType) ?? '').toLowerCase();
  if (type !== 'codevaluefhir' && type !== 'codevaluefhirtemplate') {
    fault(`${path}.templateType`, 'Allowed is CodeValueFhir');
    return null;
  }
  const template = isJson(entry.template) ? entry.template : {};
  const within = `${path}.template`;
  const typeName = textOf(template.typeName)?.trim() ?? '';
  if (typeName === '') fault(`${within}.typeName`, 'A template names its type');
  const codes = objectsOf(template.codes).filter(({ code }) => textOf(code) !== null);
  if (codes.length === 0) fault(`${within}.codes`, 'A template has at least one code');
  const measure = measureOfCode({ coding: codes });
  if (codes.length > 0 && measure === null)
    warn(`${within}.codes`, `${typeName} is of none of the measures that are kept: its readings are not`);
  const value = isJson(template.value) ? template.value : null;
  const list = objectsOf(template.components);
  if (value === null && list.length === 0) fault(`${within}.value`, 'A template has a value or components');
  const mapped = value === null ? null : mappedOf(value, measure, `${within}.value`, fault);
  if (measure === null) return { typeName, measure, value: null, components: [] };
  if (value !== null && !isAmount(value))
    fault(`${within}.value.valueType`, `${measure.id} is an amount: SampledData or Quantity`);
  const allowed = [...(measure.components ?? []), ...(measure.further ?? [])];
  const components = list.flatMap((one, index) => {
    const at = `${within}.components[${index}]`;
    const part = measureOfCode({ coding: objectsOf(one.codes) });
    // A diastolic pressure that is coded as a heart rate would be stored as one.
    if (part === null || !(measure.components ?? allowed).includes(part.id)) {
      const what = part === null ? 'None of its codes is' : `${part.id} is not`;
      fault(`${at}.codes`, `${what} a component of ${measure.id}: ${(measure.components ?? allowed).join(', ')} are`);
      return [];
    }
    const of = isJson(one.value) ? mappedOf(one.value, part, `${at}.value`, fault) : null;
    return of === null ? [] : [{ measure: part, value: of }];
  });
  const missing = (measure.components ?? []).filter((id) => !components.some((one) => one.measure.id === id));
  for (const id of missing) fault(`${within}.components`, `${measure.id} needs ${id}`);
  return { typeName, measure, value: mapped, components };
}

/**
 * The types of a CollectionFhir, or of one FHIR template.
 *
 * @see https://learn.microsoft.com/en-us/azure/healthcare-apis/iot/overview-of-fhir-destination-mapping
 */
export function fhirTypes(content: unknown, path: string): { types: FhirType[]; issues: Issue[] } {
  const issues: Issue[] = [];
  const say =
    (severity: 'error' | 'warning'): Fault =>
    (expression, diagnostics) => {
      issues.push({ severity, code: 'invalid', diagnostics, expression });
    };
  const [fault, warn] = [say('error'), say('warning')];
  const type = isJson(content) ? (textOf(content.templateType) ?? '').toLowerCase() : '';
  if (!isJson(content) || (type !== 'collectionfhir' && type !== 'codevaluefhir')) {
    fault(`${path}.templateType`, 'A FHIR mapping is a CollectionFhir');
    return { types: [], issues };
  }
  const isCollection = type === 'collectionfhir';
  if (isCollection && !Array.isArray(content.template))
    fault(`${path}.template`, 'A collection is a list of templates');
  else if (isCollection && objectsOf(content.template).length === 0)
    fault(`${path}.template`, 'A collection has at least one template');
  const entries = isCollection ? objectsOf(content.template) : [content];
  const types = entries.flatMap((entry, index) => {
    const found = fhirOf(entry, isCollection ? `${path}.template[${index}]` : path, fault, warn);
    return found === null ? [] : [found];
  });
  return { types, issues };
}
