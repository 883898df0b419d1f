import type { Consent } from '@medplum/fhirtypes';
import type { FhirContext } from '../../../fhir/context.ts';
import { openCursor, sealCursor } from '../../../fhir/cursor.ts';
import { conflict, notFound, ok, type Result } from '../../../fhir/outcome.ts';
import { readOwn, replaceMade } from '../../made.ts';
import { agreedToMarketing } from './audience.ts';

const owner = ({ settings }: FhirContext) => ({
  key: settings.keyOf('marketing opt-out'),
  grantHash: 'opt-out',
  query: '',
});

/**
 * The address by which somebody ends what they agreed to, without signing in: whoever has it may do that and nothing else. It is
 * the List-Unsubscribe of a message, and tells nobody who they are.
 *
 * @param patient the id of the Patient
 * @see https://www.rfc-editor.org/rfc/rfc8058
 */
export function optOutLink(context: FhirContext, tenant: number, patient: string): string {
  const issuer = context.settings.baseOf(tenant).replace(/\/fhir\/R4$/, '');
  return `${issuer}/privacy/opt-out/${sealCursor(owner(context), [tenant, patient])}`;
}

type Told = { tenant: number; patient: string };

/** Of whom a link is; the 404 of an unknown page for one that is none of ours. */
export function readOptOut(context: FhirContext, token: string): Result<Told> {
  const opened = openCursor(owner(context), token);
  const [tenant, patient] = opened.ok ? opened.value : [];
  if (typeof tenant !== 'number' || typeof patient !== 'string') return notFound('This link is not one of ours');
  return ok({ tenant, patient });
}

const attempts = 5;

async function end(context: FhirContext, tenant: number, id: string): Promise<Result<null>> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const found = await readOwn<Consent>(context, tenant, 'Consent', id);
    if (!found.ok) return ok(null);
    const { resource, version } = found.value;
    if (resource.status !== 'active') return ok(null);
    const written = await replaceMade(context, tenant, { ...resource, status: 'inactive' }, version);
    if (written.ok) return ok(null);
  }
  return conflict('The Consent is being written by others at the same time; try again');
}

/**
 * Ends what somebody agreed to of marketing, at once: it counts for every message that has not been sent. Whoever does so twice
 * is answered alike.
 *
 * @param token of a link
 * @returns the tenant, for the page; 404 for a link that is none of ours
 */
export async function optOut(context: FhirContext, token: string): Promise<Result<{ tenant: number }>> {
  const read = readOptOut(context, token);
  if (!read.ok) return read;
  const { tenant, patient } = read.value;
  const agreed = (await agreedToMarketing(context, tenant, patient)).get(patient) ?? [];
  for (const { id = '' } of agreed) {
    const ended = await end(context, tenant, id);
    if (!ended.ok) return ended;
  }
  return ok({ tenant });
}
