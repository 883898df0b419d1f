import type { FhirContext, Json, Resource } from '../context.ts';
import { members, type Parsed, parseResource, stringEnd, valueEnd } from '../json.ts';
import { type Issue, invalid, ok, type Refusal, type Result, tooCostly } from '../outcome.ts';
import type { FhirRequest } from '../request.ts';

export type EntryMethod = FhirRequest['method'];

/** One entry of a batch or transaction, as asked. */
export type BundleEntry = {
  index: number;
  method: EntryMethod;
  path: readonly string[];
  query: string;
  fullUrl: string | null;
  /** The resource of the entry and its own text, cut out of the text of the Bundle. */
  parsed: Parsed | null;
  /** By lower-case name: if-match, if-none-match, if-none-exist, if-modified-since. */
  headers: ReadonlyMap<string, string>;
};

export type BatchOrTransaction = { type: 'batch' | 'transaction'; entries: BundleEntry[] };

const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] satisfies EntryMethod[];
const isMethod = (text: unknown): text is EntryMethod => typeof text === 'string' && methods.includes(text);
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same refusal, said of an entry: `Patient.name` becomes `Bundle.entry[3].resource.name`. */
export function atEntry(index: number, refusal: Refusal): Refusal {
  const here = `Bundle.entry[${index}]`;
  const place = (expression: string | undefined): string => {
    if (expression === undefined || expression.startsWith('Bundle.entry[')) return expression ?? here;
    const below = /^[A-Z][A-Za-z]+((?:[.[]).*)?$/s.exec(expression);
    return below ? `${here}.resource${below[1] ?? ''}` : here;
  };
  const issues = refusal.issues.map(
    (issue): Issue => ({ ...issue, diagnostics: `${here}: ${issue.diagnostics}`, expression: place(issue.expression) }),
  );
  return { ...refusal, issues };
}

/** The part of a URL below the base. Nothing but this base is taken for ours, and nothing may climb out of it. */
function target(base: string, url: string): Result<{ path: string[]; query: string }> {
  const below = url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url;
  const question = below.indexOf('?');
  const raw = (question < 0 ? below : below.slice(0, question)).replace(/^\//, '');
  const path: string[] = [];
  for (const segment of raw === '' ? [] : raw.split('/')) {
    let decoded: string;
    try {
      decoded = decodeURIComponent(segment);
    } catch {
      return invalid(`request.url ${url} has an escape that is no character`);
    }
    if (!/^(?!\.\.?$)[\w.$*-]+$/.test(decoded)) {
      return invalid(
        `request.url must be relative to the base of this server, as Patient/1 or Patient?name=x, and not ${url}`,
      );
    }
    path.push(decoded);
  }
  return ok({ path, query: question < 0 ? '' : below.slice(question + 1) });
}

const conditionNames = [
  ['ifMatch', 'if-match'],
  ['ifNoneMatch', 'if-none-match'],
  ['ifNoneExist', 'if-none-exist'],
  ['ifModifiedSince', 'if-modified-since'],
] as const;

function readEntry(base: string, entry: unknown, index: number, text: string): Result<BundleEntry> {
  if (!isJson(entry)) return invalid('An entry must be an object');
  const { request, resource, fullUrl } = entry;
  if (!isJson(request)) return invalid('request is missing; each entry of a batch or transaction has one');
  const { method, url } = request;
  if (!isMethod(method)) return invalid(`request.method must be one of ${methods.join(', ')}`);
  if (typeof url !== 'string' || (url === '' && method !== 'GET')) return invalid('request.url is missing');
  const asked = target(base, url);
  if (!asked.ok) return asked;
  const headers = new Map<string, string>();
  for (const [name, header] of conditionNames) {
    const value = request[name];
    if (value !== undefined && typeof value !== 'string') return invalid(`request.${name} must be text`);
    if (value !== undefined) headers.set(header, value);
  }
  if (fullUrl !== undefined && typeof fullUrl !== 'string') return invalid('fullUrl must be a uri');
  const hasType = isJson(resource) && typeof resource.resourceType === 'string';
  if (resource !== undefined && !hasType) return invalid('resource must be a resource with its resourceType');
  return ok({
    index,
    method,
    ...asked.value,
    fullUrl: fullUrl ?? null,
    parsed: hasType ? { text, resource: resource as Resource } : null, // hasType has looked
    headers,
  });
}

/** Where `Bundle.entry` begins, 0 where there is none. */
function entriesStart(text: string): number {
  for (let at = 1; text[at] === '"'; ) {
    const value = stringEnd(text, at) + 1;
    if (JSON.parse(text.slice(at, value - 1)) === 'entry') return value;
    at = valueEnd(text, value) + 1;
  }
  return 0;
}

/** The texts of `entry[i].resource`, empty where there is none. A large Bundle is gone through once. */
function resourceTexts(text: string): string[] {
  const texts: string[] = [];
  const list = entriesStart(text);
  if (text[list] !== '[') return texts;
  for (let at = list + 1; text[at] !== ']'; ) {
    const all = text[at] === '{' ? members(text, at) : [];
    const resource = all.find(({ name }) => name === 'resource');
    texts.push(resource ? text.slice(resource.value, resource.end) : '');
    const last = all.at(-1);
    const end = last ? last.end + 1 : valueEnd(text, at);
    at = text[end] === ',' ? end + 1 : end;
  }
  return texts;
}

/**
 * The body as a batch or transaction. An entry that makes no sense refuses the Bundle, of whichever kind: what was meant
 * cannot be known.
 *
 * @see https://hl7.org/fhir/R4/http.html#transaction
 */
export function readBundle(context: FhirContext, request: FhirRequest): Result<BatchOrTransaction> {
  const parsed = parseResource(request.body);
  if (!parsed.ok) return parsed;
  const { text, resource } = parsed.value;
  if (resource.resourceType !== 'Bundle') {
    return invalid('What is posted to the base must be a Bundle of type batch or transaction; resources go to /[type]');
  }
  const { type, entry: list = [] } = resource;
  if (type !== 'batch' && type !== 'transaction') {
    return invalid(
      'A Bundle posted to the base must be of type batch or transaction; to store one, post it to /Bundle',
      'Bundle.type',
    );
  }
  if (!Array.isArray(list)) return invalid('Bundle.entry must be an array', 'Bundle.entry');
  const { maxEntries } = context.settings;
  if (list.length > maxEntries) {
    return tooCostly(
      `A Bundle may have ${maxEntries} entries here; this has ${list.length}. Send it in parts`,
      'Bundle.entry',
    );
  }
  const texts = resourceTexts(text);
  const entries: BundleEntry[] = [];
  for (const [index, raw] of list.entries()) {
    const entry = readEntry(request.base, raw, index, texts[index] ?? '');
    if (!entry.ok) return atEntry(index, entry);
    entries.push(entry.value);
  }
  return ok({ type, entries });
}
