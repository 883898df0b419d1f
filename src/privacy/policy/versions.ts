import { hash } from 'node:crypto';

import { DatabaseError } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { conflict, ok, type Result } from '../../fhir/outcome.ts';
import { raiseEpoch } from '../gate/epoch.ts';

/** One version of the privacy policy. */
export type PolicyVersion = {
  version: string;
  /** Where it is published; with the version behind a bar it names this one. */
  url: string;
  /** Of its text, in hex. */
  sha256: string;
  /** Whether who has agreed to an earlier one must agree anew. */
  material: boolean;
  effectiveAt: Date;
};

/** What names one version: `https://example.org/privacy|2`. */
export const policyName = ({ url, version }: PolicyVersion): string => `${url}|${version}`;

const columns = 'version, url, sha256, material, effective_at';

function versionOf([version, url, sha256, material, effectiveAt]: readonly unknown[]): PolicyVersion {
  // The select lists fix the shape of the rows.
  return {
    version: String(version),
    url: String(url),
    sha256: String(sha256),
    material: material as boolean,
    effectiveAt: effectiveAt as Date,
  };
}

/** Every version, the newest first. */
export async function policyVersions(context: FhirContext, tenant: number): Promise<PolicyVersion[]> {
  const rows = await context.database.query(
    `select ${columns} from policy_version where tenant = $1 order by effective_at desc, published_at desc`,
    [tenant],
  );
  return rows.map(versionOf);
}

export async function policyText(context: FhirContext, tenant: number, version: string): Promise<string> {
  const [row] = await context.database.query('select text from policy_version where tenant = $1 and version = $2', [
    tenant,
    version,
  ]);
  return String(row?.[0] ?? '');
}

/**
 * Those in force at a moment that count as agreed to: the newest material one, and what came after it.
 *
 * @param all the newest first
 * @returns nothing where none has to be agreed to
 */
export function agreeable(all: readonly PolicyVersion[], now: number): readonly PolicyVersion[] {
  const inForce = all.filter(({ effectiveAt }) => effectiveAt.getTime() <= now);
  const last = inForce.findIndex(({ material }) => material);
  return last < 0 ? [] : inForce.slice(0, last + 1);
}

/** @returns 409 where there is one of this name: what was published stays as it was */
export async function publishPolicy(
  context: FhirContext,
  tenant: number,
  policy: Omit<PolicyVersion, 'sha256'> & { text: string },
): Promise<Result<PolicyVersion>> {
  const { version, url, material, effectiveAt, text } = policy;
  const sha256 = hash('sha256', text, 'hex');
  try {
    await context.database.transaction(async (tx) => {
      await tx.query(
        `insert into policy_version (tenant, version, url, sha256, material, effective_at, published_at, text)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [tenant, version, url, sha256, material, effectiveAt, new Date(context.now()), text],
      );
      await raiseEpoch(tx, tenant);
    });
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlstate !== '23505') throw error;
    return conflict(`Version ${version} of the policy has been published and stays as it was`);
  }
  return ok({ version, url, sha256, material, effectiveAt });
}
