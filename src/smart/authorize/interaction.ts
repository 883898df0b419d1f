import { redirect } from '../answers.ts';
import { findClient } from '../clients/clients.ts';
import type { SmartContext } from '../context.ts';
import type { Endpoint, Step as Outcome, SmartRequest } from '../endpoint.ts';
import { faultPage } from '../pages/authorize-error.ts';
import { checkCsrf, sessionOf } from '../people/sessions.ts';
import { narrowScopes } from '../scopes/narrow-scopes.ts';
import { browserOf, pathOf } from './browser.ts';
import { consent, consentGiven } from './consent.ts';
import { identified, launched, login } from './login.ts';
import { patient, patientChosen } from './patient.ts';
import { isRegistered } from './redirect-uri.ts';
import { findInteraction, hashOf, startOver } from './request.ts';
import type { SignedInVisit, Visit, VisitStep } from './visit.ts';

/** In the order in which they are gone through, once somebody is signed in; the last one answers the app. */
const steps: readonly VisitStep[] = [launched, identified, patient, consent];

/** The request of this page, in the browser that brought it. */
async function open(context: SmartContext, request: SmartRequest): Promise<Outcome<Visit>> {
  const { tenant, params, language } = request;
  const hash = hashOf(params.id ?? '', browserOf(context, request));
  const interaction = await findInteraction(context, tenant, hash);
  if (!interaction) return { ok: false, answer: await faultPage(language, 'over') };
  const client = await findClient(context, tenant, interaction.clientId);
  if (!client || client.disabled) return { ok: false, answer: await faultPage(language, 'client') };
  const { redirectUri, scope: asked } = interaction.request;
  // What was registered when the request came may have been taken back since.
  if (!isRegistered(redirectUri, client.metadata.redirect_uris)) {
    return { ok: false, answer: await faultPage(language, 'redirect') };
  }
  const scope = narrowScopes(asked, client.metadata.scope);
  const session = await sessionOf(context, request);
  const now = { ...interaction, request: { ...interaction.request, scope } };
  return { ok: true, value: { context, request, interaction: now, client, session } };
}

/** Goes through the steps, up to the first that has something to show or to say. */
async function through(visit: SignedInVisit, until: VisitStep | null): Promise<Outcome<SignedInVisit>> {
  let state = visit;
  for (const step of steps) {
    if (step === until) break;
    const outcome = await step(state);
    if (!outcome.ok) return outcome;
    state = outcome.value;
  }
  return { ok: true, value: state };
}

/** The page of the step that is next. Nothing is granted by looking. */
export const interactionPage: Endpoint = {
  method: 'GET',
  path: '/oauth2/authorize/:id',
  origin: 'link',
  async run(context, request) {
    const visit = await open(context, request);
    if (!visit.ok) return visit.answer;
    const known = await login(visit.value);
    if (!known.ok) return known.answer;
    const outcome = await through(known.value, null);
    return outcome.ok ? faultPage(request.language, 'over') : outcome.answer;
  },
};

/** What was filled in on such a page: it counts for that step alone, and only once the ones before it are done. */
export const interactionForm: Endpoint = {
  method: 'POST',
  path: '/oauth2/authorize/:id',
  origin: 'own',
  async run(context, request) {
    if (!checkCsrf(context, request)) return faultPage(request.language, 'form');
    const visit = await open(context, request);
    if (!visit.ok) return visit.answer;
    const known = await login(visit.value);
    if (!known.ok) return known.answer;
    const step = request.form.get('step');
    if (step === 'switch') {
      await startOver(context, known.value.interaction);
      return redirect(`${new URL(request.place.issuer).origin}${pathOf(request.place, request.params.id ?? '')}`);
    }
    const asked = step === 'patient' ? patient : consent;
    const outcome = await through(known.value, asked);
    if (!outcome.ok) return outcome.answer;
    return asked === patient ? patientChosen(outcome.value) : consentGiven(outcome.value);
  },
};
