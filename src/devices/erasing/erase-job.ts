import type { AuditEvent, Reference } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import { addJob } from '../../db/jobs.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { issuerOf } from '../../privacy/consents/consent-resource.ts';
import { holdsOn } from '../../privacy/hold/hold.ts';
import type { JobHandler } from '../../privacy/jobs/job-handler.ts';
import { appendAuditEvent } from '../../privacy/ledger/append.ts';
import type { Connection } from '../connections/connection.ts';
import { sourceSystem } from '../connections/resources.ts';
import { rollUpJob } from '../rollups/roll-up-job.ts';
import { type Amount, type Brought, countBrought } from './brought.ts';
import { eraseBrought } from './erase-brought.ts';

const kind = 'device-erase';

/** ms after which it is looked again whether a hold stands. */
const PUT_OFF = 3_600_000;

/** What is erased, how much there was when nothing came any more, and by whose word. `told`: it is in the ledger. */
type Asked = Omit<Brought, 'tenant'> & { who: Reference<never>; amount: Amount; told?: true };

/** Has what a source brought erased. @param tx in which its connection has ended, so that nothing comes any more */
export async function willErase(tx: Queryable, one: Connection, who: Reference<never>): Promise<void> {
  const { tenant, patient, source } = one;
  const payload: Asked = { patient, source, who, amount: await countBrought(tx, one) };
  await addJob(tx, { tenant, kind, payload, key: `${patient} ${source}` });
}

/** Of what was erased it is told of whom, by whom, from where and how much: no value, and not when it was measured. */
const eventOf = (base: string, { patient, source, who, amount }: Asked, now: number): AuditEvent => ({
  resourceType: 'AuditEvent',
  type: {
    system: 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle',
    code: 'destroy',
    display: 'Destroy/Delete Record Lifecycle Event',
  },
  action: 'D',
  recorded: new Date(now).toISOString(),
  outcome: '0',
  outcomeDesc: 'What a source of readings had brought was erased',
  agent: [{ who, requestor: true }],
  source: { observer: { identifier: { value: issuerOf(base) }, display: 'Portico' } },
  entity: [
    { what: { reference: `Patient/${patient}` } },
    {
      what: { identifier: { system: sourceSystem(base), value: source } },
      detail: [
        { type: 'samples', valueString: String(amount.samples) },
        { type: 'observations', valueString: String(amount.observations) },
      ],
    },
  ],
});

class Held extends Error {}

const tellSql = `update job set payload = $3 where tenant = $1 and id = $2 and payload::jsonb ->> 'told' is null returning id`;

/** Erases what a source brought that was disconnected so. While a legal hold stands nothing goes. */
export const eraseBroughtJob: JobHandler = {
  kind,
  async run(context, { tenant, id, payload }) {
    const asked = payload as Asked; // as willErase gave it
    if (asked.told) return;
    const allowed = async (on: Queryable): Promise<void> => {
      if ((await holdsOn(on, tenant, [asked.patient], context.now())).length > 0) throw new Held();
    };
    try {
      await eraseBrought(context, { ...asked, tenant }, allowed);
    } catch (error) {
      if (!(error instanceof Held)) throw error;
      const runAt = new Date(context.now() + PUT_OFF);
      await addJob(context.database, { tenant, kind, payload, runAt });
      return;
    }
    await tell(context, tenant, id, asked);
  },
};

/** Tells the ledger, once; what there is of others is rolled up soon. */
async function tell(context: FhirContext, tenant: number, job: string, asked: Asked): Promise<void> {
  const { kind: rollUp } = rollUpJob;
  await addJob(context.database, { tenant, kind: rollUp, payload: {}, key: 'standing' });
  const base = context.settings.baseOf(tenant);
  await context.database.transaction(async (tx) => {
    const done = JSON.stringify({ patient: asked.patient, told: true });
    const mine = await tx.query(tellSql, [tenant, job, done]);
    if (mine.length > 0) await appendAuditEvent(context, tenant, eventOf(base, asked, context.now()), { on: tx });
  });
}
