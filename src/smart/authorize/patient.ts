import { redirect } from '../answers.ts';
import type { Answer, Step as Outcome } from '../endpoint.ts';
import { patientPage } from '../pages/patient.ts';
import { patientOf, reachOf, searchPatients } from '../records.ts';
import { pathOf } from './browser.ts';
import { choose } from './request.ts';
import {
  asks,
  asksFor,
  endWithError,
  patientIn,
  type SignedInVisit,
  scopesOf,
  type VisitStep,
  viewerOf,
} from './visit.ts';

const isPractitioner = (fhirUser: string | null): boolean => /^Practitioner(Role)?\//.test(fhirUser ?? '');

/** Keeps the patient, if it is one that this user may see. */
async function choosePatient(visit: SignedInVisit, id: string): Promise<SignedInVisit | null> {
  const { context, interaction } = visit;
  if (!(await patientOf(context, viewerOf(visit), id))) return null;
  const chosen = await choose(context.database.byKey, interaction, { patient: id });
  return { ...visit, interaction: { ...interaction, chosen } };
}

/** The page on which one of the patients is chosen whom this user may see. */
async function picker(visit: SignedInVisit, wrong: boolean): Promise<Answer> {
  const { context, request, client, session } = visit;
  const sought = (request.query.get('q') ?? '').slice(0, 100);
  const cursor = request.query.get('page');
  const found = await searchPatients(context, viewerOf(visit), request.place.audience, sought, cursor);
  return patientPage(context, request, { client, user: session.user, sought, found, further: cursor !== null, wrong });
}

/** Whose record the app gets to see: the user's own without a question, else the one that they choose. */
export const patient: VisitStep = async (visit): Promise<Outcome<SignedInVisit>> => {
  const { context, session } = visit;
  const needed = asksFor(visit, 'patient') || scopesOf(visit).includes('launch/patient');
  const known = patientIn(visit);
  if (!needed && known === null) return { ok: true, value: visit };
  const reach = await reachOf(context, viewerOf(visit));
  // Minutes may lie between the choice and the consent, and who it is may have changed.
  if (known !== null && reach.includes(known)) return { ok: true, value: visit };
  if (known !== null) {
    const why = 'The patient who was chosen is none whom this user may see any more';
    return { ok: false, answer: await endWithError(visit, 'access_denied', why) };
  }
  const [only] = reach;
  if (only === undefined) {
    const why = 'There is no patient whose record this user may see';
    return { ok: false, answer: await endWithError(visit, 'access_denied', why) };
  }
  if (reach.length === 1 && !isPractitioner(session.user.fhirUser)) {
    const chosen = await choosePatient(visit, only);
    if (chosen) return { ok: true, value: chosen };
    return { ok: false, answer: await endWithError(visit, 'access_denied', 'The record of this user is not there') };
  }
  if (asks(visit, 'none')) {
    return { ok: false, answer: await endWithError(visit, 'interaction_required', 'A patient has to be chosen') };
  }
  return { ok: false, answer: await picker(visit, false) };
};

/** The answer to the picker. */
export async function patientChosen(visit: SignedInVisit): Promise<Answer> {
  const { request } = visit;
  const chosen = await choosePatient(visit, request.form.get('patient') ?? '');
  if (!chosen) return picker(visit, true);
  return redirect(`${new URL(request.place.issuer).origin}${pathOf(request.place, request.params.id ?? '')}`);
}
