import type { Observation } from '@medplum/fhirtypes';

import type { Seen } from '../../fhir/access.ts';
import type { FhirContext, Record } from '../../fhir/context.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { markDueOf } from '../../fhir/samples/due.ts';
import { isSampleId } from '../../fhir/samples/promote.ts';
import { texts } from '../../fhir/store/arrays.ts';
import { devicesOf, spanOf } from './span.ts';

/** Observations in one statement. */
const BATCH = 500;

// As it is now and as it was before: where its time was changed, it is missed there and met here.
const versionsSql = `select v.id, r.patient, r.content from unnest(string_to_array($2, chr(30))) v(id) cross join lateral (
    select version, patient, content from resource where tenant = $1 and type = 96 and id = v.id
    union all select version, patient, content from resource_history
      where tenant = $1 and type = 96 and id = v.id and not deleted order by version desc limit 3) r
  where r.patient is not null`;

/** What came as readings has been noted when it was stored; a new Observation that names no device is summed up nowhere. */
function mayCount({ path, body }: FhirRequest, { type, interaction, id }: Seen): boolean {
  if (type !== 'Observation' || id === '' || path[0] === '$submit-device-data') return false;
  return interaction === 'u' || interaction === 'd' || (interaction === 'c' && body.includes('evice"'));
}

/** Notes the hours of readings that somebody has written, changed or deleted as resources. */
async function markWritten(context: FhirContext, tenant: number, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += BATCH) {
    const params = [tenant, texts(ids.slice(at, at + BATCH))];
    const rows = (await context.database.byKey.query(versionsSql, params)) as [string, string, string][];
    const due = rows.flatMap(([id, patient, content]) => {
      const observation = JSON.parse(content) as Observation; // what is stored has been checked
      const isOfDevice = isSampleId('Observation', id) || devicesOf(observation).some((device) => device !== null);
      const span = isOfDevice ? spanOf(observation) : null;
      return span === null ? [] : [{ patient, span }];
    });
    for (const [patient, some] of Map.groupBy(due, (one) => one.patient))
      await markDueOf(
        context.database,
        tenant,
        patient,
        some.map(({ span }) => span),
      );
  }
}

/** As `record`, and what is made of readings that somebody has written as resources is made anew. */
export const rollUpsFollowed =
  (context: FhirContext, record: Record): Record =>
  async (request, answer, seen) => {
    const written = answer.ok ? seen.filter((one) => mayCount(request, one)).map(({ id }) => id) : [];
    if (written.length > 0) await markWritten(context, request.grant.tenant, [...new Set(written)]);
    return record(request, answer, seen);
  };
