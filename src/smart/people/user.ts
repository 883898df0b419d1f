import type { Language } from '../../pages/language.ts';

/** Classes of actors (src/smart/actor.ts) that people of ours may be of. */
export const staffRoles = [
  'concierge',
  'care-agent',
  'hr-admin',
  'contractor',
  'privacy-officer',
  'legal',
  'sysadmin',
] as const;

export type StaffRole = (typeof staffRoles)[number];

export type Role = 'developer' | 'operator';

/** What the operator may make of somebody. */
export type UserRole = Role | StaffRole;

export const isStaffRole = (role: string): role is StaffRole => staffRoles.some((one) => one === role);

/** Somebody who can sign in. */
export type User = {
  tenant: number;
  /** `sub` of their tokens. */
  id: string;
  username: string;
  displayName: string;
  email: string | null;
  /** Whose record they have: `Patient/1`, `RelatedPerson/2`, `Practitioner/3`. */
  fhirUser: string | null;
  roles: readonly UserRole[];
  /** The id of the Organization that they work for: an employer; null: ours. */
  organization: string | null;
  language: Language | null;
  hasPassword: boolean;
  hasTotp: boolean;
  disabled: boolean;
};

/** A browser in which somebody is signed in. */
export type Session = {
  tenant: number;
  id: string;
  user: User;
  /** pwd, otp, hwk, rc, fed; https://www.rfc-editor.org/rfc/rfc8176 */
  methods: readonly string[];
  signedInAt: Date;
};
