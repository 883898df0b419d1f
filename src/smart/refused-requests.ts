import { isResourceType } from '../fhir/resources.ts';
import type { SmartContext } from './context.ts';
import { clientOfToken } from './developer/explain-token.ts';
import { noteRefusal } from './refusals.ts';

/** A request of the FHIR API that was answered with 401 or 403. */
export type RefusedRequest = {
  tenant: number;
  /** As it was sent; its token is not kept. */
  authorization: string | undefined;
  method: string;
  /** Behind the FHIR base. */
  path: string;
  /** The OperationOutcome that was answered. */
  outcome: unknown;
  requestId: string;
};

/** Tokens that are looked at at once, and so many ms apart: what is more is not noted. */
const UNDER_WAY = 4;
const EVERY = 50;

/** What a request was about, without whom. */
function placeOf(method: string, path: string): string {
  const [, first = ''] = path.split(/[/?]/);
  const isKnown = isResourceType(first) || /^\$[a-z-]{1,40}$/.test(first);
  return `${method} ${isKnown ? first : '/'}`;
}

/** The code and the sentence of the first issue. */
function saidIn(outcome: unknown): { error: string; reason: string } {
  if (typeof outcome !== 'string') return { error: 'forbidden', reason: '' };
  // Our own OperationOutcome.
  const { issue = [] } = JSON.parse(outcome) as { issue?: { code: string; diagnostics?: string }[] };
  return { error: issue[0]?.code ?? 'forbidden', reason: issue[0]?.diagnostics ?? '' };
}

/** Notes for the developer of an app that a request of it was refused. Never throws, and nobody waits for it. */
export function createOnRefused(context: SmartContext): (request: RefusedRequest) => void {
  let underWay = 0;
  let last = 0;

  async function note(token: string, { method, path, outcome, requestId, tenant }: RefusedRequest): Promise<void> {
    const of = await clientOfToken(context, token);
    if (of === null) return;
    const said = saidIn(outcome);
    // It is told where the app is registered, not where its token was taken to.
    const place = of.tenant === tenant ? placeOf(method, path) : `${placeOf(method, path)} (${tenant})`;
    noteRefusal(context, { ...of, ...said, place, requestId });
  }

  return (request) => {
    const [, token] = /^(?:Bearer|DPoP) +([\w.~+/-]+=*) *$/i.exec(request.authorization ?? '') ?? [];
    const now = context.now();
    if (!token?.includes('.') || underWay >= UNDER_WAY || now - last < EVERY) return;
    underWay += 1;
    last = now;
    note(token, request)
      .catch(context.onFault)
      .finally(() => {
        underWay -= 1;
      });
  };
}
