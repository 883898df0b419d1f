import { clientIdOf, clientSecretOf, type VendorId, vendorIds, webhookSecretOf } from './vendor-notices.ts';

const nameOf = (vendor: VendorId): string => vendor.toUpperCase().replace('-', '_');

/** What a server is started with that uses vendors at this address. */
export const settingsFor = (origin: string, port: number): Record<string, string> =>
  Object.fromEntries([
    ['PORTICO_ALLOW_ADDRESSES', `127.0.0.1:${port}`],
    ...vendorIds.flatMap((id) => [
      [`PORTICO_${nameOf(id)}_CLIENT_ID`, clientIdOf(id)],
      [`PORTICO_${nameOf(id)}_CLIENT_SECRET`, clientSecretOf(id)],
      [`PORTICO_${nameOf(id)}_WEBHOOK_SECRET`, webhookSecretOf(id)],
      [`PORTICO_${nameOf(id)}_URL`, `${origin}/${id}`],
    ]),
  ]);

/** The collection that is asked for: the name that our vendors give it. */
export function kindOf(vendor: VendorId, path: string, form: Record<string, string>): string | null {
  if (vendor === 'withings')
    return (
      { getmeas: 'measures', getactivity: 'activity', getintradayactivity: 'intraday', getsummary: 'sleep' }[
        form.action ?? ''
      ] ?? null
    );
  const found = {
    oura: /^\/v2\/usercollection\/([\w-]+)/,
    garmin: /^\/wellness-api\/rest\/(?!user\/)([\w/]+)/,
    'google-health': /^\/v4\/users\/me\/dataTypes\/([\w-]+)\/dataPoints/,
    fitbit: /^\/1(?:\.2)?\/user\/-\/([\w/-]+?)\/(?:date|list)\b/,
  }[vendor].exec(path);
  return found?.[1] ?? null;
}

/** Of measures those of the span that was asked for. */
export function withinAsked(answer: unknown, form: Record<string, string>): unknown {
  if (form.action !== 'getmeas' || typeof answer !== 'object' || answer === null) return answer ?? {};
  const { measuregrps, ...more } = answer as { measuregrps: { date: number }[] }; // as it was given
  const within = ({ date }: { date: number }): boolean =>
    date >= Number(form.startdate ?? 0) && date <= Number(form.enddate ?? Number.MAX_SAFE_INTEGER);
  return { ...more, measuregrps: measuregrps.filter(within) };
}

export const emptyOf = (vendor: VendorId): unknown =>
  ({ oura: { data: [], next_token: null }, 'google-health': {}, garmin: [], fitbit: {}, withings: {} })[vendor];
