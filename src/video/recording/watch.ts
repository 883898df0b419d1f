import type { Database } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Providers } from '../providers/provider.ts';
import type { Visit } from '../visits/visit.ts';
import { lookAgain } from './presence.ts';
import { openRecording } from './recording.ts';

/** ms between two looks at what may have been withdrawn, and looks after which everything is looked at, whatever has changed. */
const EVERY = 1000;
const WHOLE = 10;
/** Looks that may fail, one after the other, before the rest is left to the pieces that come and to other processes. */
const FAILURES = 60;

const watched = new WeakMap<Database, Set<string>>();

/** What changes with each Consent that is written (src/fhir/store/policy-epoch.ts), and with the visit. */
async function signOf({ database }: FhirContext, tenant: number, visit: string): Promise<string> {
  const [row] = await database.byKey.query(
    `select state, (select epoch from revocation_epoch where tenant = $1) from video_visit where tenant = $1 and id = $2`,
    [tenant, visit],
  );
  return String(row);
}

/**
 * Looks each second whether everybody still agrees, as long as the visit is recorded: who takes their Consent back is not asked
 * where they do it. Once in a process for a visit.
 */
export function watchOver(context: FhirContext, { tenant, id }: Visit, providers: Providers | null = null): void {
  const all = watched.get(context.database) ?? new Set<string>();
  watched.set(context.database, all);
  const name = `${tenant}/${id}`;
  if (all.has(name)) return;
  all.add(name);
  let [sign, looks, failures] = ['', 0, 0];
  let isLooking = false;

  const look = async (): Promise<boolean> => {
    const now = await signOf(context, tenant, id);
    looks += 1;
    if (now !== sign || looks % WHOLE === 0) await lookAgain(context, tenant, id, providers);
    sign = now;
    failures = 0;
    return (await openRecording(context.database.byKey, tenant, id)) !== null;
  };
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch((error) => {
        failures += 1;
        if (failures === 1) context.onFault?.(error);
        return failures < FAILURES;
      })
      .then((goesOn) => {
        isLooking = false;
        if (goesOn) return;
        clearInterval(timer);
        all.delete(name);
      });
  }, EVERY);
  timer.unref();
}
