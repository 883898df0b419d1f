import { choicesPages } from './choices.ts';
import { complaintPages } from './complaint.ts';
import { consentOnePages } from './consent-one.ts';
import { consentsPage } from './consents.ts';
import { copyPages } from './copy.ts';
import { correctPages } from './correct.ts';
import { emergencyPages } from './emergencies.ts';
import { erasePages } from './erase.ts';
import { erasureLinkPages } from './erasure-link.ts';
import { givePages } from './give.ts';
import { holdPages } from './holds.ts';
import { homePages } from './home.ts';
import { messagesPage } from './messages.ts';
import { officerLedgerPages } from './officer-ledger.ts';
import { officerRequestPages } from './officer-request.ts';
import { officerRequestsPage } from './officer-requests.ts';
import { officerRetentionPage } from './officer-retention.ts';
import { optOutPages } from './opt-out.ts';
import { policyPages } from './policy.ts';
import { seenPages } from './seen.ts';
import type { Page } from './visit.ts';
import { whoPage } from './who.ts';

/** LIST: every page about privacy, and every form of one. */
export const pages: readonly Page[] = [
  ...homePages,
  ...seenPages,
  whoPage,
  consentsPage,
  ...givePages,
  ...consentOnePages,
  ...copyPages,
  ...correctPages,
  messagesPage,
  ...erasePages,
  ...erasureLinkPages,
  officerRequestsPage,
  ...officerRequestPages,
  ...emergencyPages,
  ...holdPages,
  ...complaintPages,
  ...optOutPages,
  ...choicesPages,
  ...policyPages,
  ...officerLedgerPages,
  officerRetentionPage,
];
