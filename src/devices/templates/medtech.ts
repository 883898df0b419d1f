import type { Issue } from '../../fhir/outcome.ts';
import type { Mapping, Rule, ValueRule } from './mapping.ts';
import { type ContentType, contentTypes } from './medtech-content.ts';
import { type FhirType, fhirTypes, type MappedValue } from './medtech-fhir.ts';

function ruleOf(
  { typeName, match, device, start, patient, values }: ContentType,
  { measure, value, components }: FhirType,
  say: (why: string) => void,
): Rule {
  const valueRule = ({ name, unit }: MappedValue): ValueRule | null => {
    const found = values.find((one) => one.name === name);
    if (found === undefined) {
      say(`The FHIR mapping of ${typeName} takes ${name}, which its device mapping does not give`);
      return null;
    }
    return { value: found.value, unit, required: found.required };
  };
  const parts = components.flatMap(({ measure: part, value: of }) => {
    const rule = valueRule(of);
    return rule === null ? [] : [[part.id, rule] as const];
  });
  return {
    ...{ name: typeName, match, measure: measure?.id ?? null },
    value: value === null ? null : valueRule(value),
    components: Object.fromEntries(parts),
    ...{ start, end: null, timeUnit: 'ms', zone: null, device, patient },
    // A correlation id is of many messages of one session, and names no record.
    ...{ record: null, version: null },
  };
}

/**
 * A pair of mappings of Azure's MedTech service (iomt-fhir): what its device mapping finds and its FHIR mapping makes of it. Values
 * are kept one by one; what it groups by an hour or a day is what our roll-ups are.
 *
 * @param content `{ deviceContent, fhirMapping }`: a CollectionContent and a CollectionFhir
 */
export function medtechMapping(content: { deviceContent: unknown; fhirMapping: unknown }): {
  mapping: Mapping;
  issues: Issue[];
} {
  const device = contentTypes(content.deviceContent, 'deviceContent');
  const fhir = fhirTypes(content.fhirMapping, 'fhirMapping');
  const issues: Issue[] = [...device.issues, ...fhir.issues];
  const byName = new Map(fhir.types.map((one) => [one.typeName.toLowerCase(), one]));
  const rules = device.types.flatMap((one) => {
    const mapped = byName.get(one.typeName.toLowerCase());
    const warn = (diagnostics: string, severity: Issue['severity']): void => {
      issues.push({ severity, code: 'invalid', diagnostics, expression: 'fhirMapping' });
    };
    if (mapped === undefined) {
      warn(`${one.typeName} has no FHIR mapping: its readings are not kept`, 'warning');
      return [ruleOf(one, { typeName: one.typeName, measure: null, value: null, components: [] }, () => {})];
    }
    return [ruleOf(one, mapped, (why) => warn(why, 'error'))];
  });
  return { mapping: { title: 'MedTech', rules }, issues };
}
