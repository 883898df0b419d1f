import type { Grant, Seen } from '../fhir/access.ts';
import type { FhirContext } from '../fhir/context.ts';
import { ok, type Result } from '../fhir/outcome.ts';
import type { FhirRequest, FhirResponse } from '../fhir/request.ts';
import type { Connection } from './connections/connection.ts';

/** The operation as which whatever comes with readings is told of. */
const path = ['$submit-device-data'];

/**
 * A submission that comes past the FHIR base, as the request that it would be there.
 *
 * @param format the name of its format
 */
export const submissionOf = (
  context: FhirContext,
  grant: Grant,
  format: string,
  header: (name: string) => string | undefined,
  id?: string,
): FhirRequest => ({
  method: 'POST',
  path,
  query: `format=${encodeURIComponent(format)}`,
  header,
  body: '',
  grant,
  base: context.settings.baseOf(grant.tenant),
  ...(id === undefined ? {} : { id }),
});

/** Answers such a request: it is held to what every request is held to, and no answer leaves that is not in the ledger. */
export async function recorded(
  context: FhirContext,
  request: FhirRequest,
  run: (request: FhirRequest) => Promise<Result<FhirResponse>>,
): Promise<Result<FhirResponse>> {
  const seen: Seen[] = [];
  const noted: FhirRequest = { ...request, grant: { ...request.grant, seen } };
  const refused = (await context.admit?.(context, noted)) ?? null;
  const answer = refused ?? (await run(noted));
  await context.record?.(noted, answer, seen);
  return answer;
}

/** What the ledger is told of who brings what nobody sends: the source of a connection, let in by its Consent. */
export const sourceGrant = ({ tenant, patient, source, consent }: Connection): Grant => ({
  tenant,
  caller: {
    tenant,
    actor: 'device-gateway',
    purpose: 'PATRQT',
    organization: null,
    subject: source,
    clientId: null,
    scopes: [],
    patient,
    fhirUser: null,
    identified: false,
    reach: [patient],
    grantId: null,
    operator: false,
  },
  types: new Map(),
  denials: new Map(),
  forbiddenLabels: 0,
  basis: consent === null ? [] : [`Consent/${consent} Patient/${patient}`],
  hash: `source ${source}`,
});

/** Tells the ledger of a payload that was worked off: what of it was written into whose record. */
export async function recordPayload(
  context: FhirContext,
  grant: Grant,
  format: string,
  seen: readonly Seen[],
): Promise<void> {
  const request = submissionOf(context, grant, format, () => undefined);
  await context.record?.(request, ok({ status: 200, headers: {}, body: null }), seen);
}
