import { DatabaseError } from './database.ts';
import { type Line, openLine } from './line.ts';
import { sleep } from './processes.ts';
import type { Target } from './target.ts';

/** A line, and how it is used. */
export type Slot = {
  line: Line;
  /** Statements given to it and not done. */
  inUse: number;
  /** Belongs to one transaction, or will as soon as `inUse` is 0. */
  reserved: boolean;
  heir: Waiter | null;
  /** When it last answered, or began to work; ms. */
  progress: number;
};

type Waiter = { since: number; resolve: (slot: Slot) => void; reject: (error: Error) => void };

export type Pool = {
  /** A line for one statement; give it back with `done`. */
  take(): Slot | Promise<Slot>;
  done(slot: Slot): void;
  /** A line for one transaction; give it back with `release`. */
  reserve(): Promise<Slot>;
  release(slot: Slot): void;
  close(): Promise<void>;
};

export type PoolOptions = {
  lines: number;
  /** ms; see LineOptions. Also how long a statement waits for its turn. */
  deadline: number;
  /** ms that statements wait for a database that cannot be reached. */
  patience: number;
  log: (line: string) => void;
  /** Of Postgres, for each connection. */
  settings?: Readonly<Record<string, string>>;
};

/** Statements on one line at a time: on a pipeline they cost half. */
const DEPTH = 16;
/** ms; a line that has not answered for longer is busy with something slow, and nothing more is put behind that. */
const SLOW = 5;
/** Statements that may wait; past that the server is overloaded and says so. */
const QUEUE = 20_000;

/**
 * Keeps `lines` connections open, each replaced when it ends, and gives them out: to statements many at a time, to
 * transactions alone. One line is always left for statements outside transactions.
 *
 * @throws what openLine throws, when the first connection cannot be made
 */
export async function openPool(target: Target, options: PoolOptions): Promise<Pool> {
  const { lines, deadline, patience, log, settings = {} } = options;
  const slots = new Set<Slot>();
  const waiters: Waiter[] = [];
  const transactions: Waiter[] = [];
  let opening = 0;
  let closing = false;
  let downSince = 0;

  async function open(): Promise<void> {
    const slot: Slot = { line: DEAD, inUse: 0, reserved: false, heir: null, progress: 0 };
    slot.line = await openLine(target, { deadline, settings, onEnd: () => lost(slot) });
    // Closed meanwhile: nobody else knows of this line.
    if (closing) return slot.line.close();
    // It may have ended already, before it was one of ours.
    if (!slot.line.alive) throw new DatabaseError('unavailable', 'the connection was closed at once');
    slots.add(slot);
    downSince = 0;
  }

  function lost(slot: Slot): void {
    if (!slots.delete(slot)) return;
    if (slot.heir) transactions.unshift(slot.heir);
    slot.heir = null;
    if (closing) return;
    if (slots.size === 0) {
      downSince = performance.now();
      log('Postgres cannot be reached');
    }
    void refill();
  }

  async function refill(): Promise<void> {
    if (slots.size + opening >= lines) return;
    opening++;
    for (let wait = 20; !closing; wait = Math.min(wait * 2, 1000)) {
      const wasDown = slots.size === 0;
      try {
        await open();
        if (wasDown) log('Postgres can be reached');
        break;
      } catch {
        await sleep(wait);
      }
    }
    opening--;
    serve();
    if (!closing) void refill();
  }

  function free(): Slot | null {
    const now = performance.now();
    let best: Slot | null = null;
    for (const slot of slots) {
      if (slot.reserved || slot.inUse >= DEPTH || !slot.line.alive) continue;
      if (slot.inUse > 0 && now - slot.progress > SLOW) continue;
      if (!best || slot.inUse < best.inUse) best = slot;
    }
    if (best) {
      if (best.inUse === 0) best.progress = now;
      best.inUse++;
    }
    return best;
  }

  /** Gives lines to who waits for them. */
  function serve(): void {
    while (transactions.length > 0 && !promised()) {}
    for (let slot = waiters.length > 0 ? free() : null; slot; slot = waiters.length > 0 ? free() : null) {
      waiters.shift()?.resolve(slot);
    }
  }

  /** Promises the least busy line to the first transaction; true when there is none to promise. */
  function promised(): boolean {
    const open = [...slots].filter((slot) => !slot.reserved && slot.line.alive).sort((a, b) => a.inUse - b.inUse);
    const [slot] = open;
    if (!slot || slots.size - open.length >= lines - 1) return true;
    const waiter = transactions.shift();
    if (!waiter) return true;
    slot.reserved = true;
    if (slot.inUse === 0) waiter.resolve(slot);
    else slot.heir = waiter;
    return false;
  }

  function wait(queue: Waiter[]): Promise<Slot> {
    if (closing) throw new DatabaseError('unavailable', 'the database is closed');
    if (slots.size === 0 && performance.now() - downSince > patience) {
      throw new DatabaseError('unavailable', 'Postgres cannot be reached');
    }
    if (queue.length >= QUEUE) throw new DatabaseError('unavailable', 'too many statements are waiting');
    return new Promise((resolve, reject) => {
      queue.push({ since: performance.now(), resolve, reject });
      if (queue === transactions) serve();
    });
  }

  const impatience = setInterval(() => {
    const down = slots.size === 0;
    const latest = performance.now() - (down ? patience : deadline || Number.POSITIVE_INFINITY);
    for (const queue of [waiters, transactions]) {
      while (queue[0] && queue[0].since < latest) {
        const error = down
          ? new DatabaseError('unavailable', 'Postgres cannot be reached')
          : new DatabaseError('timeout', `no connection was free within ${deadline} ms`);
        queue.shift()?.reject(error);
      }
    }
  }, 250);
  impatience.unref();

  await open();
  for (let i = 1; i < lines; i++) void refill();

  return {
    take: () => (waiters.length === 0 ? free() : null) ?? wait(waiters),
    done(slot) {
      slot.inUse--;
      slot.progress = performance.now();
      if (slot.inUse === 0 && slot.heir) {
        slot.heir.resolve(slot);
        slot.heir = null;
      }
      if (waiters.length > 0 || transactions.length > 0) serve();
    },
    reserve: () => wait(transactions),
    release(slot) {
      slot.reserved = false;
      slot.progress = performance.now();
      serve();
    },
    async close() {
      closing = true;
      clearInterval(impatience);
      for (const { reject } of [...waiters.splice(0), ...transactions.splice(0)]) {
        reject(new DatabaseError('unavailable', 'the database is closed'));
      }
      await Promise.all([...slots].map(({ line }) => line.close()));
    },
  };
}

const refuse = (): Promise<never> => Promise.reject(new DatabaseError('unavailable', 'not open yet'));
const DEAD: Line = {
  pending: 0,
  alive: false,
  run: refuse,
  commit: refuse,
  script: refuse,
  destroy() {},
  async close() {},
};
