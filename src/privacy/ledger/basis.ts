import type { Grant } from '../../fhir/access.ts';
import { emergency } from '../../fhir/audit/used.ts';

const byGrant = new WeakMap<readonly string[], ReadonlyMap<string, string[]>>();

/**
 * What of the basis of a grant is about one patient: `Consent/1 Patient/2` is, and `BTG Patient/2`. Of the Consents of others
 * nothing is told.
 */
export function basisFor({ basis }: Grant, patient: string): string[] | undefined {
  if (basis.length < 2) return undefined;
  let found = byGrant.get(basis);
  if (!found) {
    const made = new Map<string, string[]>();
    for (const one of basis) {
      const [what = '', whose] = one.split(' Patient/');
      if (whose === undefined) continue;
      const all = made.get(whose) ?? [];
      all.push(what === 'BTG' ? emergency : what);
      made.set(whose, all);
    }
    found = made;
    byGrant.set(basis, made);
  }
  return found.get(patient);
}
