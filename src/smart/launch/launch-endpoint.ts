import { json, oauthError, redirect } from '../answers.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { faultPage } from '../pages/authorize-error.ts';
import { checkCsrf, sessionOf } from '../people/sessions.ts';
import { launchScope } from '../scopes/scopes.ts';
import { bearerOf } from '../tokens/bearer.ts';
import { createLaunch } from './launch.ts';
import { readLaunchContext } from './launch-context.ts';

const told = ['patient', 'encounter', 'intent', 'fhirContext', 'need_patient_banner'];

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What was sent, as JSON or as a form, whose fhirContext is JSON. */
function sentOf({ body, form, header }: SmartRequest): Record<string, unknown> | null {
  if (/^application\/json\b/i.test(header('content-type') ?? '')) {
    const value = jsonOf(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  }
  const fields = [...form].filter(([, value]) => value !== '');
  return Object.fromEntries(
    fields.map(([name, value]) => [
      name,
      ['fhirContext', 'need_patient_banner'].includes(name) ? jsonOf(value) : value,
    ]),
  );
}

/** Starts an app for a user, with what was sent. */
async function started(context: SmartContext, request: SmartRequest, sent: Record<string, unknown>, userId: string) {
  const { client_id: clientId } = sent;
  if (typeof clientId !== 'string') return { ok: false, reason: 'client_id is missing' } as const;
  const read = readLaunchContext(
    Object.fromEntries(told.flatMap((name) => (name in sent ? [[name, sent[name]]] : []))),
  );
  if (!read.ok) return read;
  return createLaunch(context, { tenant: request.tenant, clientId, userId, context: read.value });
}

async function byToken(context: SmartContext, request: SmartRequest): Promise<Answer> {
  const bearer = await bearerOf(context, request);
  if (!bearer.ok) return bearer.answer;
  const { scope, subject, fhirUser, clientId } = bearer.value;
  if (!scope.split(' ').includes(launchScope)) {
    return oauthError(403, 'insufficient_scope', `The access token must have the scope ${launchScope}`);
  }
  const sent = sentOf(request);
  if (!sent) return oauthError(400, 'invalid_request', 'Send a JSON object, or a form');
  // A program of its own acts for whom it names; an app that somebody uses acts for nobody but them.
  const isPerson = fhirUser !== null || (clientId !== null && subject !== clientId);
  if (isPerson && sent.user !== undefined && sent.user !== subject) {
    return oauthError(
      403,
      'access_denied',
      'An app that somebody uses can start others for them alone; leave out user',
    );
  }
  const user = isPerson ? subject : sent.user;
  if (typeof user !== 'string') return oauthError(400, 'invalid_request', 'user is missing: the id of an account');
  const launch = await started(context, request, sent, user);
  return launch.ok ? json(201, launch.value) : oauthError(400, 'invalid_request', launch.reason);
}

/** An EHR starts an app for a user: with the token of that user, or with one of its own. */
export const launchByToken: Endpoint = { method: 'POST', path: '/oauth2/launch', origin: 'any', run: byToken };

/** The same from a page of this server, for whoever is signed in: the browser goes on to the app. */
export const launchBySession: Endpoint = {
  method: 'POST',
  path: '/account/launch',
  origin: 'own',
  async run(context, request) {
    const session = await sessionOf(context, request);
    if (!session || !checkCsrf(context, request)) return faultPage(request.language, 'form');
    const launch = await started(context, request, sentOf(request) ?? {}, session.user.id);
    if (!launch.ok) return oauthError(400, 'invalid_request', launch.reason);
    if (launch.value.url === null) return oauthError(400, 'invalid_request', 'The app registered no launch_uri');
    return redirect(launch.value.url);
  },
};
