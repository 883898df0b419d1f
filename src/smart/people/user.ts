import type { Language } from '../../pages/language.ts';

export type Role = 'developer' | 'operator';

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
  roles: readonly Role[];
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
