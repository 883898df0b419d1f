import { addJob } from '../db/jobs.ts';
import type { FhirContext } from '../fhir/context.ts';
import { notFound, ok, type Result, tooLarge } from '../fhir/outcome.ts';
import type { JobHandler } from '../privacy/jobs/job-handler.ts';
import { auditVisit } from './audit.ts';
import { findParticipant } from './people/participants.ts';
import type { Providers, VideoEvent, VideoProvider } from './providers/provider.ts';
import { failServerRecording, keepServerRecording } from './recording/keep.ts';
import { recordingBy } from './recording/recording.ts';
import { isOver } from './session.ts';
import { findVisit, type ProviderId, type Visit } from './visits/visit.ts';

/** Characters of what a media server may say at once. */
export const LONGEST_WEBHOOK = 256 * 1024;

/** The job that fetches what a media server has recorded. */
export const EGRESS_JOB = 'video-egress';

type Webhook = {
  /** The body as it came: what was signed is its bytes. */
  raw: string;
  /** The header of that name. */
  authorization: string | undefined;
};

/**
 * What a media server tells of its rooms. It may come twice and in any order; whatever comes, it changes no state of a visit, for
 * who is let in and when a visit ends is decided here.
 *
 * @returns 401 where it is not from the media server, 400 where it is not of now, 404 where there is no such server
 */
export async function takeWebhook(
  context: FhirContext,
  providers: Providers,
  { raw, authorization }: Webhook,
  from: ProviderId = 'livekit',
): Promise<Result<null>> {
  const provider = providers.get(from);
  if (provider?.parseWebhook === undefined) return notFound('No media server is set up here');
  if (raw.length > LONGEST_WEBHOOK) return tooLarge(`Events are of ${LONGEST_WEBHOOK} characters at most`);
  const events = await provider.parseWebhook(raw, authorization, context.now());
  if (!events.ok) return events;
  for (const event of events.value) await once(context, provider, event);
  return ok(null);
}

/** The number in front of the name of a room is that of the tenant. */
const tenantOf = (room: string): number | null => {
  const [, digits] = /^([1-9]\d{0,8})\./.exec(room) ?? [];
  return digits === undefined ? null : Number(digits);
};

/** All of it can be done twice, so it is noted last: what fails comes again. */
async function once(context: FhirContext, provider: VideoProvider, event: VideoEvent): Promise<void> {
  const tenant = tenantOf(event.room);
  if (tenant === null) return;
  const on = context.database.byKey;
  const [seen] = await on.query('select 1 from video_event_seen where tenant = $1 and id = $2', [tenant, event.id]);
  if (seen) return;
  const visit = await findVisit(on, tenant, 'room', event.room);
  // Of a visit that was erased a file may still come.
  if (event.kind === 'recording-stored') await fetchLater(context, tenant, provider, event);
  if (visit?.provider === provider.id) await happened(context, provider, visit, event);
  await on.query('insert into video_event_seen (tenant, id, created_at) values ($1, $2, $3) on conflict do nothing', [
    tenant,
    event.id,
    new Date(context.now()),
  ]);
}

async function happened(context: FhirContext, provider: VideoProvider, visit: Visit, event: VideoEvent): Promise<void> {
  switch (event.kind) {
    case 'joined':
      return joined(context, provider, visit, event);
    case 'left':
      return attended(context, visit, event);
    case 'ended':
      return emptied(context, visit, event.at);
    case 'recording-failed':
      return failServerRecording(context, visit.tenant, event.recording);
    case 'recording-stored':
      return;
  }
}

type Came = Extract<VideoEvent, { kind: 'joined' | 'left' }>;

/** A token may have been got before somebody was sent away: who is connected is held against who may be, each time. */
async function joined(context: FhirContext, provider: VideoProvider, visit: Visit, event: Came): Promise<void> {
  const { tenant, id } = visit;
  if (isOver(visit.state)) return provider.end(visit);
  const one = await findParticipant(context.database.byKey, tenant, id, event.participant);
  if (one?.state === 'admitted') return attended(context, visit, event);
  await provider.remove(visit, event.participant);
  await auditVisit(context, visit, 'removed', { reference: null });
}

/** Each connection to the media server has one row, whichever of its ends is told first. */
async function attended(context: FhirContext, { tenant, id }: Visit, event: Came): Promise<void> {
  const at = new Date(event.at);
  await context.database.byKey.query(
    `insert into video_attendance (tenant, visit, participant, socket, joined_at, left_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant, visit, participant, socket) do update
       set joined_at = least(video_attendance.joined_at, excluded.joined_at),
           left_at = greatest(video_attendance.left_at, excluded.left_at)`,
    [tenant, id, event.participant, `media ${event.connection}`, at, event.kind === 'left' ? at : null],
  );
}

/** Nobody is in the room any more. The visit goes on for as long as those who treat say. */
async function emptied(context: FhirContext, { tenant, id }: Visit, at: number): Promise<void> {
  await context.database.byKey.query(
    `update video_attendance set left_at = $3
     where tenant = $1 and visit = $2 and left_at is null and socket like 'media %' and joined_at <= $3`,
    [tenant, id, new Date(at)],
  );
}

type Stored = Extract<VideoEvent, { kind: 'recording-stored' }>;
type ToFetch = { provider: ProviderId; reference: string; location: string };

/** A recording is large: it is fetched when there is time, and the media server is answered at once. */
async function fetchLater(context: FhirContext, tenant: number, { id }: VideoProvider, event: Stored): Promise<void> {
  const payload: ToFetch = { provider: id, reference: event.recording, location: event.location };
  await addJob(context.database, { tenant, kind: EGRESS_JOB, payload, key: event.recording });
}

/** Fetches what a media server has recorded; what is of nobody, as after an erasure, is deleted where it is. */
export const egressJob = (providers: Providers): JobHandler => ({
  kind: EGRESS_JOB,
  async run(context, { tenant, payload }) {
    const { provider: id, reference, location } = payload as ToFetch; // as addJob was given it
    const provider = providers.get(id);
    if (provider === undefined) return;
    const recording = await recordingBy(context.database, tenant, reference);
    if (recording === null) return provider.dropRecording?.(location);
    await keepServerRecording(context, tenant, { reference, location }, provider);
  },
});
