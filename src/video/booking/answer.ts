import type { FhirContext } from '../../fhir/context.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { outcomeText, type Result } from '../../fhir/outcome.ts';
import type { FhirResponse } from '../../fhir/request.ts';

/** A Bundle of Appointments, each by its text; `information` is for people. */
export function appointments(texts: readonly string[], information: string | null = null): Result<FhirResponse> {
  const entries = texts.map((text) => `{"resource":${text},"search":{"mode":"match"}}`);
  if (information !== null) {
    const outcome = outcomeText([{ severity: 'information', code: 'informational', diagnostics: information }]);
    entries.push(`{"resource":${outcome},"search":{"mode":"outcome"}}`);
  }
  const bundle = `{"resourceType":"Bundle","type":"searchset","total":${texts.length}`;
  return operationResponse(entries.length === 0 ? `${bundle}}` : `${bundle},"entry":[${entries.join()}]}`);
}

/** What stands before the paths of a tenant. */
export const rootOf = ({ settings }: FhirContext, tenant: number): string =>
  settings.baseOf(tenant).replace(/\/fhir\/R4$/, '');
