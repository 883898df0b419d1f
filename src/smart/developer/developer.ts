import { isResourceType } from '../../fhir/resources.ts';
import { redirect } from '../answers.ts';
import type { Client } from '../clients/client.ts';
import { disableClient, findClient, listClients } from '../clients/clients.ts';
import { renewSecret } from '../clients/register-client.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest, Step } from '../endpoint.ts';
import { developerPage } from '../pages/developer.ts';
import { type AppPage, appPage } from '../pages/developer-app.ts';
import { unknownAppPage } from '../pages/developer-unknown.ts';
import { refusalWords } from '../pages/refusals-words.ts';
import { csrfOf } from '../people/sessions.ts';
import type { Session } from '../people/user.ts';
import { newSecret } from '../random.ts';
import { refusalOf, refusalsOf } from '../refusals.ts';
import { useOnce } from '../tokens/used-identifiers.ts';
import { viewersOf } from './developer-launch.ts';
import { explainToken, type Wanted } from './explain-token.ts';
import { visitorOf } from './visitor.ts';

export const developers = ['developer', 'operator'] as const;

/** Whether a form is sent for the first time: what it makes is made once, however often a page is loaded again. */
export function isFirst(context: SmartContext, { tenant, form }: SmartRequest, { user }: Session): Promise<boolean> {
  const expires = new Date(context.now() + 24 * 3_600_000);
  const identifier = (form.get('once') ?? '').replaceAll('\0', '').slice(0, 100);
  return useOnce(context.database, { tenant, kind: 'form', owner: user.id, identifier, expires });
}

/** The app in the address, if it is of whoever asks; one of somebody else is answered like one that is not there. */
export async function ownApp(
  context: SmartContext,
  request: SmartRequest,
): Promise<Step<{ session: Session; client: Client }>> {
  const { tenant, params } = request;
  const id = params.id ?? '';
  const visitor = await visitorOf(context, request, `/developer/${encodeURIComponent(id)}`, developers);
  if (!visitor.ok) return visitor;
  const client = await findClient(context, tenant, id);
  if (!client || client.owner !== visitor.value.user.id) return { ok: false, answer: await unknownAppPage(request) };
  return { ok: true, value: { session: visitor.value, client } };
}

/** The page of an app, with what has just been done with it. */
export async function showApp(
  context: SmartContext,
  request: SmartRequest,
  { session, client }: { session: Session; client: Client },
  just: Partial<Pick<AppPage, 'done' | 'told' | 'problems'>> = {},
): Promise<Answer> {
  const { token, cookies } = csrfOf(context, request);
  const [refusals, viewers] = await Promise.all([
    refusalsOf(context, client.tenant, client.id, 10),
    viewersOf(context, session.user),
  ]);
  const { done = null, told = null, problems = [] } = just;
  return appPage(request, { client, refusals, viewers, done, told, problems, csrf: token, once: newSecret(), cookies });
}

type Own = { session: Session; client: Client };
type Deed = (context: SmartContext, request: SmartRequest, own: Own) => Promise<Answer>;

const toApp = ({ place }: SmartRequest, { client }: Own): Answer => redirect(`${place.issuer}/developer/${client.id}`);

const secret: Deed = async (context, request, own) => {
  if (!(await isFirst(context, request, own.session))) return toApp(request, own);
  const fresh = await renewSecret(context, own.client);
  if (fresh === null) return toApp(request, own);
  return showApp(context, request, own, { done: { kind: 'secret', secret: fresh } });
};

const disable: Deed = async (context, request, own) => {
  await disableClient(context, own.client.tenant, own.client.id, 'Its developer disabled the app');
  return toApp(request, own);
};

const interactions = ['r', 's', 'c', 'u', 'd'] as const;

function wantedIn(form: URLSearchParams): Wanted | null {
  const type = form.get('type') ?? '';
  const interaction = interactions.find((one) => one === form.get('interaction'));
  return interaction && isResourceType(type) ? { type, interaction } : null;
}

const explain: Deed = async (context, request, own) => {
  const { form, language } = request;
  const token = (form.get('token') ?? '').trim();
  if (token === '') {
    return showApp(context, request, own, { problems: [{ field: 'token', message: refusalWords[language].empty }] });
  }
  const of = { tenant: own.client.tenant, clientId: own.client.id };
  const explanation = await explainToken(context, of, token, wantedIn(form));
  return showApp(context, request, own, { told: { kind: 'token', explanation } });
};

const find: Deed = async (context, request, own) => {
  const id = (request.form.get('request') ?? '').trim().toLowerCase();
  const isId = /^[0-9a-f-]{36}$/.test(id);
  const refusal = isId ? await refusalOf(context, own.client.tenant, own.client.id, id) : null;
  return showApp(context, request, own, { told: { kind: 'request', refusal } });
};

const deeds: Readonly<Record<string, Deed>> = { secret, disable, explain, find };

/** The apps of whoever is signed in. */
export const developerHome: Endpoint = {
  method: 'GET',
  path: '/developer',
  origin: 'link',
  async run(context, request) {
    const visitor = await visitorOf(context, request, '/developer', developers);
    if (!visitor.ok) return visitor.answer;
    const { user } = visitor.value;
    return developerPage(request, visitor.value, await listClients(context, request.tenant, user.id));
  },
};

export const developerApp: Endpoint = {
  method: 'GET',
  path: '/developer/:id',
  origin: 'link',
  async run(context, request) {
    const own = await ownApp(context, request);
    return own.ok ? showApp(context, request, own.value) : own.answer;
  },
};

export const developerDeed: Endpoint = {
  method: 'POST',
  path: '/developer/:id',
  origin: 'own',
  async run(context, request) {
    const own = await ownApp(context, request);
    if (!own.ok) return own.answer;
    const name = request.form.get('do') ?? '';
    const deed = Object.hasOwn(deeds, name) ? deeds[name] : undefined;
    return deed ? deed(context, request, own.value) : toApp(request, own.value);
  },
};
