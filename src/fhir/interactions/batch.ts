import { DatabaseError } from '../../db/database.ts';
import { NotRecorded, notRecordedText } from '../audit/not-recorded.ts';
import type { FhirContext } from '../context.ts';
import { conflict, type Refusal, tooCostly, unavailable } from '../outcome.ts';
import type { FhirRequest } from '../request.ts';
import { createUnlessThere } from './batch-creates.ts';
import type { BundleEntry } from './bundle-entries.ts';
import { entryRequest, takeTurns } from './entry-request.ts';
import { answeredEntry, entryReturn, refusedEntry } from './entry-response.ts';

/** Entries in flight at a time, so that their statements are collected as those of separate requests are. */
const WIDTH = 256;

/** What is thrown in one entry must not take the others with it. */
function refusalOf(context: FhirContext, error: unknown): Refusal {
  if (error instanceof DatabaseError) {
    if (error instanceof NotRecorded) return unavailable(notRecordedText);
    if (error.fault === 'conflict') return conflict('Others are writing the same resource; try again');
    if (error.fault === 'timeout') return tooCostly('This took longer than is allowed; narrow it');
    if (error.fault === 'unavailable')
      return unavailable('The database cannot be reached at the moment; try again shortly');
    if (error.fault === 'full') return { ...unavailable('There is no space left to store anything'), status: 507 };
    if (error.fault === 'unknown') {
      return unavailable(
        'The connection to the database was lost while this was being stored: look before you send it again',
      );
    }
  }
  context.onFault?.(error);
  return {
    ok: false,
    status: 500,
    issues: [{ severity: 'fatal', code: 'exception', diagnostics: 'Something is wrong on our side' }],
  };
}

async function answer(context: FhirContext, request: FhirRequest, entry: BundleEntry): Promise<string> {
  const { parsed, method } = entry;
  let alone = entryRequest(request, entry, {
    'content-type': 'application/fhir+json',
    prefer: preferOf(request, entry),
  });
  if (method === 'POST' && entry.path.length === 0) {
    return refusedEntry(conflict('A batch or transaction within a Bundle is not processed; send it by itself'));
  }
  const isJsonPatch = method === 'PATCH' && parsed?.resource.resourceType === 'Binary';
  if (isJsonPatch) {
    const { contentType, data } = parsed.resource;
    const body = Buffer.from(typeof data === 'string' ? data : '', 'base64').toString('utf8');
    alone = {
      ...entryRequest(request, entry, { 'content-type': String(contentType), prefer: preferOf(request, entry) }),
      body,
    };
  }
  try {
    const result = await context.dispatch(alone);
    return result.ok ? answeredEntry(request.base, result.value) : refusedEntry(result);
  } catch (error) {
    return refusedEntry(refusalOf(context, error));
  }
}

/** What was written is not sent back unless it was asked for; a search keeps its own preferences. */
const preferOf = (request: FhirRequest, entry: BundleEntry): string =>
  entry.method === 'GET' ? (request.header('prefer') ?? '') : `return=${entryReturn(request)}`;

async function answerAll(
  context: FhirContext,
  request: FhirRequest,
  entries: readonly BundleEntry[],
  texts: string[],
): Promise<void> {
  let next = 0;
  const turn = takeTurns();
  const worker = async (): Promise<void> => {
    for (let entry = entries[next++]; entry; entry = entries[next++]) {
      await turn();
      texts[entry.index] = await answer(context, request, entry);
    }
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, entries.length) }, worker));
}

/** In the order of a transaction, since a client may have written its batch with that in mind. */
const phases: readonly (readonly string[])[] = [['DELETE'], ['POST'], ['PUT', 'PATCH'], ['GET', 'HEAD']];

/**
 * Each entry by itself, with its own answer; none depends on another, and none takes another with it.
 *
 * @returns the texts of the response entries, in the order of the entries
 * @see https://hl7.org/fhir/R4/http.html#transaction
 */
export async function runBatch(
  context: FhirContext,
  request: FhirRequest,
  entries: readonly BundleEntry[],
): Promise<string[]> {
  const texts: string[] = [];
  for (const methods of phases) {
    const now = entries.filter(({ method }) => methods.includes(method));
    const conditional = now.filter(({ method, headers, path, parsed }) => {
      return (
        method === 'POST' &&
        headers.has('if-none-exist') &&
        path.length === 1 &&
        path[0] === parsed?.resource.resourceType
      );
    });
    const left = await createUnlessThere(context, request, conditional, texts);
    const alone = now.filter((entry) => !conditional.includes(entry) || left.has(entry));
    await answerAll(context, request, alone, texts);
  }
  return texts;
}
