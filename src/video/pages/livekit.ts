import type { Reply } from '../../privacy/pages/visit.ts';
import { LONGEST_WEBHOOK, takeWebhook } from '../webhooks.ts';
import { outcomeReply } from './do.ts';
import type { Opened, VideoPage } from './video-page.ts';

async function run({ deps, request }: Opened): Promise<Reply> {
  const raw = Buffer.from(request.bytes).toString('utf8');
  const taken = await takeWebhook(deps.fhir, deps.providers, { raw, authorization: request.header('authorization') });
  return taken.ok ? { status: 200, headers: {}, body: '' } : outcomeReply(taken.status, taken.issues);
}

/** https://docs.livekit.io/home/server/webhooks: what LiveKit tells, of any tenant, and shows by its signature to be its own. */
export const livekitPage: VideoPage = {
  method: 'POST',
  path: '/video/livekit',
  whom: 'anybody',
  longest: LONGEST_WEBHOOK,
  fromElsewhere: true,
  forScripts: true,
  run,
};
