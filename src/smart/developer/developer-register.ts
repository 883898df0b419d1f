import type { Problem } from '../../pages/form.ts';
import { redirect } from '../answers.ts';
import type { Client } from '../clients/client.ts';
import type { MetadataFault } from '../clients/client-metadata.ts';
import { disableClient, findClient } from '../clients/clients.ts';
import { changeClient, registerClient } from '../clients/register-client.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import { chooseKindPage } from '../pages/developer.ts';
import { appFormPage } from '../pages/developer-form.ts';
import { developerProblems } from '../pages/developer-form-words.ts';
import { csrfOf } from '../people/sessions.ts';
import type { Session } from '../people/user.ts';
import { newSecret } from '../random.ts';
import { developers, isFirst, ownApp, showApp } from './developer.ts';
import {
  type AppForm,
  emptyForm,
  fieldOf,
  formOf,
  isKind,
  type Kind,
  kindOf,
  metadataOf,
  readForm,
} from './developer-form.ts';
import { visitorOf } from './visitor.ts';

const isOperator = ({ user }: Session): boolean => user.roles.includes('operator');

type Page = { kind: Kind; form: AppForm; client: Client | null; problems?: readonly Problem[] };

function formPage(
  context: SmartContext,
  request: SmartRequest,
  { kind, form, client, problems = [] }: Page,
): Promise<Answer> {
  const { token, cookies } = csrfOf(context, request);
  const app = client && { id: client.id, name: client.metadata.client_name };
  return appFormPage(request, { kind, form, app, once: newSecret(), csrf: token, problems, cookies });
}

/** Says it at the field; of scopes the reason as well, for it names the one that is wrong. */
function problemOf({ language }: SmartRequest, field: string, reason: string | null = null): Problem {
  const say = developerProblems[language];
  const message = Object.entries(say).find(([name]) => name === field)?.[1] ?? say.name;
  return { field, message: field === 'rest' && reason !== null ? `${message} (${reason})` : message };
}

const faultIn = (request: SmartRequest, fault: MetadataFault): Problem =>
  problemOf(request, fieldOf(fault), fault.reason);

/** A service reaches everybody's record: what a developer writes down for it counts once the operator has let it in. */
const mustWait = (kind: Kind, session: Session): boolean => kind === 'service' && !isOperator(session);
const waits = (context: SmartContext, tenant: number, id: string): Promise<void> =>
  disableClient(context, tenant, id, 'The operator has to let the service in');

async function register(context: SmartContext, request: SmartRequest, session: Session, kind: Kind): Promise<Answer> {
  const { tenant, form: sent, place } = request;
  const form = readForm(kind, sent);
  const again = (problem: Problem): Promise<Answer> =>
    formPage(context, request, { kind, form, client: null, problems: [problem] });
  const metadata = metadataOf(kind, form);
  if (!metadata.ok) return again(problemOf(request, metadata.field));
  const registrar = { by: 'developer', owner: session.user.id, system: kind === 'service' } as const;
  if (!(await isFirst(context, request, session))) return redirect(`${place.issuer}/developer`);
  const registered = await registerClient(context, tenant, metadata.value, registrar);
  if (!registered.ok) return again(faultIn(request, registered.fault));
  const { client: draft, secret } = registered.value;
  if (mustWait(kind, session)) await waits(context, tenant, draft.id);
  const client = await findClient(context, tenant, draft.id);
  if (!client) return redirect(`${place.issuer}/developer`);
  return showApp(context, request, { session, client }, { done: { kind: 'registered', secret } });
}

/** Which kind of app, and then its form. */
export const registerPage: Endpoint = {
  method: 'GET',
  path: '/developer/register',
  origin: 'link',
  async run(context, request) {
    const visitor = await visitorOf(context, request, '/developer/register', developers);
    if (!visitor.ok) return visitor.answer;
    const kind = request.query.get('kind');
    if (!isKind(kind)) return chooseKindPage(request);
    return formPage(context, request, { kind, form: emptyForm(kind), client: null });
  },
};

export const registerForm: Endpoint = {
  method: 'POST',
  path: '/developer/register',
  origin: 'own',
  async run(context, request) {
    const visitor = await visitorOf(context, request, '/developer/register', developers);
    if (!visitor.ok) return visitor.answer;
    const kind = request.form.get('kind');
    return isKind(kind) ? register(context, request, visitor.value, kind) : chooseKindPage(request);
  },
};

export const editPage: Endpoint = {
  method: 'GET',
  path: '/developer/:id/edit',
  origin: 'link',
  async run(context, request) {
    const own = await ownApp(context, request);
    if (!own.ok) return own.answer;
    const { client } = own.value;
    return formPage(context, request, { kind: kindOf(client), form: formOf(client), client });
  },
};

export const editForm: Endpoint = {
  method: 'POST',
  path: '/developer/:id/edit',
  origin: 'own',
  async run(context, request) {
    const own = await ownApp(context, request);
    if (!own.ok) return own.answer;
    const { client, session } = own.value;
    const kind = kindOf(client);
    const form = readForm(kind, request.form);
    const again = (problem: Problem): Promise<Answer> =>
      formPage(context, request, { kind, form, client, problems: [problem] });
    const metadata = metadataOf(kind, form, client.metadata);
    if (!metadata.ok) return again(problemOf(request, metadata.field));
    // First, so that nothing is given out in between.
    if (mustWait(kind, session)) await waits(context, client.tenant, client.id);
    const changed = await changeClient(context, client, metadata.value, { system: kind === 'service' });
    if (!changed.ok) return again(faultIn(request, changed.fault));
    return showApp(
      context,
      request,
      { session, client: changed.client },
      { done: { kind: 'saved', secret: changed.secret } },
    );
  },
};
