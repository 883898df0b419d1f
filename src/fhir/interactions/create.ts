import { allows } from '../access.ts';
import type { FhirContext } from '../context.ts';
import type { Parsed } from '../json.ts';
import { forbidden, multipleMatches, ok, type Result } from '../outcome.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import { match } from '../search/match.ts';
import { applyCreates } from '../store/apply.ts';
import { shown } from '../store/binary.ts';
import { rememberTexts } from '../store/concept-texts.ts';
import { underCriteria } from '../store/criteria.ts';
import { type Draft, draft } from '../store/draft.ts';
import { referencesHold } from '../store/referential.ts';
import { released } from '../store/release.ts';
import { storable } from '../store/storable.ts';
import { uuid7 } from '../store/uuid.ts';
import { mayWrite, noted, type Written, writtenOf } from '../store/write.ts';
import { sentBody } from './binary.ts';
import type { FhirInteraction } from './interaction.ts';
import { resourceResponse, versionHeaders, versionUrl, writtenResponse } from './respond.ts';

/** https://hl7.org/fhir/R4/http.html#create, conditional create included */
export const create: FhirInteraction = {
  code: 'create',
  level: 'type',
  routes: [['POST', '[type]']],
  async run(context, request) {
    const [type = ''] = request.path;
    if (!allows(request.grant, type, 'c')) return forbidden(`Your access does not cover creating ${type}`);
    const sent = await sentBody(context, request, type);
    if (!sent.ok) return sent;
    const body = await storable(context, request.grant, { parsed: sent.value, stored: null, reason: null });
    if (!body.ok) return body;
    const holds = await referencesHold(context, request.grant, [body.value.resource]);
    if (!holds.ok) return holds;
    const condition = request.header('if-none-exist');
    if (condition !== undefined) return createUnless(context, request, body.value, condition);
    const written = await context.store.create(request.grant, [newDraft(context, request, body.value)]);
    if (!written.ok) return written;
    const [first] = written.value;
    if (!first) throw new Error('a create of one resource answered with none');
    return ok(await writtenResponse(context, request, first, body.value.warnings));
  },
};

/** A draft under an id of the server's making. */
export function newDraft(context: FhirContext, request: FhirRequest, parsed: Parsed): Draft {
  const now = context.now();
  return draft(context, request.grant.tenant, parsed, uuid7(now), new Date(now));
}

/**
 * If-None-Exist: what matches already is answered with 200.
 *
 * @see https://hl7.org/fhir/R4/http.html#ccreate
 */
async function createUnless(
  context: FhirContext,
  request: FhirRequest,
  parsed: Parsed,
  condition: string,
): Promise<Result<FhirResponse>> {
  const outcome = await createWhereAbsent(context, request, parsed, condition.replace(/^.*\?/, ''));
  if (!outcome.ok) return outcome;
  if (typeof outcome.value !== 'string')
    return ok(await writtenResponse(context, request, outcome.value, parsed.warnings));
  const existing = await context.store.read(request.grant, parsed.resource.resourceType, outcome.value);
  if (!existing.ok) return existing;
  const headers = { ...versionHeaders(existing.value), 'Content-Location': versionUrl(request.base, existing.value) };
  const { type, content: text } = released(request.grant, existing.value, 'r');
  const content = await shown(context, request.grant, type, text);
  return ok(resourceResponse(200, content, headers));
}

/**
 * Creates only when nothing that the caller can see matches the criteria, however many try at once.
 *
 * @returns what was written, or the id of the one that matches; 412 where several do
 */
export async function createWhereAbsent(
  context: FhirContext,
  request: FhirRequest,
  parsed: Parsed,
  query: string,
): Promise<Result<Written | string>> {
  const { grant } = request;
  const type = parsed.resource.resourceType;
  const one = newDraft(context, request, parsed);
  const allowed = mayWrite(grant, one, 'c');
  if (!allowed.ok) return allowed;
  await rememberTexts(context.database, [one]);
  return underCriteria<Result<Written | string>>(
    context.database,
    [{ tenant: grant.tenant, type, query }],
    async (tx) => {
      const found = await match(context, grant, type, query, tx);
      if (!found.ok) return found;
      if (found.value.length > 1) return multipleMatches(`The criteria match more than one ${type}`);
      const [existing] = found.value;
      if (existing) return ok(existing.id);
      await applyCreates(tx, [one]);
      return ok(noted(grant, writtenOf(one, 1, 0)));
    },
  );
}
