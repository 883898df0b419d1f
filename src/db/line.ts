import { connect, type Socket } from 'node:net';
import postgres from 'postgres';

import type { Param, Row } from './database.ts';
import type { Target } from './target.ts';
import { paramText, types } from './values.ts';

/** The connection ended before the statement was answered: whether it took effect is unknown. */
export class LineLost extends Error {
  readonly deadline: boolean;
  constructor(message: string, deadline: boolean) {
    super(message);
    this.deadline = deadline;
  }
}

/** One connection to Postgres, from its opening to its end. It is never opened again: a new one takes its place. */
export type Line = {
  /** Statements sent and not yet answered. */
  readonly pending: number;
  readonly alive: boolean;
  /** Rejects with LineLost, or with what Postgres answered (a PostgresError). */
  run(text: string, params: readonly Param[]): Promise<Row[]>;
  /** False where Postgres rolled back instead, because a statement had failed. */
  commit(): Promise<boolean>;
  /** Several statements without parameters, separated by semicolons. */
  script(text: string): Promise<void>;
  /** Ends it now; what is pending is lost. */
  destroy(why: string): void;
  /** Waits for what is pending, then ends it. */
  close(): Promise<void>;
};

export type LineOptions = {
  /** ms a statement may take; Postgres cancels it then. 0: no limit. */
  deadline: number;
  /** Settings of Postgres for this connection, over those of every one. */
  settings?: Readonly<Record<string, string>>;
  /** Called once, when it ends for whatever reason. */
  onEnd?: () => void;
  /** Given the payload of each NOTIFY that the connection listens to. */
  onNotify?: (payload: string) => void;
};

/** Texts that one connection keeps prepared; those that come later are planned at each call. */
const PREPARED = 500;
/** ms that opening may take. */
const OPEN_LIMIT = 5000;
/** ms after its deadline by which Postgres must have answered that it cancelled a statement. */
const GRACE = 2000;

function openSocket({ socket, host, port }: Target): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const opened = socket === null ? connect({ host, port, noDelay: true, keepAlive: true }) : connect(socket);
    opened.setTimeout(OPEN_LIMIT, () => opened.destroy(new Error(`no connection within ${OPEN_LIMIT} ms`)));
    opened.once('error', reject);
    opened.once('connect', () => {
      opened.setTimeout(0);
      opened.off('error', reject);
      resolve(opened);
    });
  });
}

/**
 * Opens a connection.
 *
 * It guards against what postgres.js does with a connection that dies: it writes to a socket that is null, which ends
 * the process; it leaves statements pending for good; and it reconnects with its buffers in disorder. Here a client of
 * postgres.js has one connection, is never given a statement after that has ended, never reconnects, and every statement
 * is settled by us when the socket closes or its deadline passes, whatever postgres.js does.
 */
export async function openLine(
  target: Target,
  { deadline, settings = {}, onEnd = () => {}, onNotify = () => {} }: LineOptions,
): Promise<Line> {
  type Waiting = { since: number; reject: (error: Error) => void };
  const waiting = new Set<Waiting>();
  const prepared = new Set<string>();
  let socket: Socket | null = null;
  let alive = true;
  let reason = 'the connection to Postgres was closed';
  let overdue = false;

  const end = (): void => {
    if (!alive) return;
    alive = false;
    clearInterval(watch);
    socket?.destroy();
    for (const { reject } of waiting) reject(new LineLost(reason, overdue));
    waiting.clear();
    onEnd();
  };

  const options: postgres.Options<Record<string, postgres.PostgresType>> = {
    host: target.host,
    port: target.port,
    username: target.user,
    password: target.password,
    database: target.database,
    ssl: target.tls === 'disable' ? false : target.tls === 'require' ? 'require' : { servername: target.host },
    max: 1,
    max_lifetime: null,
    idle_timeout: 0,
    connect_timeout: OPEN_LIMIT / 1000,
    fetch_types: false,
    types,
    connection: {
      application_name: 'portico',
      TimeZone: 'UTC',
      DateStyle: 'ISO',
      statement_timeout: deadline,
      // A transaction whose owner hangs must not keep its locks.
      idle_in_transaction_session_timeout: deadline === 0 ? 0 : deadline + GRACE,
      ...settings,
    },
    onnotice: () => {},
    onclose: end,
  };
  // Its types do not know `socket`, `max_pipeline` and `onnotify`. A second call of `socket` would be a reconnect, with the
  // state of the first connection.
  const opens = async (): Promise<Socket> => {
    if (socket || !alive) throw new Error(reason);
    socket = await openSocket(target);
    socket.once('close', end);
    return socket;
  };
  const onnotify = (_channel: string, payload: string): void => onNotify(payload);
  const client = postgres({ ...options, ...{ socket: opens, max_pipeline: 1000, onnotify } });

  const settled = <T>(query: Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const entry: Waiting = { since: performance.now(), reject };
      waiting.add(entry);
      query.then(
        (value) => {
          waiting.delete(entry);
          resolve(value);
        },
        (error) => {
          if (error instanceof postgres.PostgresError) {
            waiting.delete(entry);
            reject(error);
            return;
          }
          // Anything else (CONNECTION_CLOSED, EPIPE) is its word for a connection that is of no more use.
          if (alive) reason = error instanceof Error ? error.message : String(error);
          end();
        },
      );
    });

  // A timer for every statement would cost more than the oldest of them looked at now and then.
  const watch = setInterval(
    () => {
      const [oldest] = waiting;
      if (deadline > 0 && oldest && performance.now() - oldest.since > deadline + GRACE) {
        overdue = true;
        reason = `Postgres did not answer within ${deadline + GRACE} ms`;
        end();
      } else if (socket?.destroyed) end();
    },
    Math.min(500, Math.max(50, deadline / 4)),
  );
  watch.unref();

  const line: Line = {
    get pending() {
      return waiting.size;
    },
    get alive() {
      return alive;
    },
    run(text, params) {
      if (!alive) return Promise.reject(new LineLost(reason, false));
      // Each prepared text stays in the memory of its backend, and clients can make ever new ones out of their searches.
      const prepare = prepared.has(text) || prepared.size < PREPARED;
      if (prepare) prepared.add(text);
      return settled(client.unsafe(text, params.map(paramText), { prepare }).values() as unknown as Promise<Row[]>);
    },
    async commit() {
      if (!alive) throw new LineLost(reason, false);
      const done = await settled(
        client.unsafe('commit', [], { prepare: true }) as unknown as Promise<{ command: string }>,
      );
      return done.command === 'COMMIT';
    },
    async script(text) {
      if (!alive) throw new LineLost(reason, false);
      await settled(client.unsafe(text).simple() as unknown as Promise<unknown>);
    },
    destroy(why) {
      reason = why;
      end();
    },
    async close() {
      if (alive)
        await Promise.race([client.end({ timeout: 5 }), new Promise((resolve) => socket?.once('close', resolve))]);
      end();
    },
  };
  try {
    await settled(client.unsafe('select 1', [], { prepare: true }).values() as unknown as Promise<Row[]>);
  } catch (error) {
    end();
    throw error;
  }
  return line;
}
