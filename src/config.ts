import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  database,
  list,
  megabytes,
  onOff,
  path,
  type Setting,
  setting,
  text,
  url,
  WrongSetting,
  whole,
  word,
} from './config-checks.ts';
import { deviceSettings, readDevices } from './config-devices.ts';
import { certificatesOf, type ProviderSettings, providersOf } from './config-files.ts';
import { readVideo, type VideoConfig, videoSettings } from './config-video.ts';
import type { S3Settings } from './db/s3-objects.ts';
import type { Target } from './db/target.ts';
import type { VendorConfig } from './devices/deps.ts';

/** Every setting, by the name it has in the environment. */
export const settings = {
  PORT: setting(whole(1, 65535), 'a port from 1 to 65535', 'where HTTP is served', { default: '8103' }),
  HOST: setting(text, 'a host name or address', 'the address that is listened on; 0.0.0.0 for all', {
    default: '127.0.0.1',
  }),
  PORTICO_BASE_URL: setting(
    url,
    'an http or https URL without query or fragment',
    'how clients reach this server, when that is not http://HOST:PORT; it is in every token and link',
  ),
  DATABASE_URL: setting(
    database,
    'postgres://user:password@host:5432/database?sslmode=disable|require|verify-full',
    'a Postgres of yours; without it an embedded one runs in PORTICO_DATA',
  ),
  PORTICO_DATA: setting(path, 'a folder', 'where everything is kept: database, files, secret, compiled definitions', {
    default: '.portico',
  }),
  PORTICO_DEMO: setting(
    onOff,
    'on or off',
    'the demo world is made at the first start; on with the embedded Postgres, else off',
  ),
  PORTICO_PACKAGES: setting(path, 'a folder', 'FHIR packages (.tgz) whose profiles and search parameters are used'),
  PORTICO_MANDATORY_PROFILES: setting(
    list.refine((all) => all.every((one) => URL.canParse(one))),
    'canonical URLs separated by commas',
    'profiles that a resource may not claim in meta.profile while they are not loaded; others are a warning',
  ),
  PORTICO_REFERENCES: setting(
    word('allow', 'enforce'),
    'allow or enforce',
    'whether what a reference points to must exist when it is written',
    { default: 'allow' },
  ),
  PORTICO_SECRET: setting(
    text.min(32),
    'at least 32 characters',
    'what keys are sealed with; without it a file in PORTICO_DATA. Several servers on one database need the same',
  ),
  PORTICO_ALLOW_LOCAL_TOKENS: setting(onOff, 'on or off', 'whether npm run token works with a DATABASE_URL', {
    default: 'off',
  }),
  PORTICO_LOG: setting(
    word('silent', 'error', 'warn', 'info', 'debug'),
    'silent, error, warn, info or debug',
    'what is written to the error output, as JSON lines',
    { default: 'info' },
  ),
  PORTICO_MAX_BODY: setting(megabytes, 'from 1 to 1024', 'the largest body, after it was inflated', {
    default: '50',
    unit: 'MB',
  }),
  PORTICO_MAX_ENTRIES: setting(whole(1, 100_000), 'from 1 to 100000', 'entries in one batch or transaction', {
    default: '5000',
    unit: 'entries',
  }),
  PORTICO_DEADLINE: setting(whole(1, 600), 'from 1 to 600', 'what one statement of the database may take', {
    default: '30',
    unit: 's',
  }),
  PORTICO_CONNECTIONS: setting(whole(2, 64), 'from 2 to 64', 'connections to the database; more than 4 seldom helps', {
    default: '4',
    unit: 'connections',
  }),
  PORTICO_TLS_CERT: setting(
    path,
    'a PEM file',
    'the certificate to serve HTTPS with, what leads to its issuer behind it',
  ),
  PORTICO_TLS_KEY: setting(path, 'a PEM file', 'the private key of PORTICO_TLS_CERT'),
  PORTICO_BEHIND_PROXY: setting(
    onOff,
    'on or off',
    'whether the last address of X-Forwarded-For is who connected: on only behind a proxy that writes it',
    { default: 'off' },
  ),
  PORTICO_ALLOW_ADDRESSES: setting(
    list.refine((all) => all.every((one) => /^[^\s/:]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i.test(one))),
    'hosts or host:port, separated by commas',
    'of this machine or the network inside that URLs of clients may lead to; all others of these are refused',
  ),
  PORTICO_OPENID_PROVIDERS: setting(
    path,
    'a JSON file: a list of {"id", "name", "issuer", "clientId", "clientSecret"}',
    'outside OpenID providers at which people may sign in',
  ),
  PORTICO_UDAP_CERT: setting(path, 'a PEM file', 'the certificate that UDAP clients know this server by, leaf first'),
  PORTICO_UDAP_KEY: setting(path, 'a PEM file (PKCS #8)', 'the private key of PORTICO_UDAP_CERT'),
  PORTICO_UDAP_TRUST: setting(path, 'a PEM file', 'the certificates under which UDAP clients are believed'),
  PORTICO_SHRED: setting(
    onOff,
    'on or off',
    'whether each record is sealed with a key of its own in PORTICO_DATA/patient-keys, which $erase destroys',
    { default: 'off' },
  ),
  PORTICO_S3_BUCKET: setting(text, 'a bucket', 'where files are kept, instead of in PORTICO_DATA'),
  PORTICO_S3_PREFIX: setting(text, 'a prefix', 'in front of the names in the bucket', { default: 'portico/' }),
  PORTICO_S3_REGION: setting(text, 'a region', 'of the bucket', { default: 'us-east-1' }),
  PORTICO_S3_ENDPOINT: setting(url, 'an http or https URL', 'of a store with the API of S3 that is not Amazon’s'),
  ...videoSettings,
  ...deviceSettings,
} as const;

type Name = keyof typeof settings;
type Value<N extends Name> = (typeof settings)[N] extends Setting<infer T> ? T : never;

export type Config = {
  port: number;
  host: string;
  /** Without a trailing slash. */
  baseUrl: string;
  /** null: embedded. */
  database: Target | null;
  data: string;
  /** Where what is compiled from the specification is kept. */
  compiled: string;
  demo: boolean;
  packages: string | null;
  mandatoryProfiles: readonly string[];
  references: 'allow' | 'enforce';
  secret: string | null;
  allowLocalTokens: boolean;
  log: Value<'PORTICO_LOG'>;
  /** Bytes. */
  maxBody: number;
  maxEntries: number;
  /** ms. */
  deadline: number;
  connections: number;
  tls: { certificate: string; privateKey: string } | null;
  behindProxy: boolean;
  /** host or host:port. */
  allowAddresses: readonly string[];
  providers: readonly ProviderSettings[];
  udap: { certificate: string; privateKey: string; anchors: readonly string[] } | null;
  /** Whether what is written is sealed with the key of its record. */
  shred: boolean;
  s3: S3Settings | null;
  video: VideoConfig;
  /** Vendors at which patients may connect their accounts. */
  vendors: VendorConfig;
};

/** PORTICO_… in the environment that are no settings, for the tests and for the person at the keyboard to notice. */
export const unknownSettings = (environment: NodeJS.ProcessEnv): string[] =>
  Object.keys(environment).filter((name) => /^PORTICO_/.test(name) && name !== 'PORTICO_SHARED' && !(name in settings));

/**
 * The settings, from the environment.
 *
 * @throws WrongSetting naming the setting and what it must be
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const read = <N extends Name>(name: N): Value<N> | null => {
    const { check, must, default: otherwise } = settings[name];
    // An empty variable is one that somebody meant to unset.
    const given = environment[name] || otherwise;
    if (given === null) return null;
    const parsed = check.safeParse(given);
    // What was given may be a password.
    if (!parsed.success) throw new WrongSetting(`${name} must be ${must}.`);
    return parsed.data as Value<N>; // the table pairs name and check
  };
  const certain = <N extends Name>(name: N): Value<N> => read(name) as Value<N>; // those with a default
  const file = (name: 'PORTICO_OPENID_PROVIDERS' | PemFile): string | null => {
    const place = read(name);
    if (place === null) return null;
    try {
      return readFileSync(place, 'utf8');
    } catch {
      throw new WrongSetting(`${name} must be ${settings[name].must} that can be read.`);
    }
  };
  const pair = (cert: PemFile, key: PemFile): { certificate: string; privateKey: string } | null => {
    const [certificate, privateKey] = [file(cert), file(key)];
    if (certificate === null && privateKey === null) return null;
    if (certificate === null || privateKey === null) throw new WrongSetting(`${cert} and ${key} must be set together.`);
    return { certificate, privateKey };
  };
  const certainProviders = (): readonly ProviderSettings[] => {
    const providers = providersOf(file('PORTICO_OPENID_PROVIDERS') ?? '[]');
    if (!providers)
      throw new WrongSetting(`PORTICO_OPENID_PROVIDERS must be ${settings.PORTICO_OPENID_PROVIDERS.must}.`);
    return providers;
  };

  const port = certain('PORT');
  const host = certain('HOST');
  const database = read('DATABASE_URL');
  const bucket = read('PORTICO_S3_BUCKET');
  const tls = pair('PORTICO_TLS_CERT', 'PORTICO_TLS_KEY');
  const udap = pair('PORTICO_UDAP_CERT', 'PORTICO_UDAP_KEY');
  return {
    port,
    host,
    baseUrl: read('PORTICO_BASE_URL') ?? `${tls ? 'https' : 'http'}://${reachable(host)}:${port}`,
    database,
    data: certain('PORTICO_DATA'),
    compiled: join(certain('PORTICO_DATA'), 'compiled'),
    demo: (read('PORTICO_DEMO') ?? (database ? 'off' : 'on')) === 'on',
    packages: read('PORTICO_PACKAGES'),
    mandatoryProfiles: read('PORTICO_MANDATORY_PROFILES') ?? [],
    references: certain('PORTICO_REFERENCES'),
    secret: read('PORTICO_SECRET'),
    allowLocalTokens: certain('PORTICO_ALLOW_LOCAL_TOKENS') === 'on',
    log: certain('PORTICO_LOG'),
    maxBody: certain('PORTICO_MAX_BODY'),
    maxEntries: certain('PORTICO_MAX_ENTRIES'),
    deadline: certain('PORTICO_DEADLINE') * 1000,
    connections: certain('PORTICO_CONNECTIONS'),
    tls,
    behindProxy: certain('PORTICO_BEHIND_PROXY') === 'on',
    allowAddresses: read('PORTICO_ALLOW_ADDRESSES') ?? [],
    providers: certainProviders(),
    udap: udap && { ...udap, anchors: certificatesOf(file('PORTICO_UDAP_TRUST')) },
    shred: certain('PORTICO_SHRED') === 'on',
    s3:
      bucket === null
        ? null
        : {
            bucket,
            prefix: certain('PORTICO_S3_PREFIX'),
            region: certain('PORTICO_S3_REGION'),
            endpoint: read('PORTICO_S3_ENDPOINT'),
          },
    video: readVideo({
      turnUrls: read('PORTICO_TURN_URLS'),
      turnSecret: read('PORTICO_TURN_SECRET'),
      liveKitUrl: read('PORTICO_LIVEKIT_URL'),
      liveKitKey: read('PORTICO_LIVEKIT_KEY'),
      liveKitSecret: read('PORTICO_LIVEKIT_SECRET'),
    }),
    vendors: readDevices(read),
  };
}

type PemFile = 'PORTICO_TLS_CERT' | 'PORTICO_TLS_KEY' | 'PORTICO_UDAP_CERT' | 'PORTICO_UDAP_KEY' | 'PORTICO_UDAP_TRUST';

/** An address to reach what listens on this one. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
