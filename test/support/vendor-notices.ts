import { createHmac } from 'node:crypto';

export type VendorId = 'fitbit' | 'google-health' | 'withings' | 'oura' | 'garmin';

export const vendorIds: readonly VendorId[] = ['fitbit', 'google-health', 'withings', 'oura', 'garmin'];

export const clientIdOf = (vendor: VendorId): string => `portico-at-${vendor}`;
export const clientSecretOf = (vendor: VendorId): string => `secret-of-${vendor}-0123456789abcdef`;
/** What the notifications of a vendor are known by. */
export const webhookSecretOf = (vendor: VendorId): string =>
  ({
    fitbit: 'verification-code-of-fitbit',
    'google-health': 'Bearer authorization-of-google-health-0123',
    withings: 'path-of-withings-0123456789abcdef0123',
    oura: 'verification-token-of-oura',
    garmin: 'path-of-garmin-0123456789abcdef012345',
  })[vendor];

export type Notice = {
  user: string;
  /** What is new, as the vendor calls it: a Withings appli (`1`), a Fitbit collection, a data type of Oura or Google, a Garmin summary. */
  of: string;
  /** ms since 1970: the span that it is about. */
  from?: number;
  to?: number;
  /** Its id of a record, and what happened to it. */
  record?: string;
  operation?: 'create' | 'update' | 'delete';
  /** What comes along: Garmin's summaries. */
  summaries?: readonly object[];
  /** When it says that it sent it; now, unless said. */
  sentAt?: number;
  tenant?: number;
};

/** A request, for `fetch`. */
export type Sent = { url: string; method: string; headers: Record<string, string>; body: string };

type Made = { body: string; headers: Record<string, string>; end?: string };

const json = (value: unknown): string => JSON.stringify(value);
const seconds = (ms: number): number => Math.floor(ms / 1000);
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const made: Record<VendorId, (notice: Required<Pick<Notice, 'from' | 'to' | 'sentAt'>> & Notice) => Made> = {
  withings: ({ user, of, from, to }) => {
    const span: Record<string, string> =
      of === '16' ? { date: day(from) } : { startdate: String(seconds(from)), enddate: String(seconds(to)) };
    const about: Record<string, string> = of === '46' ? { action: 'unlink' } : span;
    return {
      body: new URLSearchParams({ userid: user, appli: of, ...about }).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      end: webhookSecretOf('withings'),
    };
  },
  oura: ({ user, of, record = 'record-1', operation = 'update', sentAt }) => {
    const body = json({
      event_type: operation,
      data_type: of,
      object_id: record,
      event_time: new Date(sentAt).toISOString(),
      user_id: user,
    });
    const timestamp = String(seconds(sentAt));
    const signature = createHmac('sha256', clientSecretOf('oura')).update(timestamp).update(body).digest('hex');
    const headers = { 'x-oura-timestamp': timestamp, 'x-oura-signature': signature.toUpperCase() };
    return { body, headers: { 'Content-Type': 'application/json', ...headers } };
  },
  fitbit: ({ user, of, from }) => {
    const body = json([
      { collectionType: of, date: day(from), ownerId: user, ownerType: 'user', subscriptionId: `portico-${user}` },
    ]);
    const signature = createHmac('sha1', `${clientSecretOf('fitbit')}&`)
      .update(body)
      .digest('base64');
    return { body, headers: { 'Content-Type': 'application/json', 'X-Fitbit-Signature': signature } };
  },
  'google-health': ({ user, of, operation, from, to }) => {
    const startTime = new Date(from).toISOString();
    const data = {
      version: '1',
      clientProvidedSubscriptionName: 'portico',
      healthUserId: user,
      operation: operation === 'delete' ? 'DELETE' : 'UPSERT',
      dataType: of,
      intervals: [{ physicalTimeInterval: { startTime, endTime: new Date(to).toISOString() } }],
    };
    const headers = { 'Content-Type': 'application/json', Authorization: webhookSecretOf('google-health') };
    return { body: json({ data }), headers };
  },
  garmin: ({ user, of, summaries = [] }) => ({
    body: json({ [of]: summaries.map((one) => ({ userId: user, ...one })) }),
    headers: { 'Content-Type': 'application/json' },
    end: webhookSecretOf('garmin'),
  }),
};

export function noticeOf(vendor: VendorId, server: string, notice: Notice): Sent {
  const sentAt = notice.sentAt ?? Date.now();
  const span = { from: notice.from ?? sentAt - 3_600_000, to: notice.to ?? sentAt };
  const { body, headers, end } = made[vendor]({ ...notice, ...span, sentAt });
  const prefix = notice.tenant === undefined || notice.tenant === 1 ? '' : `/t/${notice.tenant}`;
  const url = `${server}${prefix}/devices/${vendor}/webhook${end === undefined ? '' : `/${end}`}`;
  return { url, method: 'POST', headers, body };
}
