import type { Queryable } from '../../db/database.ts';
import { draftConsent, endLeftConsents, writeDrafts } from '../consents/consents.ts';
import type { Answer } from '../endpoint.ts';
import { faultPage } from '../pages/authorize-error.ts';
import { newSecret } from '../random.ts';
import type { AppGrant, LaunchContext } from '../tokens/app-grant.ts';
import { createGrant, grantsOfUser } from '../tokens/app-grants.ts';
import { issueCode } from '../tokens/codes.ts';
import { codeToApp } from './answer.ts';
import { browserCookie } from './browser.ts';
import { endRequest } from './request.ts';
import { asksFor, patientIn, type SignedInVisit, scopesOf } from './visit.ts';

/** What the app is told beside its token. */
function launchContext(visit: SignedInVisit, patient: string | null): LaunchContext {
  const { issuer } = visit.request.place;
  const { launch } = visit.interaction.chosen;
  return {
    // An app that was started by an EHR is told by it whether the patient is shown already.
    need_patient_banner: true,
    smart_style_url: `${issuer}/oauth2/style`,
    ...launch,
    ...(patient === null ? {} : { patient }),
  };
}

/** Hours after which what was granted for one sign-in ends in any case: no sign-in lasts longer. */
const SIGN_IN = 12;

function newGrant(visit: SignedInVisit, scope: string): Omit<AppGrant, 'createdAt' | 'lastUsedAt' | 'revokedAt'> {
  const { context, interaction, client, session } = visit;
  const lasting = scope.split(' ').includes('offline_access');
  const inRecord = asksFor(visit, 'patient') || scopesOf(visit).some((one) => one.startsWith('launch'));
  const patient = inRecord ? patientIn(visit) : null;
  return {
    tenant: interaction.tenant,
    id: newSecret(),
    clientId: client.id,
    userId: session.user.id,
    sessionId: lasting ? null : session.id,
    scope,
    context: launchContext(visit, patient),
    fhirUser: session.user.fhirUser,
    patient,
    consentId: null,
    dpopJkt: interaction.request.dpopJkt,
    expiresAt: lasting ? null : new Date(context.now() + SIGN_IN * 3_600_000),
  };
}

/** A code for this grant, if the request has not been answered already: then null, and nothing may be kept. */
async function codeFor(on: Queryable, visit: SignedInVisit, grantId: string): Promise<string | null> {
  const { interaction, client, session } = visit;
  const { redirectUri, codeChallenge, nonce } = interaction.request;
  if (!(await endRequest(on, interaction))) return null;
  return issueCode(on, {
    tenant: interaction.tenant,
    grantId,
    clientId: client.id,
    redirectUri,
    codeChallenge,
    nonce,
    signedInAt: session.signedInAt,
    methods: session.methods,
  });
}

async function answered(visit: SignedInVisit, code: string | null): Promise<Answer> {
  const { context, request, interaction } = visit;
  if (code === null) return faultPage(request.language, 'over');
  const gone = browserCookie(context, request.place, request.params.id ?? '', '');
  return codeToApp(request.place, interaction.request, code, [gone]);
}

/** Writes down what was granted, the Consent that says so and the AuditEvent, and answers the app: all of it or nothing. */
export async function giveCode(visit: SignedInVisit, scope: string): Promise<Answer> {
  const { context, client, session } = visit;
  const grant = newGrant(visit, scope);
  const drafts = await draftConsent(context, { grant, client, user: session.user });
  const code = await context.database.transaction(async (tx) => {
    const made = await codeFor(tx, visit, grant.id);
    if (made === null) return null;
    await createGrant(tx, { ...grant, consentId: drafts.consent?.id ?? null });
    await writeDrafts(context, tx, drafts);
    return made;
  });
  endLeftConsents(context, grant.tenant).catch(context.onFault);
  return answered(visit, code);
}

/**
 * A code for what the person granted this app before and has not withdrawn, without asking again; null where that is less
 * than what is asked for now.
 */
export async function silently(visit: SignedInVisit, scope: string): Promise<Answer | null> {
  const { context, client, session, interaction } = visit;
  // Whoever listens on this device, or took the app's scheme, could pose as the app. RFC 8252, section 8.6.
  if (!interaction.request.redirectUri.startsWith('https:') && client.metadata.token_endpoint_auth_method === 'none')
    return null;
  const patient = patientIn(visit);
  const before = await grantsOfUser(context.database.byKey, interaction.tenant, session.user.id);
  const standing = before.find((one) => {
    const had = new Set(one.scope.split(' '));
    return (
      one.clientId === client.id &&
      one.revokedAt === null &&
      (one.expiresAt === null || one.expiresAt.getTime() > context.now()) &&
      (one.sessionId === null || one.sessionId === session.id) &&
      one.patient === patient &&
      one.fhirUser === session.user.fhirUser &&
      one.dpopJkt === interaction.request.dpopJkt &&
      interaction.chosen.launch === undefined &&
      scope.split(' ').every((text) => had.has(text))
    );
  });
  if (!standing) return null;
  return answered(visit, await codeFor(context.database.byKey, visit, standing.id));
}
