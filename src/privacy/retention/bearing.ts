import type { Patient } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { resourceTypes, typeNumber } from '../../fhir/resources.ts';
import { key } from '../../fhir/search/hash.ts';
import { numbers } from '../../fhir/store/arrays.ts';

const allTypes = resourceTypes.map(typeNumber);

const activitySql = `select p, greatest((select max(greatest(r.last_updated, coalesce(nullif(r.date_start, 'infinity'), r.last_updated)))
    from resource r where r.tenant = $1 and r.type = any($3::smallint[]) and r.patient = p),
    (select max(greatest((select max(start) from sample m where m.tenant = $1 and m.series = s.id),
      (select max(received) from sample m where m.tenant = $1 and m.series = s.id)))
      from series s where s.tenant = $1 and s.patient = p)),
  (select content from resource r where r.tenant = $1 and r.type = ${typeNumber('Patient')} and r.id = p)
  from unnest($2::text[]) p`;

/** The last entry in each record, in ms since 1970, and the Patient, where there is one. */
export async function activityOf(
  on: Queryable,
  tenant: number,
  patients: readonly string[],
): Promise<Map<string, { activity: number; patient: Patient | null }>> {
  const rows = await on.query(activitySql, [tenant, patients, allTypes]);
  return new Map(
    rows.map(([id, last, content]) => [
      String(id),
      {
        activity: last === null ? Number.NEGATIVE_INFINITY : (last as Date).getTime(), // timestamptz
        // What is stored as a Patient is one.
        patient: content === null ? null : (JSON.parse(String(content)) as Patient),
      },
    ]),
  );
}

type Outcome = { status?: string; outcome?: string };

/**
 * Which of these Claims are in adjudication: active, and nobody has answered yet that it is complete.
 *
 * @see https://hl7.org/fhir/R4/claim.html
 */
export async function openClaims(
  context: Pick<FhirContext, 'database'>,
  tenant: number,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { database } = context;
  const claims = await database.query(
    'select id, content from resource where tenant = $1 and type = $2 and id = any($3::text[])',
    [tenant, typeNumber('Claim'), ids],
  );
  const open = new Set(
    claims
      .filter(([, content]) => (JSON.parse(String(content)) as Outcome).status === 'active')
      .map(([id]) => String(id)),
  );
  const answers = [
    ['ClaimResponse', 'request'],
    ['ExplanationOfBenefit', 'claim'],
  ] as const;
  for (const [type, code] of answers) {
    const keys = [...open].map((id) => key(tenant, type, code, 'r', `Claim/${id}`));
    const rows = await database.query(
      'select content from resource where tenant = $1 and type = $2 and keys && $3::bigint[]',
      [tenant, typeNumber(type), numbers(keys)],
    );
    for (const [content] of rows) {
      // What is stored is of its type.
      const { outcome, request, claim } = JSON.parse(String(content)) as Outcome &
        Record<string, { reference?: string }>;
      if (outcome === 'complete') open.delete(((request ?? claim)?.reference ?? '').replace(/^.*Claim\//, ''));
    }
  }
  return open;
}
