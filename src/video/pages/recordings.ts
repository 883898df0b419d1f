import type { Reply } from '../../privacy/pages/visit.ts';
import { playRecording } from '../recording/link.ts';
import { takeChunkFrom } from '../recording/take-chunk.ts';
import { fhirHeaders, outcomeReply } from './do.ts';
import { deadEnd } from './frame.ts';
import { frameWords } from './frame-words.ts';
import type { Opened, OpenedBy, VideoPage } from './video-page.ts';

/** Bytes of a piece. */
const LONGEST = 8 * 1024 * 1024;

/** A piece of what the browser of somebody who treats records. */
async function take({ deps, request, grant, cookies }: OpenedBy): Promise<Reply> {
  const { encounter = '', recording = '', n = '' } = request.params;
  const contentType = request.header('content-type') ?? '';
  const chunk = { recording, n: Number(n), bytes: request.bytes, contentType };
  const taken = await takeChunkFrom(deps.fhir, grant, encounter, chunk);
  if (!taken.ok) return outcomeReply(taken.status, taken.issues, cookies);
  return { status: 200, headers: fhirHeaders, body: JSON.stringify({ resourceType: 'Parameters' }), cookies };
}

/** A recording, at the address that $video-recording-link gave: once. */
async function play(opened: Opened): Promise<Reply> {
  const { deps, request } = opened;
  const played = await playRecording(deps.fhir, request.tenant, request.params.code ?? '', request.address);
  if (!played.ok) return deadEnd(opened, frameWords[request.language].refused.recording, played.status);
  const { contentType, name, bytes } = played.value;
  return {
    status: 200,
    headers: {
      'Content-Type': contentType,
      'Content-Disposition': `inline; filename="${name}"`,
      'Content-Security-Policy': "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
    body: bytes,
  };
}

export const recordingPages: readonly VideoPage[] = [
  { method: 'GET', path: '/video/recording/:code', whom: 'anybody', run: play },
  {
    method: 'POST',
    path: '/video/:encounter{[A-Za-z0-9.-]{1,64}}/recording/:recording{[0-9a-f-]{1,64}}/:n{[0-9]{1,6}}',
    whom: 'visitor',
    forScripts: true,
    longest: LONGEST,
    run: take,
  },
];
