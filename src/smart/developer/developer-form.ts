import type { Client, ClientMetadata } from '../clients/client.ts';
import type { MetadataFault } from '../clients/client-metadata.ts';
import { type Picks, picksOf, type Records, recordsOf, scopeOf } from './developer-scopes.ts';

/** Where an app runs, which says how it shows who it is: not at all, by a secret, by a key; and a service without people. */
export const kinds = ['public', 'secret', 'key', 'service'] as const;
export type Kind = (typeof kinds)[number];
export const isKind = (text: string | null): text is Kind => kinds.some((one) => one === text);

export function kindOf({ metadata }: Pick<Client, 'metadata'>): Kind {
  if (metadata.grant_types.includes('client_credentials')) return 'service';
  if (metadata.token_endpoint_auth_method === 'private_key_jwt') return 'key';
  return metadata.token_endpoint_auth_method === 'none' ? 'public' : 'secret';
}

/** An app as it is typed; lists have one on each line. */
export type AppForm = {
  name: string;
  redirects: string;
  launch: string;
  site: string;
  jwks: string;
  jwksUri: string;
  picks: Picks;
};

/** What a kind of app is usually granted. */
export const emptyForm = (kind: Kind): AppForm => ({
  name: '',
  redirects: '',
  launch: '',
  site: '',
  jwks: '',
  jwksUri: '',
  picks: {
    records: kind === 'service' ? 'system' : 'patient',
    read: kind === 'service' ? [] : ['Patient', 'Observation'],
    write: [],
    others: kind === 'service' ? [] : ['openid', 'fhirUser', 'launch', 'launch/patient'],
    rest: '',
  },
});

export const formOf = (client: Client): AppForm => {
  const { metadata } = client;
  return {
    name: metadata.client_name,
    redirects: metadata.redirect_uris.join('\n'),
    launch: metadata.launch_uri ?? '',
    site: metadata.client_uri ?? '',
    jwks: metadata.jwks ? JSON.stringify(metadata.jwks, null, 2) : '',
    jwksUri: metadata.jwks_uri ?? '',
    picks: picksOf(metadata.scope, emptyForm(kindOf(client)).picks.records),
  };
};

const isRecords = (text: string): text is Records => Object.hasOwn(recordsOf, text);

/** What was sent. */
export function readForm(kind: Kind, form: URLSearchParams): AppForm {
  const text = (name: string): string => (form.get(name) ?? '').trim();
  const records = text('records');
  return {
    name: text('name'),
    redirects: text('redirects'),
    launch: text('launch'),
    site: text('site'),
    jwks: text('jwks'),
    jwksUri: text('jwksUri'),
    picks: {
      records: kind === 'service' ? 'system' : isRecords(records) && records !== 'system' ? records : 'patient',
      read: form.getAll('read'),
      write: form.getAll('write'),
      others: form.getAll('also'),
      rest: text('rest'),
    },
  };
}

/** A key set, or one key; undefined where it is neither. */
function jwksOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'kty' in value ? { keys: [value] } : value;
  } catch {
    return undefined;
  }
}

const methodOf = (kind: Kind, before: ClientMetadata | null): ClientMetadata['token_endpoint_auth_method'] => {
  if (kind === 'public') return 'none';
  if (kind !== 'secret') return 'private_key_jwt';
  return before?.token_endpoint_auth_method === 'client_secret_post' ? 'client_secret_post' : 'client_secret_basic';
};

/**
 * What is registered; the fault is that of a key set which is no JSON, or of a form that leaves out what it must have.
 *
 * @param before what was registered, of which the form says only some
 */
export function metadataOf(
  kind: Kind,
  form: AppForm,
  before: ClientMetadata | null = null,
): { ok: true; value: Record<string, unknown> } | { ok: false; field: string } {
  if (form.name === '') return { ok: false, field: 'name' };
  const isService = kind === 'service';
  const hasKey = isService || kind === 'key';
  const jwks = form.jwks === '' ? undefined : jwksOf(form.jwks);
  if (hasKey && form.jwks !== '' && jwks === undefined) return { ok: false, field: 'jwks' };
  if (hasKey && (form.jwks === '') === (form.jwksUri === '')) return { ok: false, field: 'jwks' };
  const scope = scopeOf(form.picks);
  if (scope === '') return { ok: false, field: 'rest' };
  const optional = (text: string): string | undefined => (text === '' ? undefined : text);
  return {
    ok: true,
    value: {
      ...before,
      client_name: form.name,
      redirect_uris: isService ? [] : form.redirects.split(/\s+/).filter(Boolean),
      launch_uri: isService ? undefined : optional(form.launch),
      client_uri: optional(form.site),
      grant_types: isService ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: methodOf(kind, before),
      jwks: hasKey ? jwks : undefined,
      jwks_uri: hasKey ? optional(form.jwksUri) : undefined,
      scope,
    },
  };
}

const fieldNames: Readonly<Record<string, string>> = {
  client_name: 'name',
  redirect_uris: 'redirects',
  launch_uri: 'launch',
  client_uri: 'site',
  jwks: 'jwks',
  jwks_uri: 'jwksUri',
  scope: 'rest',
};

/** The field that a refusal of the registration is about. */
export function fieldOf({ error, reason }: MetadataFault): string {
  if (error === 'invalid_redirect_uri') return 'redirects';
  const [name = ''] = /^[a-z_]+/.exec(reason) ?? [];
  return fieldNames[name] ?? (/jwks/.test(reason) ? 'jwks' : 'name');
}
