/** What an app is told of where it was started; https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
export type LaunchContext = {
  patient?: string | undefined;
  encounter?: string | undefined;
  intent?: string | undefined;
  fhirContext?: readonly FhirContextItem[] | undefined;
  need_patient_banner?: boolean | undefined;
  smart_style_url?: string | undefined;
  tenant?: string | undefined;
};

export type FhirContextItem = {
  /** `DiagnosticReport/1` */
  reference?: string | undefined;
  canonical?: string | undefined;
  identifier?: Readonly<Record<string, unknown>> | undefined;
  type?: string | undefined;
  role?: string | undefined;
};

/** What an app was granted, by whom: a row that every token of it names. While it stands they do. */
export type AppGrant = {
  tenant: number;
  id: string;
  clientId: string;
  /** null: the app itself (client_credentials). */
  userId: string | null;
  /** Ends with this session. */
  sessionId: string | null;
  scope: string;
  context: LaunchContext;
  fhirUser: string | null;
  patient: string | null;
  consentId: string | null;
  dpopJkt: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
};
