import type { Problem } from '../../pages/form.ts';
import { redirect } from '../answers.ts';
import type { Client } from '../clients/client.ts';
import { findClient, listClients } from '../clients/clients.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Endpoint, SmartRequest, Step } from '../endpoint.ts';
import { createLaunch } from '../launch/launch.ts';
import { readLaunchContext } from '../launch/launch-context.ts';
import { faultPage } from '../pages/authorize-error.ts';
import { choosePatientPage, launchedPage, startPage } from '../pages/ehr-launch.ts';
import { ehrLaunchWords } from '../pages/ehr-launch-words.ts';
import { checkCsrf, csrfOf, sessionOf } from '../people/sessions.ts';
import type { User } from '../people/user.ts';
import { type PatientLine, patientOf, searchPatients } from '../records.ts';
import { viewerFor, viewerOf } from './developer-launch.ts';
import { recordLines } from './record-lines.ts';
import { signInFirst } from './visitor.ts';

const path = '/launch';

/** Apps that one page offers. */
const MOST = 50;

/** Who starts which app for whom. */
type Start = {
  context: SmartContext;
  request: SmartRequest;
  /** Who is signed in. */
  user: User;
  /** For whom it is started: mostly the same. */
  viewer: User;
  app: Client | null;
};

const canStart = ({ disabled, metadata }: Client): boolean => !disabled && metadata.launch_uri !== undefined;

/** The app that was named, if whoever is signed in may start it: any that is registered, and their own for others. */
async function appNamed(context: SmartContext, { tenant }: SmartRequest, id: string, user: User, viewer: User) {
  const client = id === '' ? null : await findClient(context, tenant, id);
  if (!client || !canStart(client)) return null;
  return viewer.id === user.id || client.owner === user.id ? client : null;
}

/** Read from the address, or from a form of ours. */
async function open(context: SmartContext, request: SmartRequest, sent: URLSearchParams): Promise<Step<Start>> {
  const named = sent.get('app') ?? '';
  const as = sent.get('as') ?? '';
  const session = await sessionOf(context, request);
  if (!session) return { ok: false, answer: signInFirst(request, path) };
  if (request.method === 'POST' && !checkCsrf(context, request)) {
    return { ok: false, answer: await faultPage(request.language, 'form') };
  }
  const { user } = session;
  const other = as === '' || !user.roles.includes('developer') ? null : await viewerFor(context, user, as);
  const viewer = other ?? user;
  return {
    ok: true,
    value: { context, request, user, viewer, app: await appNamed(context, request, named, user, viewer) },
  };
}

function commonOf({ context, request, user, viewer, app }: Start, problems: readonly Problem[]) {
  const { token, cookies } = csrfOf(context, request);
  const as = viewer.id === user.id ? null : { id: viewer.id, name: viewer.displayName };
  return { csrf: token, cookies, app, as, problems };
}

async function choosing(start: Start, problems: readonly Problem[] = []): Promise<Answer> {
  const { context, request, viewer } = start;
  const sought = (request.query.get('q') ?? '').slice(0, 100);
  const cursor = request.query.get('page');
  const found = await searchPatients(context, viewerOf(viewer), request.place.audience, sought, cursor);
  return choosePatientPage(request, { ...commonOf(start, problems), sought, found, further: cursor !== null });
}

/** The apps that may be started: for others none but the one that was named. */
async function appsFor({ context, request, user, viewer, app }: Start): Promise<Client[]> {
  if (app) return [app];
  if (viewer.id !== user.id) return [];
  const all = (await listClients(context, request.tenant, null)).filter(canStart);
  return all.sort((a, b) => a.metadata.client_name.localeCompare(b.metadata.client_name)).slice(0, MOST);
}

async function starting(start: Start, patient: PatientLine, problems: readonly Problem[] = []): Promise<Answer> {
  const { context, request, viewer } = start;
  const lines = (type: Parameters<typeof recordLines>[4], most: number) =>
    recordLines(context, viewerOf(viewer), request.place.audience, patient.id, type, most);
  const [apps, visits, reports, documents, images] = await Promise.all([
    appsFor(start),
    lines('Encounter', 10),
    lines('DiagnosticReport', 4),
    lines('DocumentReference', 4),
    lines('ImagingStudy', 2),
  ]);
  const others = [...reports, ...documents, ...images];
  const intent = (request.form.get('intent') ?? '').slice(0, 200);
  return startPage(request, { ...commonOf(start, problems), patient, apps, visits, others, intent });
}

/** What the form says of where the app is started. */
function contextIn(form: URLSearchParams, patient: string) {
  const encounter = form.get('encounter') ?? '';
  const intent = (form.get('intent') ?? '').trim();
  const fhirContext = form.getAll('open').map((reference) => ({ reference }));
  return readLaunchContext({
    patient,
    ...(encounter === '' ? {} : { encounter }),
    ...(intent === '' ? {} : { intent }),
    ...(fhirContext.length === 0 ? {} : { fhirContext }),
  });
}

async function launched(start: Start, patient: PatientLine): Promise<Answer> {
  const { context, request, user, viewer, app } = start;
  const say = ehrLaunchWords[request.language].problems;
  if (!app) return starting(start, patient, [{ field: 'app', message: say.app }]);
  const read = contextIn(request.form, patient.id);
  if (!read.ok) return starting(start, patient, [{ field: 'intent', message: say.refused }]);
  const launch = await createLaunch(context, {
    tenant: request.tenant,
    clientId: app.id,
    userId: viewer.id,
    context: read.value,
  });
  // All else was looked at before.
  if (!launch.ok) return starting(start, patient, [{ field: 'encounter', message: say.visit }]);
  if (launch.value.url === null) return starting(start, patient, [{ field: 'app', message: say.app }]);
  if (viewer.id === user.id) return redirect(launch.value.url);
  return launchedPage(request, { app, name: viewer.displayName, address: launch.value.url });
}

/** Whom an app is to be started with: somebody whom the person who is signed in may see. */
export const ehrLaunchPage: Endpoint = {
  method: 'GET',
  path,
  origin: 'link',
  async run(context, request) {
    const start = await open(context, request, request.query);
    return start.ok ? choosing(start.value) : start.answer;
  },
};

/** The patient that was chosen, and then the rest: what is in front of somebody stays out of addresses until the app is named. */
export const ehrLaunchForm: Endpoint = {
  method: 'POST',
  path,
  origin: 'own',
  async run(context, request) {
    const start = await open(context, request, request.form);
    if (!start.ok) return start.answer;
    const chosen = request.form.get('patient') ?? '';
    const patient = await patientOf(context, viewerOf(start.value.viewer), chosen);
    if (!patient) {
      const message = ehrLaunchWords[request.language].problems.patient;
      return choosing(start.value, [{ field: 'patient', message }]);
    }
    return request.form.get('do') === 'start' ? launched(start.value, patient) : starting(start.value, patient);
  },
};
