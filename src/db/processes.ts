import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether there is a process with this id; one that has ended and was not waited for (a zombie) does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return state(pid) !== 'Z';
}

/** Sends a signal; false where there is no such process. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Whether the process ended within `ms`. */
export async function ended(pid: number, ms: number): Promise<boolean> {
  for (const until = performance.now() + ms; performance.now() < until; await sleep(10)) if (!isAlive(pid)) return true;
  return !isAlive(pid);
}

// After the command's name, which is in parentheses and may hold anything.
const stat = (pid: number): string[] => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
};
const state = (pid: number): string => stat(pid)[0] ?? '';

/** When the process started, in ticks since the machine did, so that a number used again is noticed; '' outside Linux. */
export const startOf = (pid: number): string => stat(pid)[19] ?? '';

/** The processes that work in this folder, as every process of a Postgres works in its data folder. Linux only. */
export function processesIn(folder: string): number[] {
  let all: string[];
  try {
    all = readdirSync('/proc');
  } catch {
    return [];
  }
  return all
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false;
      }
    });
}

/**
 * Takes a folder for this process alone. A lock left by a process that was killed is taken over.
 *
 * @returns gives it back
 * @throws Error where another live process has it
 */
export function lockFolder(file: string): () => void {
  const mine = `${process.pid} ${startOf(process.pid)}`;
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid, start] = readFileSync(file, 'utf8').split(' ');
    const holder = Number(pid);
    if (holder > 0 && holder !== process.pid && isAlive(holder) && (start || '') === startOf(holder)) {
      throw new Error(
        `Another Portico (process ${holder}) uses this folder: stop it, or set PORTICO_DATA to another folder.`,
      );
    }
    rmSync(file, { force: true });
  }
  throw new Error(`Cannot take ${file}`);
}
