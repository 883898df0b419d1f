import { allows } from '../access.ts';
import type { FhirContext } from '../context.ts';
import type { Parsed } from '../json.ts';
import { conflict, forbidden, invalid, multipleMatches, ok, preconditionFailed, type Result } from '../outcome.ts';
import { ifMatch } from '../preferences.ts';
import { isId } from '../reference.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import { match } from '../search/match.ts';
import { draft } from '../store/draft.ts';
import { referencesHold } from '../store/referential.ts';
import { replaced, storable } from '../store/storable.ts';
import { sentBody } from './binary.ts';
import { createWhereAbsent } from './create.ts';
import type { FhirInteraction } from './interaction.ts';
import { writtenResponse } from './respond.ts';

/** https://hl7.org/fhir/R4/http.html#update, conditional update and create under a client's id included */
export const update: FhirInteraction = {
  code: 'update',
  level: 'type',
  routes: [
    ['PUT', '[type]/[id]'],
    ['PUT', '[type]'],
  ],
  async run(context, request) {
    const [type = '', id] = request.path;
    if (!allows(request.grant, type, 'u')) return forbidden(`Your access does not cover updating ${type}`);
    const body = await sentBody(context, request, type);
    if (!body.ok) return body;
    const holds = await referencesHold(context, request.grant, [body.value.resource]);
    if (!holds.ok) return holds;
    if (id === undefined) return updateMatching(context, request, body.value);
    const own = body.value.resource.id;
    if (own !== id) {
      return invalid(
        own === undefined
          ? `The body has no id; the path names ${id}`
          : `The path names ${id}, but the body's id is ${own}`,
        `${type}.id`,
      );
    }
    return write(context, request, body.value, id);
  },
};

/** Each is lost to another writer of the same resource, and of those at least one got through. */
const attempts = 30;

async function write(
  context: FhirContext,
  request: FhirRequest,
  parsed: Parsed,
  id: string,
): Promise<Result<FhirResponse>> {
  const expected = ifMatch(request);
  if (!expected.ok) return expected;
  // If-None-Match: * asks for a creation and nothing else.
  const mustBeNew = request.header('if-none-match')?.trim() === '*';
  const asked = mustBeNew ? 0 : expected.value;
  const { grant } = request;
  const type = parsed.resource.resourceType;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const stored = await replaced(context, grant.tenant, type, id);
    const ready = await storable(context, grant, { parsed, stored, reason: null });
    if (!ready.ok) return ready;
    const one = draft(context, grant.tenant, ready.value, id, new Date(context.now()));
    const written = await context.store.update(grant, one, asked ?? stored?.version ?? 0);
    if (written.ok) return ok(await writtenResponse(context, request, written.value, parsed.warnings));
    if (written.status !== 412 || asked !== null) return written;
  }
  return conflict(`${type}/${id} is being written by others at the same time; read it and try again`);
}

/** https://hl7.org/fhir/R4/http.html#cond-update */
async function updateMatching(
  context: FhirContext,
  request: FhirRequest,
  parsed: Parsed,
): Promise<Result<FhirResponse>> {
  const { resource } = parsed;
  const type = resource.resourceType;
  if (request.query === '') return invalid(`Name an id (PUT ${type}/[id]) or criteria (PUT ${type}?…)`);
  const found = await match(context, request.grant, type, request.query);
  if (!found.ok) return found;
  if (found.value.length > 1) return multipleMatches(`The criteria match more than one ${type}`);
  const existing = found.value[0]?.id;
  if (existing !== undefined) return writeMatch(context, request, parsed, existing);
  if (resource.id !== undefined && !isId(resource.id)) {
    return invalid(`${resource.id} cannot be an id: in a URL it means another place`, `${type}.id`);
  }
  if (resource.id !== undefined) return write(context, request, parsed, resource.id);
  if (request.header('if-match') !== undefined) return preconditionFailed('If-Match is given, but nothing matches');
  const ready = await storable(context, request.grant, { parsed, stored: null, reason: null });
  if (!ready.ok) return ready;
  const created = await createWhereAbsent(context, request, ready.value, request.query);
  if (!created.ok) return created;
  // Somebody else created it in between: then it is there to be updated.
  if (typeof created.value === 'string') return writeMatch(context, request, parsed, created.value);
  return ok(await writtenResponse(context, request, created.value, parsed.warnings));
}

function writeMatch(
  context: FhirContext,
  request: FhirRequest,
  parsed: Parsed,
  id: string,
): Promise<Result<FhirResponse>> {
  const { resource } = parsed;
  if (resource.id === undefined || resource.id === id) return write(context, request, parsed, id);
  return Promise.resolve(
    invalid(`The criteria match another ${resource.resourceType} than the body's id`, `${resource.resourceType}.id`),
  );
}
