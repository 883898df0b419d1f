import { redirect } from '../answers.ts';
import { findClient } from '../clients/clients.ts';
import { endConsent } from '../consents/consents.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { faultPage } from '../pages/authorize-error.ts';
import { type Connected, connectedAppsPage, type Taken } from '../pages/connected-apps.ts';
import { checkCsrf, sessionOf } from '../people/sessions.ts';
import type { Session } from '../people/user.ts';
import { patientOf } from '../records.ts';
import { grantsOfUser } from '../tokens/app-grants.ts';

const path = '/account/apps';

function signIn({ place }: SmartRequest): Answer {
  const next = `${new URL(place.issuer).pathname.replace(/\/$/, '')}${path}`;
  return redirect(`${place.issuer}/account/sign-in?${new URLSearchParams({ next })}`);
}

async function list(context: SmartContext, request: SmartRequest, { user }: Session, taken: Taken): Promise<Answer> {
  const { tenant } = request;
  const viewer = { tenant, subject: user.id, fhirUser: user.fhirUser };
  const grants = await grantsOfUser(context.database.byKey, tenant, user.id);
  const apps = Map.groupBy(grants, ({ clientId, patient }) => JSON.stringify([clientId, patient]));
  const connected = await Promise.all(
    [...apps.values()].map(async (of): Promise<Connected> => {
      const [{ clientId, patient } = { clientId: '', patient: null }] = of;
      const client = await findClient(context, tenant, clientId);
      return { grants: of, client, patient: patient === null ? null : await patientOf(context, viewer, patient) };
    }),
  );
  return connectedAppsPage(context, request, connected, taken);
}

/** What was let in by whoever is signed in. */
export const connectedApps: Endpoint = {
  method: 'GET',
  path,
  origin: 'link',
  async run(context, request) {
    const session = await sessionOf(context, request);
    return session ? list(context, request, session, null) : signIn(request);
  },
};

/** Takes one back: the app's tokens end with their next use, and its Consent becomes inactive. */
export const revokeApp: Endpoint = {
  method: 'POST',
  path,
  origin: 'own',
  async run(context, request) {
    const { tenant, form, language } = request;
    const session = await sessionOf(context, request);
    if (!session) return signIn(request);
    if (!checkCsrf(context, request)) return faultPage(language, 'form');
    const named = new Set(form.getAll('grant'));
    const grants = await grantsOfUser(context.database.byKey, tenant, session.user.id);
    const ending = grants.filter(({ id }) => named.has(id));
    const [first] = ending;
    if (!first) return list(context, request, session, { app: null });
    for (const grant of ending) {
      await endConsent(context, grant, session.user, 'The person withdrew the access of the app');
    }
    const client = await findClient(context, tenant, first.clientId);
    return list(context, request, session, { app: client?.metadata.client_name ?? first.clientId });
  },
};
