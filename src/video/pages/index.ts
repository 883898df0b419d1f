import { doPage } from './do.ts';
import { gatewayPage } from './gateway.ts';
import { guestPages } from './guest.ts';
import { livekitPage } from './livekit.ts';
import { recordingPages } from './recordings.ts';
import type { VideoPage } from './video-page.ts';
import { visitsPages } from './visits.ts';

/** LIST: every page of visits, and whatever their scripts ask. What has a name of its own comes before `/video/:appointment`. */
export const pages: readonly VideoPage[] = [
  doPage,
  livekitPage,
  ...guestPages,
  ...recordingPages,
  ...visitsPages,
  gatewayPage,
];
