import type { Consent } from '@medplum/fhirtypes';

/** What people agree to, one by one, as `Consent.policy.uri`. */
export const agreements = {
  /** The employer is told how a clearance for the workplace came out. */
  clearance: 'https://portico.dev/fhir/policy/workplace-clearance',
  /** The other participants of a challenge, or the personnel department, see how somebody does in it. */
  challenge: 'https://portico.dev/fhir/policy/challenge-progress',
} as const;

const uris: ReadonlySet<string> = new Set(Object.values(agreements));

/** Whether a Consent permits one of these: what it gives is told by an operation, and nothing of the record is read by it. */
export const isAgreement = ({ policy, provision }: Pick<Consent, 'policy' | 'provision'>): boolean =>
  provision?.type === 'permit' && (policy?.some(({ uri }) => uris.has(uri ?? '')) ?? false);
