import type { OAuthErrorCode } from '../answers.ts';
import type { Client } from '../clients/client.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, Step as Outcome, SmartRequest } from '../endpoint.ts';
import type { Session } from '../people/user.ts';
import type { Viewer } from '../records.ts';
import { noteRefusal } from '../refusals.ts';
import { errorToApp } from './answer.ts';
import { endRequest, type Interaction } from './request.ts';
import { readScope } from './scope.ts';

/** One look at the pages of a request, as far as it is known who looks. */
export type Visit = {
  context: SmartContext;
  request: SmartRequest;
  interaction: Interaction;
  client: Client;
  session: Session | null;
};

export type SignedInVisit = Visit & { session: Session };

/** One step on the way to the code: the visit with what it found out, or a page, or the way to one. */
export type VisitStep = (visit: SignedInVisit) => Promise<Outcome<SignedInVisit>>;

export const scopesOf = ({ interaction }: Pick<Visit, 'interaction'>): string[] => interaction.request.scope.split(' ');

export const asks = (visit: Visit, prompt: Interaction['request']['prompt'][number]): boolean =>
  visit.interaction.request.prompt.includes(prompt);

/** Whether one of the scopes is of this context. */
export const asksFor = (visit: Visit, of: 'patient' | 'user'): boolean =>
  scopesOf(visit).some((text) => readScope(text)?.context === of);

export const viewerOf = ({ interaction, session }: SignedInVisit): Viewer => ({
  tenant: interaction.tenant,
  subject: session.user.id,
  fhirUser: session.user.fhirUser,
  roles: session.user.roles,
  organization: session.user.organization,
});

/** The patient whose record the app will be in: what the EHR said, or what was chosen. */
export const patientIn = ({ interaction: { chosen } }: Visit): string | null =>
  chosen.launch?.patient ?? chosen.patient ?? null;

/** Ends the request with an error that the app is told. */
export async function endWithError(visit: Visit, error: OAuthErrorCode, description: string): Promise<Answer> {
  const { context, interaction, request, client } = visit;
  await endRequest(context.database.byKey, interaction);
  const { tenant } = interaction;
  noteRefusal(context, { tenant, clientId: client.id, place: 'authorize', error, reason: description });
  return errorToApp(request.place, interaction.request, error, description);
}
