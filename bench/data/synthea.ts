import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../run/processes.ts';

/** The files of the Synthea data set, patients after hospitals and practitioners; null where it is not there. */
export function syntheaFiles(): { before: string[]; patients: string[] } | null {
  const folder = join(process.env.PORTICO_SHARED ?? join(root, '../shared'), 'data/synthea');
  if (!existsSync(folder)) return null;
  const files = readdirSync(folder).sort();
  const paths = (named: (file: string) => boolean) => files.filter(named).map((file) => join(folder, file));
  return {
    before: paths((file) => file.startsWith('0-')),
    patients: paths((file) => !file.startsWith('0-') && file.endsWith('.json.gz')),
  };
}
