import { typeNumber } from '../../fhir/resources.ts';
import { purge } from '../../privacy/erase/purge.ts';
import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import type { Providers } from '../providers/provider.ts';
import { findVisit } from '../visits/visit.ts';
import { RECORDING_JOB } from './control.ts';
import { keepPieces } from './keep.ts';
import { lookAgain } from './presence.ts';
import { deleteRecording, findRecording } from './recording.ts';

/** A recording has ended: the media server is told, or what a browser sent becomes a document. */
const recordingJob = (providers: Providers): JobHandler => ({
  kind: RECORDING_JOB,
  async run(context, { tenant, payload }) {
    const { visit: visitId, recording: id } = payload as { visit: string; recording: string }; // as addJob was given it
    const recording = await findRecording(context.database, tenant, visitId, id);
    if (recording?.recorder != null) return keepPieces(context, tenant, visitId, id);
    const visit = await findVisit(context.database, tenant, 'id', visitId);
    if (!visit || !recording || recording.reference === null || recording.state !== 'stopped') return;
    await providers.get(visit.provider)?.stopRecording?.(visit, recording.reference);
  },
});

const HOUR = 3_600_000;

/** Whatever became of the process that watched over a recording, it is held against who agrees; old addresses are dropped. */
const recordingLook = (providers: Providers): JobHandler => ({
  kind: 'video-recording-look',
  every: 60,
  async run(context, { tenant }) {
    const { database, now } = context;
    await database.query('delete from video_recording_link where tenant = $1 and expires_at < $2', [
      tenant,
      new Date(now() - HOUR),
    ]);
    const open = await database.query(
      `select visit from video_recording where tenant = $1 and state in ('recording', 'paused')`,
      [tenant],
    );
    for (const [visit] of open) await lookAgain(context, tenant, String(visit), providers);
  },
});

/** A document that was purged takes its bytes with it: they belong to the Encounter, which may be kept for longer. */
const recordingPurge: JobHandler = {
  kind: 'video-recording-purge',
  every: 3600,
  async run(context, { tenant }) {
    const gone = await context.database.query(
      `select visit, id, binary_id from video_recording v where tenant = $1 and state = 'stored'
         and not exists (select from resource r where r.tenant = $1 and r.type = $2 and r.id = v.document)
         and not exists (select from resource_history h where h.tenant = $1 and h.type = $2 and h.id = v.document)`,
      [tenant, typeNumber('DocumentReference')],
    );
    for (const [visit, id, binary] of gone) {
      await purge(context, tenant, [{ type: 'Binary', id: String(binary) }]);
      await deleteRecording(context.database, { tenant, visit: String(visit), id: String(id) });
    }
  },
};

/** LIST: the work for later of recordings. */
export const recordingJobsOf = (providers: Providers): readonly JobHandler[] => [
  recordingJob(providers),
  recordingLook(providers),
  recordingPurge,
];
