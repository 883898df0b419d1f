import { redirect } from '../answers.ts';
import type { Provider, SmartContext } from '../context.ts';
import { pathIn } from '../developer/visitor.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { federationTrouble } from '../pages/federation.ts';
import { sessionOf } from '../people/sessions.ts';
import { afterFirstFactor, nextOf } from '../people/sign-in.ts';
import { findUser } from '../people/users.ts';
import { recentlySignedIn } from './account-guard.ts';
import { linkedUser, providerOf } from './federation.ts';
import { browserOf, type Journey, stateOf, takeState, ticketOf } from './federation-visit.ts';
import { type Known, newVisit, returnFromProvider, visitProvider } from './providers.ts';

const callbackOf = ({ place }: SmartRequest, { id }: Provider): string =>
  `${place.issuer}/account/federation/${id}/callback`;

/** Where to begin again. */
function startOf({ place }: SmartRequest, { provider, next, linkFor }: Journey): string {
  const query = new URLSearchParams();
  if (next !== null) query.set('next', next);
  if (linkFor !== null) query.set('link', '1');
  return `${pathIn(place, `/account/federation/${provider}/start`)}${query.size > 0 ? `?${query}` : ''}`;
}

/** Sends somebody to a provider: to sign in with it, or, signed in, to link it. */
export const federationStart: Endpoint = {
  method: 'GET',
  path: '/account/federation/:provider/start',
  origin: 'link',
  async run(context, request) {
    const { tenant, params, query } = request;
    const provider = providerOf(context, params.provider ?? '');
    if (!provider) return federationTrouble(request, 'unknown', '', null);
    const begun: Journey = { provider: provider.id, next: nextOf(request), linkFor: null };
    if (query.has('link')) {
      const session = await recentlySignedIn(context, request, `/account/federation/${provider.id}/start?link=1`);
      if (!session.ok) return session.answer;
      begun.linkFor = session.value.user.id;
    }
    const { owner, cookies } = browserOf(context, request);
    const visit = newVisit();
    const state = stateOf(context, tenant, owner, { ...begun, ...visit });
    const url = await visitProvider(provider, callbackOf(request, provider), { ...visit, state }, context.now());
    if (!url.ok) return federationTrouble(request, url.trouble, provider.name, startOf(request, begun));
    return redirect(url.value, cookies);
  },
};

/** Somebody whom a user is linked to is that user, whatever address of theirs the provider tells. */
async function arrive(
  context: SmartContext,
  request: SmartRequest,
  provider: Provider,
  journey: Journey,
  known: Known,
) {
  const { tenant, place } = request;
  const { next, linkFor } = journey;
  const userId = await linkedUser(context.database.byKey, tenant, provider.id, known.subject);
  if (linkFor !== null && userId !== null) {
    if (userId !== linkFor) return federationTrouble(request, 'taken', provider.name, null);
    return redirect(`${pathIn(place, '/account/security')}?done=linked`);
  }
  if (userId === null) return askToLink(context, request, provider, journey, known);
  const user = await findUser(context.database.byKey, tenant, userId);
  if (!user || user.disabled) return federationTrouble(request, 'disabled', provider.name, null);
  return afterFirstFactor(context, request, user, ['fed'], next);
}

/** Nobody is linked yet: whoever it is must sign in here first, and then say that they are the same. */
async function askToLink(
  context: SmartContext,
  request: SmartRequest,
  provider: Provider,
  { next, linkFor }: Journey,
  known: Known,
): Promise<Answer> {
  const session = await sessionOf(context, request);
  if (linkFor !== null && session?.user.id !== linkFor) {
    return federationTrouble(request, 'other-user', provider.name, null);
  }
  const { owner, cookies } = browserOf(context, request);
  const ticket = ticketOf(context, request.tenant, owner, { ...known, provider: provider.id, next });
  return redirect(`${pathIn(request.place, '/account/federation/link')}?${new URLSearchParams({ ticket })}`, cookies);
}

/** Where a provider sends people back to. */
export const federationCallback: Endpoint = {
  method: 'GET',
  path: '/account/federation/:provider/callback',
  origin: 'link',
  async run(context, request) {
    const { tenant, params, query } = request;
    const provider = providerOf(context, params.provider ?? '');
    if (!provider) return federationTrouble(request, 'unknown', '', null);
    const { owner } = browserOf(context, request);
    const state = query.get('state') ?? '';
    const journey = await takeState(context, tenant, owner, provider.id, state);
    if (!journey) {
      const again = startOf(request, { provider: provider.id, next: null, linkFor: null });
      return federationTrouble(request, 'stale', provider.name, again);
    }
    const answer = new URL(`${callbackOf(request, provider)}?${query}`);
    const known = await returnFromProvider(provider, answer, { ...journey, state }, context.now());
    if (!known.ok) return federationTrouble(request, known.trouble, provider.name, startOf(request, journey));
    return arrive(context, request, provider, journey, known.value);
  },
};
