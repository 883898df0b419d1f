import type { Reference } from '@medplum/fhirtypes';

import { addJob } from '../../db/jobs.ts';
import type { FhirContext, Record } from '../../fhir/context.ts';
import { typeNumber } from '../../fhir/resources.ts';
import { issuerOf } from '../../privacy/consents/consent-resource.ts';
import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import type { Connection } from './connection.ts';
import { endConnection } from './end.ts';
import { isConsented } from './live.ts';
import { connectionColumns, connectionOf } from './store.ts';

const kind = 'device-withdrawn';

/** So many are looked after at a time. */
const AT_ONCE = 200;

/** ms after which what was begun and never agreed to is forgotten. */
const ABANDONED = 24 * 3_600_000;

// A Consent that will end some day is in doubt until then, and must not keep the others waiting.
const doubtfulSql = `select ${connectionColumns('c.')} from device_connection c
  left join resource s on s.tenant = c.tenant and s.type = ${typeNumber('Consent')} and s.id = c.consent
  where c.tenant = $1 and c.id > $2 and c.state in ('active', 'expired') and (s.id is null or s.content::json ->> 'status' <> 'active'
    or s.patient is distinct from c.patient or s.content like '%"end":%')
  order by c.id limit ${AT_ONCE}`;

/** The server itself, where nobody in particular ends something. */
export const serverItself = (base: string): Reference<never> => ({
  identifier: { value: issuerOf(base) },
  display: 'Portico',
});

/**
 * Ends the connections whose Consent was taken back in another way: by FHIR, on the page of consents, where apps are looked after,
 * or in the course of time. They bring nothing since then; this tells of it, and takes back what a vendor gave.
 */
export const endWithdrawnJob: JobHandler = {
  kind,
  every: 60,
  async run(context, { tenant }) {
    const by = serverItself(context.settings.baseOf(tenant));
    await context.database.query(
      `delete from device_connection where tenant = $1 and state = 'pending' and created_at < $2`,
      [tenant, new Date(context.now() - ABANDONED)],
    );
    let rows: Connection[];
    let last = '';
    do {
      rows = (await context.database.query(doubtfulSql, [tenant, last])).map(connectionOf);
      for (const one of rows) {
        last = one.id;
        if (await isConsented(context.database, one)) continue;
        await endConnection(context, one, { by, why: 'The Consent of a source of readings has ended' });
      }
    } while (rows.length === AT_ONCE);
  },
};

/** As `record`, and the connections of a Consent that somebody has written are looked after at once. */
export const connectionsFollowed =
  (context: FhirContext, record: Record): Record =>
  async (request, answer, seen) => {
    const isWritten = seen.some(({ type, interaction }) => type === 'Consent' && /[ud]/.test(interaction));
    const { tenant } = request.grant;
    if (answer.ok && isWritten) await addJob(context.database, { tenant, kind, payload: {}, key: 'standing' });
    return record(request, answer, seen);
  };
