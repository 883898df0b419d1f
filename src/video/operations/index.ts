import type { Operation } from '../../fhir/operations/operation.ts';
import type { Providers } from '../providers/provider.ts';
import { bookOperation } from './book.ts';
import { cancelOperation } from './cancel.ts';
import { findOperation } from './find.ts';
import { holdTimeOperation } from './hold.ts';
import { rescheduleOperation } from './reschedule.ts';
import { videoAdmit } from './video-admit.ts';
import { videoConsent } from './video-consent.ts';
import { videoEnd } from './video-end.ts';
import { videoInvite } from './video-invite.ts';
import { videoJoin } from './video-join.ts';
import { videoOpen } from './video-open.ts';
import { videoPolicyOperation } from './video-policy.ts';
import { videoRecord } from './video-record.ts';
import { videoRecordingLink } from './video-recording-link.ts';

/** LIST: the operations of visits by video, and of booking them. */
export const operationsOf = (providers: Providers): readonly Operation[] => [
  findOperation,
  holdTimeOperation,
  bookOperation,
  cancelOperation,
  rescheduleOperation,
  videoOpen(providers),
  videoJoin(providers),
  videoAdmit(providers),
  videoInvite(providers),
  videoConsent(providers),
  videoRecord(providers),
  videoRecordingLink,
  videoEnd(providers),
  videoPolicyOperation,
];
