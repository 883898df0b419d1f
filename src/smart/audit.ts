import type { AuditEvent, Coding, Reference } from '@medplum/fhirtypes';

import { appendAuditEvent } from '../privacy/ledger/append.ts';
import type { SmartContext } from './context.ts';
import type { User } from './people/user.ts';
import { placeOf } from './tokens/tokens.ts';

const dicom = (code: string, display: string): Coding => ({
  system: 'http://dicom.nema.org/resources/ontology/DCM',
  code,
  display,
});

const authentication = dicom('110114', 'User Authentication');
const alert = dicom('110113', 'Security Alert');
const attributes = dicom('110137', 'User Security Attributes Changed');

/** What may happen to an account, in the words of https://hl7.org/fhir/R4/valueset-audit-event-sub-type.html */
const kinds = {
  'signed-in': { type: authentication, subtype: dicom('110122', 'Login'), outcome: '0' },
  'sign-in-failed': { type: authentication, subtype: dicom('110122', 'Login'), outcome: '4' },
  'signed-out': { type: authentication, subtype: dicom('110123', 'Logout'), outcome: '0' },
  'attributes-changed': { type: alert, subtype: attributes, outcome: '0' },
} as const;

export type SecurityEvent = {
  tenant: number;
  kind: keyof typeof kinds;
  /** null: nobody that is known. What was typed is not kept: it may be a password in the wrong field. */
  user: Pick<User, 'id' | 'displayName' | 'fhirUser'> | null;
  /** Where the request came from. */
  address: string;
  /** A sentence: `The password was wrong`. */
  why: string;
};

function auditEvent(issuer: string, { kind, user, address, why }: SecurityEvent, now: number): AuditEvent {
  const { type, subtype, outcome } = kinds[kind];
  const who: Reference | null =
    user === null
      ? null
      : {
          ...(user.fhirUser === null ? {} : { reference: user.fhirUser }),
          identifier: { system: `${issuer}/oauth2/users`, value: user.id },
          display: user.displayName,
        };
  return {
    resourceType: 'AuditEvent',
    type,
    subtype: [subtype],
    action: kind === 'attributes-changed' ? 'U' : 'E',
    recorded: new Date(now).toISOString(),
    outcome,
    outcomeDesc: why,
    agent: [
      {
        ...(who === null ? {} : { who }),
        requestor: true,
        // 2 is an address of the Internet Protocol.
        ...(address === '' ? {} : { network: { address, type: '2' } }),
      },
    ],
    source: { observer: { identifier: { value: issuer }, display: 'Portico' } },
  } as AuditEvent; // the type wants a choice of who or altId, which FHIR does not
}

/**
 * Writes that something happened to an account as an AuditEvent. Never throws: whoever signs in need not wait for it, and
 * where it cannot be written the log says so.
 *
 * @see https://hl7.org/fhir/R4/auditevent.html
 */
export async function noteSecurityEvent(context: SmartContext, event: SecurityEvent): Promise<void> {
  const { issuer } = placeOf(context.baseUrl, event.tenant);
  try {
    await appendAuditEvent(context.fhir, event.tenant, auditEvent(issuer, event, context.now()));
  } catch (error) {
    context.onFault(error);
  }
}
