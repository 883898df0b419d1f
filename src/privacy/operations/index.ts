import type { Operation } from '../../fhir/operations/operation.ts';
import { accounting } from './accounting.ts';
import { acknowledgePolicy } from './acknowledge-policy.ts';
import { aggregateReport } from './aggregate-report.ts';
import { approveDisclosureOperation } from './approve-disclosure.ts';
import { balanceSummary } from './balance-summary.ts';
import { breachScopeOperation } from './breach-scope.ts';
import { breakGlassOperation } from './break-glass.ts';
import { clearanceStatus } from './clearance-status.ts';
import { complain } from './complain.ts';
import { correct } from './correct.ts';
import { deIdentify } from './de-identify.ts';
import { decideCorrectionOperation } from './decide-correction.ts';
import { disagreeOperation } from './disagree.ts';
import { discloseOperation } from './disclose.ts';
import { electionsFeed } from './elections-feed.ts';
import { enrollFeed } from './enroll-feed.ts';
import { cancelEraseOperation, eraseOperation } from './erase.ts';
import { explainAccess } from './explain-access.ts';
import { fileConsent } from './file-consent.ts';
import { holdOperation, releaseHoldOperation } from './hold.ts';
import { leaderboard } from './leaderboard.ts';
import { marketingAudience, marketingSendCheck } from './marketing.ts';
import { myData } from './my-data.ts';
import { privacyPolicy } from './privacy-policy.ts';
import { publishPolicyOperation } from './publish-policy.ts';
import { recordDisclosure } from './record-disclosure.ts';
import { requestDisclosureOperation } from './request-disclosure.ts';
import { retentionReport, setRetentionRule } from './retention.ts';
import { reviewBreakGlass } from './review-break-glass.ts';
import { revokeConsent } from './revoke-consent.ts';
import { setModuleOperation } from './set-module.ts';
import { shareWithCarrier } from './share-with-carrier.ts';

/** LIST: the operations on rights and disclosures. */
export const operations: readonly Operation[] = [
  accounting,
  recordDisclosure,
  breachScopeOperation,
  revokeConsent,
  fileConsent,
  explainAccess,
  acknowledgePolicy,
  privacyPolicy,
  publishPolicyOperation,
  breakGlassOperation,
  cancelEraseOperation,
  eraseOperation,
  holdOperation,
  deIdentify,
  myData,
  releaseHoldOperation,
  retentionReport,
  setRetentionRule,
  reviewBreakGlass,
  leaderboard,
  balanceSummary,
  marketingAudience,
  marketingSendCheck,
  enrollFeed,
  shareWithCarrier,
  electionsFeed,
  aggregateReport,
  clearanceStatus,
  setModuleOperation,
  correct,
  decideCorrectionOperation,
  disagreeOperation,
  complain,
  requestDisclosureOperation,
  approveDisclosureOperation,
  discloseOperation,
];
