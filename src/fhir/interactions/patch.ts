import { admits, allows, showsAll } from '../access.ts';
import type { FhirContext } from '../context.ts';
import { type Parsed, parseResource } from '../json.ts';
import {
  conflict,
  forbidden,
  invalid,
  multipleMatches,
  notFound,
  ok,
  preconditionFailed,
  type Result,
  unprocessable,
  unsupportedMediaType,
} from '../outcome.ts';
import { applyFhirpathPatch } from '../patch/fhirpath-patch.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { ifMatch } from '../preferences.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import { match } from '../search/match.ts';
import { opens, unshelved } from '../store/binary.ts';
import { draft } from '../store/draft.ts';
import { unknownId } from '../store/read.ts';
import { referencesHold } from '../store/referential.ts';
import { storable } from '../store/storable.ts';
import { checked, mediaType } from './body.ts';
import type { FhirInteraction } from './interaction.ts';
import { writtenResponse } from './respond.ts';

/** Media types of the patches that are understood; /metadata names them. */
export const patchFormats = ['application/json-patch+json', 'application/fhir+json'] as const;

/** Each is lost to another writer of the same resource, and of those at least one got through. */
const attempts = 30;

/** The resource that a patch makes of the text of another; its type and id must stay. */
export async function patched(
  context: FhirContext,
  content: string,
  media: string,
  patch: string,
): Promise<Result<Parsed>> {
  let text: Result<string>;
  if (media === 'application/json-patch+json') text = applyJsonPatch(content, patch);
  else if (media === 'application/fhir+json' || media === 'application/json') {
    text = await applyFhirpathPatch(content, patch, context);
  } else if (media === 'application/merge-patch+json') {
    return unsupportedMediaType(
      'JSON Merge Patch is not one of the patch formats of FHIR R4: it cannot change one element of a list, or tell null from absent. Send application/json-patch+json or, for FHIRPath Patch, application/fhir+json',
    );
  } else {
    const sent = media === '' ? 'Content-Type is missing' : `A patch of type ${media} is not read here`;
    return unsupportedMediaType(`${sent}; send ${patchFormats.join(' or, for FHIRPath Patch, ')}`);
  }
  if (!text.ok) return text;
  const parsed = parseResource(text.value);
  if (!parsed.ok) return parsed;
  const { resourceType, id } = parsed.value.resource;
  const was = parseResource(content);
  if (!was.ok) throw new Error('a stored resource is not JSON');
  if (resourceType !== was.value.resource.resourceType)
    return unprocessable('A patch cannot change the type of a resource');
  if (id !== was.value.resource.id) return unprocessable('A patch cannot change the id of a resource');
  return parsed;
}

/** Its tests would tell, and its answer show, what there is. */
export const patchReads = (type: string): Result<never> =>
  forbidden(`A patch needs to read what it changes, and your access does not cover reading ${type}`);

/** https://hl7.org/fhir/R4/http.html#patch, conditional patch included */
export const patch: FhirInteraction = {
  code: 'patch',
  level: 'type',
  routes: [
    ['PATCH', '[type]/[id]'],
    ['PATCH', '[type]'],
  ],
  async run(context, request) {
    const [type = '', named] = request.path;
    if (!allows(request.grant, type, 'u')) return forbidden(`Your access does not cover updating ${type}`);
    if (!allows(request.grant, type, 'r')) return patchReads(type);
    const expected = ifMatch(request);
    if (!expected.ok) return expected;
    let id = named;
    if (id === undefined) {
      if (request.query === '') return invalid(`Name an id (PATCH ${type}/[id]) or criteria (PATCH ${type}?…)`);
      const found = await match(context, request.grant, type, request.query);
      if (!found.ok) return found;
      if (found.value.length > 1) return multipleMatches(`The criteria match more than one ${type}; none was patched`);
      id = found.value[0]?.id;
      if (id === undefined) return notFound(`No ${type} matches the criteria`);
    }
    return patchOne(context, request, type, id, expected.value);
  },
};

/** Applies the patch to the version that is current when it is written: when another came in between, to that one. */
async function patchOne(
  context: FhirContext,
  request: FhirRequest,
  type: string,
  id: string,
  expected: number | null,
): Promise<Result<FhirResponse>> {
  const { grant } = request;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const current = await context.store.read(grant, type, id);
    if (!current.ok) return current;
    if (!admits(grant, type, current.value, 'u') || !showsAll(grant, type, current.value)) return unknownId(type, id);
    const { version, content } = current.value;
    if (expected !== null && expected !== version) {
      return preconditionFailed(`If-Match asks for version ${expected}, but the current version is ${version}`);
    }
    if (type === 'Binary' && !(await opens(context, grant, content))) return unknownId(type, id);
    const whole = await unshelved(context, type, content);
    const parsed = await patched(context, whole, mediaType(request), request.body);
    if (!parsed.ok) return parsed;
    const good = checked(context, parsed.value);
    if (!good.ok) return good;
    const holds = await referencesHold(context, grant, [good.value.resource]);
    if (!holds.ok) return holds;
    const ready = await storable(context, grant, { parsed: good.value, stored: current.value, reason: null });
    if (!ready.ok) return ready;
    const one = draft(context, grant.tenant, ready.value, id, new Date(context.now()));
    const written = await context.store.update(grant, one, version);
    if (written.ok) return ok(await writtenResponse(context, request, written.value, good.value.warnings));
    if (written.status !== 412 || expected !== null) return written;
  }
  return conflict(`${type}/${id} is being written by others at the same time; read it and try again`);
}
