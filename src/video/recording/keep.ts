import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Encounter } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { unneeded } from '../../privacy/erase/files.ts';
import { readOwn, storeMadeIn } from '../../privacy/made.ts';
import { auditVisit } from '../audit.ts';
import type { VideoProvider } from '../providers/provider.ts';
import { findVisit, type Visit } from '../visits/visit.ts';
import { treatingIn } from './consent-resource.ts';
import { server } from './control.ts';
import { binaryOf, documentOf } from './document.ts';
import { stopRecordingOf } from './presence.ts';
import {
  findRecording,
  type Part,
  partsElsewhere,
  type Recording,
  recordingBy,
  setStopped,
  setStored,
} from './recording.ts';

type File = { sha256: string; size: number; contentType: string; sha1: string | null };

/** Files that nothing needs any more are deleted. */
async function dropParts(context: FhirContext, tenant: number, parts: readonly Part[]): Promise<void> {
  const files = parts.map(({ sha256 }) => sha256);
  const elsewhere = await partsElsewhere(context.database, tenant, files);
  const free = (await unneeded(context.database, files)).filter((file) => !elsewhere.has(file));
  for (const file of free) await context.blobs.delete(file);
}

/** Bytes of an Encounter are in the record that it is in; of themselves they do not say which that is. */
const inRecordOf = (context: FhirContext, patient: string): FhirContext => ({
  ...context,
  index: (tenant, resource) => {
    const row = context.index(tenant, resource);
    return resource.resourceType === 'Binary' ? { ...row, patient } : row;
  },
});

/** The document of a recording, whose bytes are one file by now; in one transaction with the word that it is there. */
async function keep(context: FhirContext, visit: Visit, recording: Recording, file: File): Promise<void> {
  const { tenant } = visit;
  const base = context.settings.baseOf(tenant);
  const encounter = await readOwn<Encounter>(context, tenant, 'Encounter', visit.encounter);
  const practitioners = encounter.ok ? treatingIn(encounter.value.resource, base) : [];
  const follows =
    recording.follows === null ? null : await findRecording(context.database, tenant, visit.id, recording.follows);
  const kept = { ...file, document: uuid7(context.now()), binary: uuid7(context.now()) };
  await context.database.transaction(async (tx) => {
    const current = await findRecording(tx, tenant, visit.id, recording.id, 'lock');
    if (current === null || current.state === 'stored') return;
    const document = documentOf(visit, current, kept, practitioners, follows?.document ?? null);
    await storeMadeIn(inRecordOf(context, visit.patient), tx, tenant, [binaryOf(visit, kept), document]);
    await setStored(tx, current, kept);
    await auditVisit(context, visit, 'recording-stored', server, tx);
  });
}

/** The pieces of what a browser recorded become one file, and a document. Nothing came: nothing is kept. */
export async function keepPieces(context: FhirContext, tenant: number, visitId: string, id: string): Promise<void> {
  const visit = await findVisit(context.database, tenant, 'id', visitId);
  const recording = await findRecording(context.database, tenant, visitId, id);
  if (visit === null || recording?.state !== 'stopped') return;
  const { parts, contentType } = recording;
  if (parts.length === 0 || contentType === null) {
    await setStopped(context.database, recording, 'failed', context.now());
    return;
  }
  const pieces: Buffer[] = [];
  for (const { sha256 } of parts) {
    const stream = await context.blobs.get(sha256);
    if (stream === null) throw new Error('a piece of a recording is not there');
    pieces.push(await buffer(stream));
  }
  const whole = Buffer.concat(pieces);
  const { sha256 } = await context.blobs.put(whole, undefined, { tenant, patient: visit.patient });
  const sha1 = createHash('sha1').update(whole).digest('base64');
  await keep(context, visit, recording, { sha256, size: whole.byteLength, contentType, sha1 });
  // A recording of one piece is that piece.
  await dropParts(context, tenant, parts);
}

/** What a media server tells of a recording of its own. */
export type StoredElsewhere = { reference: string; location: string };

/**
 * What a media server has recorded is fetched from where it has put it, kept as ours, and deleted there. May be asked again.
 *
 * @throws where the file is not there yet: it is asked for later
 */
export async function keepServerRecording(
  context: FhirContext,
  tenant: number,
  { reference, location }: StoredElsewhere,
  provider: Pick<VideoProvider, 'openRecording' | 'dropRecording'>,
): Promise<void> {
  const recording = await recordingBy(context.database, tenant, reference);
  const visit = recording && (await findVisit(context.database, tenant, 'id', recording.visit));
  if (!recording || !visit) return;
  // It ended by itself there.
  if (recording.state === 'recording') await stopRecordingOf(context, visit, 'left');
  if (recording.state !== 'stored') {
    const bytes = await provider.openRecording?.(location);
    if (!bytes) throw new Error('what a media server has recorded is not where it should be');
    const owner = { tenant, patient: visit.patient };
    const { sha256, size } = await context.blobs.put(bytes, undefined, owner);
    await keep(context, visit, recording, { sha256, size, contentType: 'video/mp4', sha1: null });
  }
  await provider.dropRecording?.(location);
}

/** A media server has not recorded what it should have. */
export async function failServerRecording(context: FhirContext, tenant: number, reference: string): Promise<void> {
  const recording = await recordingBy(context.database, tenant, reference);
  const visit = recording && (await findVisit(context.database, tenant, 'id', recording.visit));
  if (!recording || !visit || recording.state === 'stored') return;
  if (recording.state === 'recording') await stopRecordingOf(context, visit, 'failed');
  else await setStopped(context.database, recording, 'failed', context.now());
}
