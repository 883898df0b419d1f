import type { SmartContext } from '../context.ts';
import type { SmartRequest } from '../endpoint.ts';
import { sha256 } from '../random.ts';
import { type KnownDevice, knownDevice } from './known-device.ts';
import { foldUsername } from './users.ts';

type On = Pick<SmartContext, 'database' | 'secret' | 'baseUrl'>;
type Asking = Pick<SmartRequest, 'tenant' | 'cookie' | 'address'>;

/** Something whose failures are counted: after `free` of them each next try waits twice as long, up to `longest` seconds. */
type Counted = { kind: string; subject: string; free: number; longest: number };

/** A try that may be made, and was counted as failed already: those that come at the same moment count one another. */
export type Attempt = { counted: readonly Counted[] };

/** An IPv6 customer has a /64 at least. */
const networkOf = (address: string): string => {
  const four = /(?:^|:)(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  return four ?? address.split(':').slice(0, 4).join(':');
};

const wait = (failures: string, free: string, longest: string): string =>
  `make_interval(secs => case when ${failures} < ${free} then 0
     else least(${longest}::float8, power(2, least(${failures} - ${free}, 20))) end)`;

const take = `insert into failed_attempt as f (tenant, kind, subject, failures, last_at)
  values ($1, $2, $3, 1, clock_timestamp())
  on conflict (tenant, kind, subject) do update set
    failures = case when f.last_at < now() - interval '1 day' then 1 else least(f.failures + 1, 1000000) end,
    last_at = clock_timestamp()
  where f.failures < $4::int or f.last_at + ${wait('f.failures', '$4::int', '$5')} <= clock_timestamp()
  returning 1`;

const left = `select ceil(extract(epoch from f.last_at + ${wait('f.failures', '$4::int', '$5')} - clock_timestamp()))::int
  from failed_attempt f where f.tenant = $1 and f.kind = $2 and f.subject = $3`;

/**
 * Whether something secret may be tried now. Nobody is locked out: it takes ever longer, by who is tried and by where from.
 * A browser in which the user signed in before is counted by itself, so that strangers who guess do not make them wait.
 *
 * @param username as typed; whether there is such a user makes no difference
 * @returns the seconds until it may be, where it may not
 * @see https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 */
export async function takeAttempt(
  context: On,
  request: Asking,
  what: 'password' | 'code',
  username: string,
): Promise<{ ok: true; value: Attempt } | { ok: false; seconds: number }> {
  const device = knownDevice(context, request, username);
  const counted = device === null ? asStranger(request, what, username) : asKnown(what, device);
  for (const { kind, subject, free, longest } of counted) {
    const key = [request.tenant, kind, subject, free, longest];
    const taken = await context.database.byKey.query(take, key);
    if (taken.length > 0) continue;
    const [row] = await context.database.byKey.query(left, key);
    return { ok: false, seconds: Math.max(1, Number(row?.[0] ?? 1)) };
  }
  return { ok: true, value: { counted } };
}

/** The address first: from one that must wait nobody's account is made to wait any longer. */
const asStranger = ({ address }: Asking, what: string, username: string): Counted[] => [
  { kind: `${what} address`, subject: networkOf(address), free: 30, longest: 60 },
  { kind: `${what} account`, subject: sha256(foldUsername(username)), free: 5, longest: 300 },
];

const asKnown = (what: string, device: KnownDevice): Counted[] => [
  { kind: `${what} device`, subject: device, free: 5, longest: 300 },
];

/** The try was right: what is guessed at counts from the start, and the address has one less. */
export async function forgetFailures({ database }: On, { tenant }: Asking, { counted }: Attempt): Promise<void> {
  for (const { kind, subject } of counted) {
    const key = [tenant, kind, subject];
    if (kind.endsWith('address')) {
      // Not from the start: a guesser with one account of their own would sign in to it now and then.
      await database.byKey.query(
        'update failed_attempt set failures = failures - 1 where tenant = $1 and kind = $2 and subject = $3 and failures > 0',
        key,
      );
    } else {
      await database.byKey.query('delete from failed_attempt where tenant = $1 and kind = $2 and subject = $3', key);
    }
  }
}
