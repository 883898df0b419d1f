import type { Answer, Step as Outcome } from '../endpoint.ts';
import { aboutField, consentPage } from '../pages/consent.ts';
import { patientOf } from '../records.ts';
import { giveCode, silently } from './code.ts';
import { grantedScope, itemsOf } from './consent-items.ts';
import { asks, endWithError, patientIn, type SignedInVisit, type VisitStep, viewerOf } from './visit.ts';

/** What the page has to say and to ask; `ticked` is null where it is shown for the first time. */
async function page(visit: SignedInVisit, ticked: ReadonlySet<string> | null): Promise<Answer> {
  const { context, request, client, session, interaction } = visit;
  const id = patientIn(visit);
  const patient = id === null ? null : await patientOf(context, viewerOf(visit), id);
  return consentPage(context, request, {
    client,
    user: session.user,
    patient,
    about: id,
    items: itemsOf(offered(visit)),
    ticked,
    redirectUri: interaction.request.redirectUri,
  });
}

/** What this user can grant of what was asked: nobody hands on what they do not have. */
function offered({ interaction, session }: SignedInVisit): string {
  const { launch } = interaction.chosen;
  return interaction.request.scope
    .split(' ')
    .filter((one) => one !== 'launch/encounter' || launch?.encounter !== undefined)
    .filter((one) => one !== 'portico/operator' || session.user.roles.includes('operator'))
    .join(' ');
}

/** The person says what the app may do. An app that must not ask gets what it has been granted before, or nothing. */
export const consent: VisitStep = async (visit): Promise<Outcome<SignedInVisit>> => {
  if (!asks(visit, 'none')) return { ok: false, answer: await page(visit, null) };
  const answer =
    (await silently(visit, offered(visit))) ??
    (await endWithError(visit, 'consent_required', 'The person has not granted this app all of it before'));
  return { ok: false, answer };
};

/** The answer to the page. Only its two buttons decide. */
export async function consentGiven(visit: SignedInVisit): Promise<Answer> {
  const { form } = visit.request;
  if (form.get('decision') === 'deny') return endWithError(visit, 'access_denied', 'The person did not grant access');
  if (form.get('decision') !== 'allow') return page(visit, null);
  // In another tab another patient may have been chosen since: what was allowed was allowed of that one.
  const about = form.get(aboutField);
  if (about !== null && about !== (patientIn(visit) ?? '')) return page(visit, null);
  const ticked = new Set(form.getAll('scope'));
  const scope = grantedScope(offered(visit), ticked);
  return scope === null ? page(visit, ticked) : giveCode(visit, scope);
}
