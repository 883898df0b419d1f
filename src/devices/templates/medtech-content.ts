import type { Json } from '../../fhir/context.ts';
import type { Issue } from '../../fhir/outcome.ts';
import { isJson, objectsOf, textOf } from '../formats/json.ts';
import { type Expression, LONGEST_EXPRESSION } from './mapping.ts';

/** A device content template: how values of one type are found. */
export type ContentType = {
  typeName: string;
  match: Expression;
  device: readonly Expression[];
  start: readonly Expression[];
  patient: Expression | null;
  values: readonly { name: string; value: Expression; required: boolean }[];
};

/** What a kind of template finds without being told where. */
type Kind = { of: 'match' | 'both'; device: readonly string[]; start: readonly string[] };

const kinds: Readonly<Record<string, Kind>> = {
  jsonpathcontent: { of: 'match', device: [], start: [] },
  calculatedcontent: { of: 'both', device: [], start: [] },
  iotjsonpathcontent: {
    of: 'match',
    device: ['$.SystemProperties.iothub-connection-device-id'],
    start: ['$.Properties.iothub-creation-time-utc', '$.SystemProperties.iothub-enqueuedtime'],
  },
  iotcentraljsonpathcontent: {
    of: 'match',
    device: ['$.deviceId'],
    start: ['$.messageProperties.iothub-creation-time-utc', '$.enqueuedTime'],
  },
};

const isQuoted = (part: string): boolean => part.startsWith("'") || part.startsWith('"');

/**
 * A JSONPath of Newtonsoft's as one of RFC 9535: `@name` is a property of the node, and a name may have hyphens.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9535
 */
export function standardPath(text: string): string {
  return text
    .split(/('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/)
    .map((part) =>
      isQuoted(part)
        ? part
        : part.replaceAll(/@(?=[A-Za-z_])/g, '@.').replaceAll(/\.([A-Za-z_]\w*(?:-\w+)+)/g, "['$1']"),
    )
    .join('');
}

type Fault = (path: string, why: string) => null;

/** An expression as a text, or as an object that says its language. */
function expressionOf(
  written: unknown,
  of: Expression['of'],
  usual: Expression['language'],
  path: string,
  fault: Fault,
): Expression | null {
  const text = textOf(isJson(written) ? written.value : written);
  const said = isJson(written) ? textOf(written.language) : null;
  const language = said?.toLowerCase() ?? usual;
  if (text === null || text.length > LONGEST_EXPRESSION)
    return fault(path, `An expression is a text of ${LONGEST_EXPRESSION} characters at most`);
  if (language !== 'jsonpath' && language !== 'jmespath')
    return fault(path, 'The language of an expression is JsonPath or JmesPath');
  return { language, text: language === 'jsonpath' ? standardPath(text) : text, of };
}

function contentOf(entry: Json, path: string, fault: Fault): ContentType | null {
  const kind = kinds[(textOf(entry.templateType) ?? '').toLowerCase()];
  if (kind === undefined)
    return fault(
      `${path}.templateType`,
      'Allowed are JsonPathContent, CalculatedContent, IotJsonPathContent and IotCentralJsonPathContent',
    );
  const template = isJson(entry.template) ? entry.template : {};
  const within = `${path}.template`;
  const usual = textOf(template.defaultExpressionLanguage)?.toLowerCase() === 'jmespath' ? 'jmespath' : 'jsonpath';
  const read = (name: string, of = kind.of): Expression | null =>
    template[name] === undefined ? null : expressionOf(template[name], of, usual, `${within}.${name}`, fault);
  const given = (texts: readonly string[]): Expression[] =>
    texts.map((text) => ({ language: 'jsonpath', text: standardPath(text), of: kind.of }));
  const all = (name: string, without: readonly string[]): Expression[] => {
    const said = read(name);
    if (said === null && template[name] === undefined && without.length === 0)
      fault(`${within}.${name}`, `${name} is missing`);
    return said === null ? given(without) : [said];
  };

  const typeName = textOf(template.typeName)?.trim() ?? '';
  if (typeName === '') fault(`${within}.typeName`, 'A template names its type');
  const match = read('typeMatchExpression', 'match');
  if (match === null && template.typeMatchExpression === undefined)
    fault(`${within}.typeMatchExpression`, 'typeMatchExpression is missing');
  const list = objectsOf(template.values);
  if (list.length === 0) fault(`${within}.values`, 'A template has at least one value');
  const values = list.flatMap((one, index) => {
    const at = `${within}.values[${index}]`;
    const name = textOf(one.valueName);
    if (name === null) fault(`${at}.valueName`, 'A value has a name');
    const value = expressionOf(one.valueExpression, kind.of, usual, `${at}.valueExpression`, fault);
    return name === null || value === null ? [] : [{ name, value, required: String(one.required) === 'true' }];
  });
  const device = all('deviceIdExpression', kind.device);
  const start = all('timestampExpression', kind.start);
  if (match === null) return null;
  return {
    typeName,
    match: match.language === 'jsonpath' ? { ...match, self: true } : match,
    device,
    start,
    patient: read('patientIdExpression'),
    values,
  };
}

/**
 * The types of a CollectionContent, or of one content template.
 *
 * @see https://learn.microsoft.com/en-us/azure/healthcare-apis/iot/overview-of-device-mapping
 */
export function contentTypes(content: unknown, path: string): { types: ContentType[]; issues: Issue[] } {
  const issues: Issue[] = [];
  const fault: Fault = (expression, diagnostics) => {
    issues.push({ severity: 'error', code: 'invalid', diagnostics, expression });
    return null;
  };
  if (!isJson(content)) {
    fault(path, 'A device mapping is a CollectionContent');
    return { types: [], issues };
  }
  const isCollection = (textOf(content.templateType) ?? '').toLowerCase() === 'collectioncontent';
  const single = kinds[(textOf(content.templateType) ?? '').toLowerCase()] !== undefined;
  if (!isCollection && !single) fault(`${path}.templateType`, 'A device mapping is a CollectionContent');
  else if (isCollection && !Array.isArray(content.template))
    fault(`${path}.template`, 'A collection is a list of templates');
  else if (isCollection && objectsOf(content.template).length === 0)
    fault(`${path}.template`, 'A collection has at least one template');
  const entries = isCollection ? objectsOf(content.template) : single ? [content] : [];
  const types = entries.flatMap((entry, index) => {
    const found = contentOf(entry, isCollection ? `${path}.template[${index}]` : path, fault);
    return found === null ? [] : [found];
  });
  return { types, issues };
}
