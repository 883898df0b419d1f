import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The account of the operating system that Postgres runs under; null: the account this process has. */
export type Account = { uid: number; gid: number } | null;

/** How a program is started under an account. */
export type Launch = { command: string; args: string[]; uid?: number; gid?: number };

function lookUp(name: string): Account {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

/** Whether the program ran and succeeded. */
function runs(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Postgres refuses to run as root, so root needs another account: the owner of the data where there is data already, else
 * `postgres`, which is created where it is missing, else `nobody`.
 */
export function accountFor(data: string): Account {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(data, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const existing = lookUp('postgres');
  if (existing) return existing;
  if (runs('useradd', ['--system', '--user-group', 'postgres']) || runs('adduser', ['-S', '-D', '-H', 'postgres'])) {
    const made = lookUp('postgres');
    if (made) return made;
  }
  const nobody = lookUp('nobody');
  if (nobody) return nobody;
  throw new Error(
    'Postgres does not run as root, and there is no other account. Create one: useradd --system postgres',
  );
}

/** Whether an account may walk down to a path: every folder above it has to let it pass. */
export function canReach(account: { uid: number; gid: number }, path: string): boolean {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === '/') return true;
  }
}

/**
 * A program run under the account. Root may keep this checkout in a folder that is closed to every other account
 * (`/root`): there setpriv lends the program the right to walk through, and no other right of root's.
 *
 * @param paths what the program has to reach
 */
export function launch(account: Account, paths: string[], program: string, args: string[]): Launch {
  if (!account) return { command: program, args };
  if (paths.every((path) => canReach(account, path))) return { command: program, args, ...account };
  const right = ['dac_read_search', 'dac_override'].find((one) => runs('setpriv', [...lend(account, one), 'true']));
  if (!right) {
    const closed = paths.find((path) => !canReach(account, path));
    throw new Error(
      `Postgres does not run as root, and the account it runs under (${account.uid}) cannot reach ${closed}. ` +
        'Move the folder to where every account may enter, or start Portico as another user.',
    );
  }
  return { command: 'setpriv', args: [...lend(account, right), program, ...args] };
}

const lend = ({ uid, gid }: { uid: number; gid: number }, right: string): string[] => [
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--clear-groups',
  `--inh-caps=+${right}`,
  `--ambient-caps=+${right}`,
  // Without it access(2), by which initdb looks for postgres, leaves the lent right out of account.
  '--securebits=+no_setuid_fixup',
];
