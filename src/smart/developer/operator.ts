import { disableClient, findClient } from '../clients/clients.ts';
import { newInitialAccessToken } from '../clients/initial-access.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest } from '../endpoint.ts';
import {
  type OperatorPage,
  type OperatorPart,
  operatorAppsPage,
  operatorKeysPage,
  operatorPeoplePage,
  partPath,
} from '../pages/operator.ts';
import { operatorWords } from '../pages/operator-words.ts';
import { disableUser, enableUser } from '../people/end-sessions.ts';
import { csrfOf } from '../people/sessions.ts';
import type { Session } from '../people/user.ts';
import { findUser } from '../people/users.ts';
import { newSecret } from '../random.ts';
import { isFirst } from './developer.ts';
import {
  enableClient,
  endInitialAccess,
  listApps,
  listInitialAccess,
  listKeys,
  listPeople,
} from './operator-records.ts';
import { visitorOf } from './visitor.ts';

type Visit = { context: SmartContext; request: SmartRequest; session: Session };
type Just = Partial<Pick<OperatorPage, 'done' | 'problems'>> & { fresh?: string };

function pageOf({ context, request, session }: Visit, { done = null, problems = [] }: Just): OperatorPage {
  const { token, cookies } = csrfOf(context, request);
  return { request, session, csrf: token, cookies, done, problems };
}

const soughtIn = ({ request }: Visit): string => (request.query.get('q') ?? '').slice(0, 100);

async function showApps(visit: Visit, just: Just = {}): Promise<Answer> {
  const apps = await listApps(visit.context, visit.request.tenant, soughtIn(visit));
  return operatorAppsPage(pageOf(visit, just), apps, soughtIn(visit));
}

async function showPeople(visit: Visit, just: Just = {}): Promise<Answer> {
  const people = await listPeople(visit.context.database, visit.request.tenant, soughtIn(visit));
  return operatorPeoplePage(pageOf(visit, just), people, soughtIn(visit));
}

async function showKeys(visit: Visit, just: Just = {}): Promise<Answer> {
  const { context, request } = visit;
  // They are made when they are first asked for.
  await context.keys.published(request.tenant);
  const [keys, tokens] = await Promise.all([
    listKeys(context.database, request.tenant),
    listInitialAccess(context.database, request.tenant),
  ]);
  return operatorKeysPage(pageOf(visit, just), { keys, tokens, once: newSecret(), fresh: just.fresh ?? null });
}

/** Disables an app, which ends all that it was granted, or lets it in. */
async function changeApp(visit: Visit): Promise<Answer> {
  const { context, request } = visit;
  const { tenant, form, language } = request;
  const client = await findClient(context, tenant, form.get('app') ?? '');
  const what = form.get('do');
  if (!client || (what !== 'disable' && what !== 'enable')) return showApps(visit);
  if (what === 'disable') await disableClient(context, tenant, client.id, 'The operator disabled the app');
  else await enableClient(context.database, tenant, client.id);
  return showApps(visit, { done: operatorWords[language].apps.done[what](client.metadata.client_name) });
}

/** Disables an account, or lets it in again; never one's own: nobody would be left to undo it. */
async function changePerson(visit: Visit): Promise<Answer> {
  const { context, request, session } = visit;
  const { tenant, form, language } = request;
  const id = (form.get('person') ?? '').slice(0, 100).replaceAll('\0', '');
  const user = await findUser(context.database, tenant, id);
  const what = form.get('do');
  if (!user || user.id === session.user.id || (what !== 'disable' && what !== 'enable')) return showPeople(visit);
  if (what === 'disable') await disableUser(context, tenant, user.id);
  else await enableUser(context.database, tenant, user.id);
  return showPeople(visit, { done: operatorWords[language].people.done[what](user.displayName) });
}

async function makeAccess(visit: Visit): Promise<Answer> {
  const { context, request, session } = visit;
  const { tenant, form, language } = request;
  const note = (form.get('note') ?? '').replaceAll('\0', '').trim().slice(0, 200);
  if (note === '') {
    return showKeys(visit, { problems: [{ field: 'note', message: operatorWords[language].access.noNote }] });
  }
  if (!(await isFirst(context, request, session))) return showKeys(visit);
  const fresh = await newInitialAccessToken(context.database, tenant, note, form.get('system') === 'on');
  return showKeys(visit, { fresh });
}

async function changeKeys(visit: Visit): Promise<Answer> {
  const { context, request, session } = visit;
  const { tenant, form, language } = request;
  const say = operatorWords[language];
  const what = form.get('do');
  if (what === 'access') return makeAccess(visit);
  if (what === 'end') {
    await endInitialAccess(context.database, tenant, (form.get('token') ?? '').replaceAll('\0', ''));
    return showKeys(visit, { done: say.access.ended });
  }
  if (what !== 'rotate' || !(await isFirst(context, request, session))) return showKeys(visit);
  await context.keys.rotate(tenant);
  return showKeys(visit, { done: say.keys.rotated });
}

/** A page of the operator and its forms. */
function partOf(
  part: OperatorPart,
  show: (visit: Visit) => Promise<Answer>,
  change: (visit: Visit) => Promise<Answer>,
) {
  const path = partPath[part];
  const run =
    (act: (visit: Visit) => Promise<Answer>): Endpoint['run'] =>
    async (context, request) => {
      const visitor = await visitorOf(context, request, path, ['operator']);
      return visitor.ok ? act({ context, request, session: visitor.value }) : visitor.answer;
    };
  return [
    { method: 'GET', path, origin: 'link', run: run(show) },
    { method: 'POST', path, origin: 'own', run: run(change) },
  ] as const satisfies Endpoint[];
}

/** The pages of the operator. */
export const operatorEndpoints: readonly Endpoint[] = [
  ...partOf('apps', showApps, changeApp),
  ...partOf('people', showPeople, changePerson),
  ...partOf('keys', showKeys, changeKeys),
];
