import { type Issue, invalid, ok, outcomeText, type Result } from '../../fhir/outcome.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import type { Reply } from '../../privacy/pages/visit.ts';
import type { Opened, OpenedBy, VideoPage } from './video-page.ts';

/** What a page may ask for, by the type of what it asks it of; `create` is of a resource. */
const may: ReadonlyMap<string, readonly string[]> = new Map([
  ['Appointment', ['video-open', 'find', 'hold', 'book', 'cancel', 'reschedule']],
  ['Encounter', ['video-join', 'video-admit', 'video-invite', 'video-record', 'video-consent', 'video-end']],
  ['Observation', ['create']],
]);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const fhirHeaders = {
  'Content-Type': 'application/fhir+json; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** A refusal as scripts are told it. */
export const outcomeReply = (status: number, issues: readonly Issue[], cookies: readonly string[] = []): Reply => ({
  status,
  headers: fhirHeaders,
  body: outcomeText(issues),
  cookies,
});

/** The JSON object that a script has sent. */
export function jsonOf({ bytes }: Opened['request']): Result<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isObject(value) ? ok(value) : invalid('The body must be a JSON object');
  } catch {
    return invalid('The body must be JSON');
  }
}

/** The FHIR request that is meant, below the base: `['Encounter', '1', '$video-join']`. */
function asked(sent: Record<string, unknown>): Result<Pick<FhirRequest, 'path' | 'body'>> {
  const { type, id, operation, parameters } = sent;
  if (typeof type !== 'string' || typeof operation !== 'string' || !may.get(type)?.includes(operation)) {
    const all = [...may].map(([one, codes]) => `${one}: ${codes.join(', ')}`);
    return invalid(`type and operation must be of ${all.join('; ')}`, 'operation');
  }
  if (parameters !== undefined && !isObject(parameters)) return invalid('It must be a resource', 'parameters');
  if (operation === 'create') {
    if (parameters?.resourceType !== type || !isObject(parameters.encounter))
      return invalid(`It must be an ${type} of an Encounter`, 'parameters');
    return ok({ path: [type], body: JSON.stringify(parameters) });
  }
  const body = JSON.stringify(parameters ?? { resourceType: 'Parameters' });
  if (id === undefined || id === null) return ok({ path: [type, `$${operation}`], body });
  if (typeof id !== 'string' || !/^[A-Za-z0-9.-]{1,64}$/.test(id))
    return invalid('It must be the id of a resource', 'id');
  return ok({ path: [type, id, `$${operation}`], body });
}

/** Asks the server for what a page asks for, as whoever is signed in: the gate, the ledger and the errors are those of FHIR. */
async function run({ deps, request, grant, cookies }: OpenedBy): Promise<Reply> {
  const sent = jsonOf(request);
  const meant = sent.ok ? asked(sent.value) : sent;
  if (!meant.ok) return outcomeReply(meant.status, meant.issues, cookies);
  const { fhir } = deps;
  const headers: Readonly<Record<string, string>> = {
    'content-type': 'application/fhir+json',
    'accept-language': request.language,
  };
  const result = await fhir.dispatch({
    ...meant.value,
    method: 'POST',
    query: '',
    header: (name) => headers[name] ?? request.header(name),
    grant,
    base: fhir.settings.baseOf(request.tenant),
  });
  if (!result.ok) return outcomeReply(result.status, result.issues, cookies);
  const { status, body } = result.value;
  return { status, headers: fhirHeaders, body: body ?? '', cookies };
}

/** What the pages of visits do: `{type, id, operation, parameters, csrf}`, answered as FHIR answers. */
export const doPage: VideoPage = { method: 'POST', path: '/video/do', whom: 'visitor', forScripts: true, run };
