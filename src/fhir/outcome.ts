import type { OperationOutcomeIssue } from '@medplum/fhirtypes';

/**
 * One thing found, in the words of OperationOutcome.issue.
 * `expression` is a FHIRPath from the resource type: `Patient.name[0].given[1]`.
 *
 * @see https://hl7.org/fhir/R4/operationoutcome.html
 */
export type Issue = {
  severity: 'fatal' | 'error' | 'warning' | 'information';
  code: OperationOutcomeIssue['code'];
  diagnostics: string;
  expression?: string;
  /** What a program may tell it by. */
  details?: { system: string; code: string };
};

/** A request that is answered with an OperationOutcome instead of what it asked for. */
export type Refusal = { ok: false; status: number; issues: Issue[]; headers?: Record<string, string> };

export type Result<T> = { ok: true; value: T } | Refusal;

export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

type Refuse = (diagnostics: string, expression?: string) => Refusal;

const refusal =
  (status: number, code: Issue['code'], headers?: Record<string, string>): Refuse =>
  (diagnostics, expression) => ({
    ok: false,
    status,
    issues: [{ severity: 'error', code, diagnostics, ...(expression === undefined ? {} : { expression }) }],
    ...(headers ? { headers } : {}),
  });

// Every way to be refused.                        HTTP  OperationOutcome.issue.code
export const invalid = refusal(400, 'invalid');
export const malformed = refusal(400, 'structure');
export const notSupported = refusal(400, 'not-supported');
export const tooCostly = refusal(400, 'too-costly');
export const unauthenticated = refusal(401, 'login', { 'WWW-Authenticate': 'Bearer realm="Portico"' });
export const forbidden = refusal(403, 'forbidden');
export const notFound = refusal(404, 'not-found');
export const methodNotAllowed = refusal(405, 'not-supported');
export const notAcceptable = refusal(406, 'not-supported');
export const timedOut = refusal(408, 'timeout');
export const conflict = refusal(409, 'conflict');
export const ruledOut = refusal(409, 'business-rule');
export const gone = refusal(410, 'deleted');
export const preconditionFailed = refusal(412, 'conflict');
export const multipleMatches = refusal(412, 'multiple-matches');
export const tooLarge = refusal(413, 'too-long');
export const unsupportedMediaType = refusal(415, 'not-supported');
export const unprocessable = refusal(422, 'processing');
export const tooManyRequests = refusal(429, 'throttled', { 'Retry-After': '3600' });
export const unavailable = refusal(503, 'transient', { 'Retry-After': '2' });

/** A refusal for the issues a check has found: 422, as the specification asks for a resource that breaks its rules. */
export const invalidResource = (issues: Issue[]): Refusal => ({ ok: false, status: 422, issues });

/** The JSON text of an OperationOutcome. */
export function outcomeText(issues: readonly Issue[]): string {
  return JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: issues.map(({ severity, code, details, diagnostics, expression }) => ({
      severity,
      code,
      ...(details === undefined ? {} : { details: { coding: [details] } }),
      diagnostics,
      ...(expression === undefined ? {} : { expression: [expression] }),
    })),
  });
}
