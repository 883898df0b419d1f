import { redirect } from '../answers.ts';
import type { Step as Outcome } from '../endpoint.ts';
import { takeLaunch } from '../launch/launch.ts';
import { contextFault } from '../launch/launch-context.ts';
import { faultPage } from '../pages/authorize-error.ts';
import type { Session } from '../people/user.ts';
import { pathOf } from './browser.ts';
import { choose, takeUp } from './request.ts';
import {
  asks,
  asksFor,
  endWithError,
  type SignedInVisit,
  scopesOf,
  type Visit,
  type VisitStep,
  viewerOf,
} from './visit.ts';

/** Whether this sign-in is as recent as the app asks for. https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest */
function isFresh(visit: Visit, { signedInAt }: Session): boolean {
  const { arrivedAt, maxAge } = visit.interaction.request;
  if (asks(visit, 'login') || asks(visit, 'select_account')) return signedInAt.getTime() >= arrivedAt;
  return maxAge === null || signedInAt.getTime() >= arrivedAt - maxAge * 1000;
}

/** Somebody is signed in, recently enough, and it is the session that the request was taken up in. */
export async function login(visit: Visit): Promise<Outcome<SignedInVisit>> {
  const { context, request, interaction, session } = visit;
  if (!session || !isFresh(visit, session)) {
    if (asks(visit, 'none')) {
      return { ok: false, answer: await endWithError(visit, 'login_required', 'Nobody is signed in recently enough') };
    }
    const query = new URLSearchParams({ next: pathOf(request.place, request.params.id ?? '') });
    if (session) query.set('again', '1');
    const { loginHint } = interaction.request;
    if (loginHint !== null) query.set('login_hint', loginHint);
    return { ok: false, answer: redirect(`${request.place.issuer}/account/sign-in?${query}`) };
  }
  if (!(await takeUp(context.database.byKey, interaction, session.id))) {
    return { ok: false, answer: await faultPage(request.language, 'session') };
  }
  return { ok: true, value: { ...visit, session } };
}

/** What the EHR said, if it started the app: for this user, once, and only what they may still see. */
export const launched: VisitStep = async (visit) => {
  const { context, interaction, client, session } = visit;
  const hash = interaction.request.launch;
  if (hash === null || interaction.chosen.launch) return { ok: true, value: visit };
  const taken = { tenant: interaction.tenant, clientId: client.id, userId: session.user.id, hash };
  const launch = await takeLaunch(context.database.byKey, taken);
  if (!launch || (await contextFault(context, viewerOf(visit), launch)) !== null) {
    const why = 'This launch was made for another user, was used, or is too old; start the app again';
    return { ok: false, answer: await endWithError(visit, 'invalid_request', why) };
  }
  const chosen = await choose(context.database.byKey, interaction, { launch });
  return { ok: true, value: { ...visit, interaction: { ...interaction, chosen } } };
};

/** What is granted goes by who the user is in FHIR; of a user who is nobody there, nothing is. */
export const identified: VisitStep = async (visit) => {
  const needed = asksFor(visit, 'user') || asksFor(visit, 'patient') || scopesOf(visit).includes('fhirUser');
  if (!needed || visit.session.user.fhirUser !== null) return { ok: true, value: visit };
  const why = 'This user is linked to no Patient, RelatedPerson or Practitioner, so there is no record to grant';
  return { ok: false, answer: await endWithError(visit, 'access_denied', why) };
};
