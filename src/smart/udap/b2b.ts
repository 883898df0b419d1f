const KEY = 'hl7-b2b';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/**
 * What is wrong with who an app says it asks for, and why; null when nothing is.
 *
 * @param extensions claim of the same name of the assertion
 * @see https://hl7.org/fhir/us/udap-security/b2b.html#b2b-authorization-extension-object
 */
export function b2bFault(extensions: unknown): string | null {
  const object = isObject(extensions) ? extensions[KEY] : undefined;
  if (!isObject(object)) return `The assertion must have the extension ${KEY} to ask for client_credentials`;
  const { version, organization_id: organization, purpose_of_use: purposes } = object;
  if (version !== '1') return `${KEY}: version must be 1`;
  if (!isText(organization)) return `${KEY}: organization_id must be a URI`;
  if (!Array.isArray(purposes) || purposes.length === 0 || !purposes.every(isText)) {
    return `${KEY}: purpose_of_use must be a list of at least one code`;
  }
  if (purposes.some((one) => /(^|[#|])HMARKT$/.test(one))) return `${KEY}: nobody is given records for marketing`;
  return null;
}
