import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { storeMadeIn } from '../../privacy/made.ts';
import { noticeOf } from '../../privacy/requests/notices.ts';
import type { By } from '../audit.ts';
import type { VisitState } from '../session.ts';
import type { Visit } from './visit.ts';

/** Who is told when a visit comes into a state, and what; nothing of it is about health. */
const notices: Partial<Record<VisitState, { to: 'hosts' | 'patient'; text: string }>> = {
  waiting: { to: 'hosts', text: 'Somebody waits for you in a visit by video.' },
  missed: { to: 'patient', text: 'You were waited for in a visit by video. You can book another time.' },
  cancelled: { to: 'patient', text: 'A visit by video was cancelled. You can book another time.' },
};

async function hostsOf(tx: Queryable, { tenant, id }: Visit): Promise<string[]> {
  const rows = await tx.query(
    `select reference from video_participant where tenant = $1 and visit = $2 and role = 'host' and socket is null`,
    [tenant, id],
  );
  return rows.flatMap(([reference]) => (reference === null ? [] : [String(reference)]));
}

/** Tells those who are not looking at it already; who ends a visit by cancelling its Appointment tells of that. */
export async function noticesOf(context: FhirContext, tx: Queryable, visit: Visit, by: By): Promise<void> {
  const notice = notices[visit.state];
  if (!notice || (notice.to === 'patient' && by.reference !== null)) return;
  const { tenant, patient, encounter } = visit;
  const now = context.now();
  const recipients = notice.to === 'patient' ? [`Patient/${patient}`] : await hostsOf(tx, visit);
  const about = `Encounter/${encounter}`;
  const made = recipients.map((recipient) => ({
    ...noticeOf({ tenant, patient, recipient, about, text: notice.text }, now),
    id: uuid7(now),
  }));
  if (made.length > 0) await storeMadeIn(context, tx, tenant, made);
}
