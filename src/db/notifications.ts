import { type Line, openLine } from './line.ts';
import { sleep } from './processes.ts';
import type { Target } from './target.ts';

export type Notifications = {
  /** Whether it hears at this moment. */
  readonly listening: boolean;
  close(): Promise<void>;
};

export type Hearing = {
  /** Letters and underscores. */
  channel: string;
  /** Given the payload of each NOTIFY, in the order of their commits. */
  told: (payload: string) => void;
  /** It hears now, and did not before: what was said meanwhile nobody told it. */
  listens: () => void;
  /** ms between two looks whether the connection still answers. */
  every?: number;
};

/** ms between two attempts to connect, the first and the longest. */
const SOONEST = 100;
const LATEST = 2000;
/** ms that the answer to such a look may take. */
const DEADLINE = 5000;

/**
 * Listens to NOTIFY on a connection of its own, which is opened again whenever it ends. Never throws: while Postgres cannot be
 * reached nothing is heard.
 */
export function openNotifications(target: Target, { channel, told, listens, every = 10_000 }: Hearing): Notifications {
  let line: Line | null = null;
  let closed = false;
  let running = false;

  async function open(): Promise<Line> {
    const opened = await openLine(target, { deadline: DEADLINE, onNotify: told, onEnd: () => void run() });
    try {
      await opened.run(`listen ${channel}`, []);
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  async function run(): Promise<void> {
    line = null;
    if (running) return;
    running = true;
    for (let wait = SOONEST; !closed; wait = Math.min(wait * 2, LATEST)) {
      try {
        const opened = await open();
        // Closed meanwhile, by us or by Postgres.
        if (closed) await opened.close();
        else if (opened.alive) {
          line = opened;
          listens();
          break;
        }
      } catch {
        // It is tried again.
      }
      await sleep(wait);
    }
    running = false;
  }

  // A connection that the network has forgotten says nothing for ever: who asks it, finds out.
  const look = setInterval(() => void line?.run('select 1', []).catch(() => {}), every);
  look.unref();
  void run();
  return {
    get listening() {
      return line !== null;
    },
    async close() {
      closed = true;
      clearInterval(look);
      await line?.close();
    },
  };
}
