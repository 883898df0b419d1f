import type { Communication, Reference } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { storeMade } from '../../privacy/made.ts';
import type { Participant } from '../people/participants.ts';
import { presentIn } from '../recording/present.ts';
import { policyOf } from '../visits/policy.ts';
import type { Visit } from '../visits/visit.ts';

/** Characters that no string of FHIR has. https://hl7.org/fhir/R4/datatypes.html#string */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is those that are meant
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;

type Person = { reference: string | null; name: string };

/** Who has no resource here is told by what they are called. */
const personOf = ({ reference, name }: Person): Reference =>
  reference === null ? { display: name } : { reference, display: name };

type Senders = NonNullable<Communication['sender']>;
type Recipients = NonNullable<Communication['recipient']>;

/**
 * Keeps what somebody wrote in a visit as a Communication, where the tenant keeps it.
 *
 * @param sent ms since 1970
 * @returns the id of the Communication; null: it is not kept
 */
export async function keepChat(
  context: FhirContext,
  visit: Visit,
  from: Pick<Participant, 'id' | 'reference' | 'name'>,
  text: string,
  sent: number,
): Promise<string | null> {
  const { tenant, id: visitId, encounter, patient } = visit;
  const written = text.replace(control, '');
  if (written.trim() === '' || !(await policyOf(context, tenant)).keepChat) return null;
  const others = (await presentIn(context.database.byKey, tenant, visitId, context.now())).filter(
    (one) => one.id !== from.id,
  );
  const id = uuid7(context.now());
  const instant = new Date(sent).toISOString();
  const communication: Communication & { id: string } = {
    resourceType: 'Communication',
    id,
    status: 'completed',
    subject: { reference: `Patient/${patient}` },
    encounter: { reference: `Encounter/${encounter}` },
    sent: instant,
    received: instant,
    // Participants are of the types that may send and receive.
    sender: personOf(from) as Senders,
    ...(others.length === 0 ? {} : { recipient: others.map(personOf) as Recipients }),
    payload: [{ contentString: written }],
  };
  await storeMade(context, tenant, [communication]);
  return id;
}
