import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

import { list, path, type Setting, setting, text, url, WrongSetting } from './config-checks.ts';
import type { VendorConfig } from './devices/deps.ts';
import { tinkKeys } from './devices/vendors/tink.ts';

/** What is read of each vendor, behind its name in the environment. */
type Of = 'CLIENT_ID' | 'CLIENT_SECRET' | 'WEBHOOK_SECRET' | 'URL';

const pathSecret = text.regex(/^[A-Za-z0-9_-]{32,}$/);

const pathMust = 'at least 32 letters, digits, - and _';

const inPath = 'what its notifications must have at the end of their path, as it signs none; without it none are taken';

const settingsOf = <V extends string>(
  vendor: V,
  name: string,
  [check, must, about]: [typeof text, string, string],
): Record<`PORTICO_${V}_${Of}`, Setting<string>> =>
  // The keys are spelled as the type has them.
  ({
    [`PORTICO_${vendor}_CLIENT_ID`]: setting(
      text,
      'an id',
      `who we are to ${name}, at which patients may then connect`,
    ),
    [`PORTICO_${vendor}_CLIENT_SECRET`]: setting(text, 'a secret', `the secret of PORTICO_${vendor}_CLIENT_ID`),
    [`PORTICO_${vendor}_WEBHOOK_SECRET`]: setting(check, must, about),
    [`PORTICO_${vendor}_URL`]: setting(
      url,
      'an http or https URL without query or fragment',
      `what stands in the place of ${name} in a test: /authorize, /token, /revoke and /api below it`,
    ),
  }) as Record<`PORTICO_${V}_${Of}`, Setting<string>>;

const addresses = list.refine((all) =>
  all.every((one) => {
    const [address = '', bits = '0', ...more] = one.split('/');
    const size = isIP(address) === 4 ? 32 : 128;
    return isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= size && more.length === 0;
  }),
);

/** What accounts at vendors are connected with. */
export const deviceSettings = {
  ...settingsOf('FITBIT', 'Fitbit', [
    text,
    'a code',
    'the code by which Fitbit verifies the address of its notifications',
  ]),
  ...settingsOf('GOOGLE_HEALTH', 'Google Health', [
    text.min(32),
    'at least 32 characters',
    'the Authorization that Google Health sends with its notifications, with its scheme: Bearer …',
  ]),
  ...settingsOf('WITHINGS', 'Withings', [pathSecret, pathMust, inPath]),
  ...settingsOf('OURA', 'Oura', [
    text.min(16),
    'at least 16 characters',
    'by which Oura verifies the address of its notifications',
  ]),
  ...settingsOf('GARMIN', 'Garmin', [pathSecret, pathMust, inPath]),
  PORTICO_GOOGLE_HEALTH_KEYS: setting(
    path,
    'a JSON file: a keyset of Tink',
    'the public keys that Google Health signs its notifications with; with them the signature is what they are known by',
  ),
  PORTICO_GARMIN_ADDRESSES: setting(
    addresses,
    'addresses and networks separated by commas, as 204.77.162.0/23',
    'from where notifications of Garmin may come; without it from anywhere',
  ),
} as const;

type Name = keyof typeof deviceSettings;

/** Their names in the environment, by their ids. */
const VENDORS = {
  fitbit: 'FITBIT',
  'google-health': 'GOOGLE_HEALTH',
  withings: 'WITHINGS',
  oura: 'OURA',
  garmin: 'GARMIN',
} as const;

/** What is read from the environment; null: not set. */
type Given = <N extends Name>(name: N) => ((typeof deviceSettings)[N] extends Setting<infer T> ? T : never) | null;

/** @throws WrongSetting where one is there without those that it needs */
export function readDevices(given: Given): VendorConfig {
  const config = new Map<string, NonNullable<ReturnType<VendorConfig['get']>>>();
  for (const [id, name] of Object.entries(VENDORS)) {
    const [clientId, clientSecret] = [given(`PORTICO_${name}_CLIENT_ID`), given(`PORTICO_${name}_CLIENT_SECRET`)];
    const [webhookSecret, place] = [given(`PORTICO_${name}_WEBHOOK_SECRET`), given(`PORTICO_${name}_URL`)];
    if ((clientId === null) !== (clientSecret === null))
      throw new WrongSetting(`PORTICO_${name}_CLIENT_ID and PORTICO_${name}_CLIENT_SECRET must be set together.`);
    if (clientId === null || clientSecret === null) {
      if (webhookSecret !== null || place !== null)
        throw new WrongSetting(`PORTICO_${name}_CLIENT_ID must be set with what else of ${name} is set.`);
      continue;
    }
    const keyset = id === 'google-health' ? keysetIn(given('PORTICO_GOOGLE_HEALTH_KEYS')) : null;
    const allowed = id === 'garmin' ? given('PORTICO_GARMIN_ADDRESSES') : null;
    config.set(id, {
      clientId,
      clientSecret,
      ...(webhookSecret === null ? {} : { webhookSecret }),
      ...(place === null ? {} : { endpoints: endpointsBelow(place) }),
      ...(keyset === null ? {} : { keyset }),
      ...(allowed === null ? {} : { addresses: allowed }),
    });
  }
  return config;
}

function keysetIn(place: string | null): string | null {
  if (place === null) return null;
  const must = `PORTICO_GOOGLE_HEALTH_KEYS must be ${deviceSettings.PORTICO_GOOGLE_HEALTH_KEYS.must}`;
  let keyset: string;
  try {
    keyset = readFileSync(place, 'utf8');
  } catch {
    throw new WrongSetting(`${must} that can be read.`);
  }
  if (tinkKeys(keyset) === null) throw new WrongSetting(`${must} with a key for ECDSA on P-256 that is enabled.`);
  return keyset;
}

const endpointsBelow = (place: string): Record<string, string> => ({
  authorize: `${place}/authorize`,
  token: `${place}/token`,
  revoke: `${place}/revoke`,
  api: `${place}/api`,
});
