import type { Consent } from '@medplum/fhirtypes';

export const consentScope = 'http://terminology.hl7.org/CodeSystem/consentscope';

/** The four policies that PCF names; others are texts that somebody agreed to. */
const pcf = 'https://profiles.ihe.net/ITI/PCF/Policy-';

/** Whether the policy that is agreed to gives nothing but what the Consent itself says. */
export const isClosedPolicy = ({ policy = [] }: Consent): boolean =>
  policy.some(({ uri }) => uri === `${pcf}deny` || uri === `${pcf}break-glass-only`);

/** Whether it is about who may see a record, and in force as far as its status says. */
export const isActivePrivacy = ({ status, scope }: Consent): boolean =>
  status === 'active' &&
  (scope?.coding?.some(({ system, code }) => system === consentScope && code === 'patient-privacy') ?? false);

/** The identifiers of Consents that record what an app was granted; its scopes hold it to that. */
export const grantSystem = (base: string): string => `${issuerOf(base)}/oauth2/grants`;

/** What an app is named by, which has no resource of its own. */
export const clientSystem = (base: string): string => `${issuerOf(base)}/oauth2/clients`;

/** @param base `http://host:port/fhir/R4`, or `…/t/2/fhir/R4` */
export const issuerOf = (base: string): string => base.replace(/\/fhir\/R4$/, '');

export const isAppGrant = ({ identifier = [] }: Consent, base: string): boolean =>
  identifier.some(({ system }) => system === grantSystem(base));

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/**
 * What the root says where nothing else is said: R4 has it in policyRule, PCF in the type of the root.
 *
 * @returns null where it says neither, `both` where it says one and the other
 */
export function rootType({ provision, policyRule }: Consent): 'permit' | 'deny' | 'both' | null {
  const rules = policyRule?.coding?.filter(({ system }) => system === actCode).map(({ code }) => code) ?? [];
  const rule = rules.includes('OPTIN') ? 'permit' : rules.includes('OPTOUT') ? 'deny' : null;
  const type = provision?.type ?? null;
  return rule !== null && type !== null && rule !== type ? 'both' : (type ?? rule);
}
