import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openConnection } from '../../src/devices/connections/open.ts';
import { endWithdrawnJob } from '../../src/devices/connections/withdrawn.ts';
import { purgeJob } from '../../src/devices/jobs/purge.ts';
import { createLimits } from '../../src/devices/limits.ts';
import { rollUp } from '../../src/devices/rollups/roll-up.ts';
import { admitSubmission } from '../../src/devices/submit.ts';
import { takeFetched } from '../../src/devices/take-payload.ts';
import type { FhirRequest } from '../../src/fhir/request.ts';
import { callerOf } from '../support/caller.ts';
import { collection, heartRate, patientIn, post, submit } from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

const day = Date.UTC(2026, 4, 6);

describe('who sends more than anybody measures', () => {
  test('of readings that last for hours a hundred thousand are summed up without running out of memory', async () => {
    const patient = await patientIn(server);
    const [one, other] = await Promise.all([patientIn(server), patientIn(server)]);
    for (const id of [one, patient, other]) {
      const sent = await submit(server, collection(heartRate(id, new Date(day).toISOString(), 60)));
      expect(sent.status, sent.text).toBe(201);
    }
    // As they are after as many submissions; heart rates of eleven hours each, one every 10 ms.
    await server.database.query(
      `insert into sample (tenant, series, start, duration, zone, value, received, id)
       select 1, s.id, $2::timestamptz + n * interval '10 ms', 39600000, 0, 60 + n % 7, now(), gen_random_uuid()
       from series s, generate_series(1, 100000) n where s.tenant = 1 and s.patient = $1`,
      [patient, new Date(day)],
    );
    await server.database.query(
      `insert into rollup_due (tenant, patient, measure, hour)
       select 1, $1, 'heart-rate', $2::timestamptz + n * interval '1 hour' from generate_series(0, 11) n on conflict do nothing`,
      [patient, new Date(day)],
    );
    const before = process.memoryUsage().rss;
    const begun = performance.now();
    await rollUp(server.smart.fhir, 1);
    expect(performance.now() - begun).toBeLessThan(30_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 2 ** 20);
    for (const id of [one, other]) {
      const found = await server.fetch(`Observation?patient=${id}&code=heart-rate-hourly&_summary=count`);
      expect(await found.text()).toContain('"total":1');
    }
  }, 60_000);

  test('one whose readings cannot be summed up holds up nobody', async () => {
    const ids = [await patientIn(server), await patientIn(server), await patientIn(server)].sort();
    for (const id of ids) await submit(server, collection(heartRate(id, new Date(day).toISOString(), 60)));
    const context = server.smart.fhir;
    const index: typeof context.index = (tenant, resource) => {
      if (JSON.stringify(resource).includes(`Patient/${ids[0]}`)) throw new Error('it is broken');
      return context.index(tenant, resource);
    };
    await expect(rollUp({ ...context, index }, 1)).rejects.toThrow('it is broken');
    for (const id of ids.slice(1)) {
      const found = await server.fetch(`Observation?patient=${id}&code=heart-rate-hourly&_summary=count`);
      expect(await found.text()).toContain('"total":1');
    }
    await rollUp(context, 1);
  });

  test.each<[string, string]>([
    ['lists in lists', `${'['.repeat(3_000_000)}${']'.repeat(3_000_000)}`],
    ['objects in objects', `${'{"a":'.repeat(600_000)}1${'}'.repeat(600_000)}`],
    ['a list of nothing', `[${'{},'.repeat(300_000)}{}]`],
    ['a number that is longer than any', `[${'9'.repeat(3_000_000)}]`],
    ['a list that is longer than what is read whole, nested', `[${'[['.repeat(3_000_000)}`],
    [
      'an entry that is longer than what is read whole',
      `{"resourceType":"Bundle","entry":["${'x'.repeat(6_000_000)}"]}`,
    ],
  ])(
    '%s: it is refused, soon',
    async (_, body) => {
      const patient = await patientIn(server);
      const begun = performance.now();
      for (const format of ['fhir', 'open-mhealth', 'healthkit', 'garmin', 'oura']) {
        const answer = await post(server, `${format}?subject=Patient/${patient}`, body);
        expect(answer.status, answer.text.slice(0, 500)).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
      }
      expect(performance.now() - begun).toBeLessThan(30_000);
    },
    60_000,
  );
});

test('of the users of one app none shuts out the others', () => {
  const limits = createLimits({ requests: 5, readings: 100 });
  const context = server.smart.fhir;
  const as = async (subject: string) => {
    const scopes = [
      { context: 'patient' as const, type: 'Observation', interactions: new Set(['c' as const]), query: null },
    ];
    const caller = callerOf({
      actor: 'app',
      purpose: '',
      clientId: 'the-app',
      subject,
      patient: subject,
      reach: [subject],
      scopes,
    });
    const grant = await server.smart.decide(caller);
    return admitSubmission(context, { grant } as FhirRequest, limits); // nothing else of it is looked at
  };
  return (async () => {
    const answers = [];
    for (let sent = 0; sent < 10; sent++) answers.push((await as('one')).ok);
    expect(answers).toEqual([true, true, true, true, true, false, false, false, false, false]);
    expect((await as('other')).ok).toBe(true);
  })();
});

describe('what waits', () => {
  const vendor = async (patient: string, source: string, id: string) => {
    const by = { reference: `Patient/${patient}` };
    const opening = { tenant: 1, id, patient, kind: 'vendor' as const, source, name: source, consent: null, by };
    const opened = await openConnection(server.smart.fhir, opening);
    if (opened === null) throw new Error('it is open');
    return opened;
  };

  test('hundreds of sources whose Consents end some day do not keep one that has ended from ending', async () => {
    const patient = await patientIn(server);
    const lasting = await vendor(patient, 'vendor:a', '0');
    const over = await vendor(patient, 'vendor:zz', 'zzz');
    const rewrite = async (id: string | null, more: object) => {
      const was = (await (await server.fetch(`Consent/${id}`)).json()) as { provision: object };
      const body = JSON.stringify({ ...was, ...more, provision: { ...was.provision, period: { end: '2090-01-01' } } });
      expect((await server.fetch(`Consent/${id}`, { method: 'PUT', body })).status).toBe(200);
    };
    await rewrite(lasting.consent, {});
    await server.database.query(
      `insert into device_connection (tenant, id, patient, kind, source, name, state, consent, created_at)
       select 1, 'c' || n, $1, 'vendor', 'vendor:' || n, 'x', 'active', $2, now() from generate_series(1, 450) n`,
      [patient, lasting.consent],
    );
    await rewrite(over.consent, { status: 'inactive' });
    await endWithdrawnJob.run(server.smart.fhir, { tenant: 1, payload: {} } as never);
    const [row] = await server.database.query("select state from device_connection where tenant = 1 and id = 'zzz'");
    expect(row).toEqual(['revoked']);
  });

  test('a payload that nobody can read is not kept for ever', async () => {
    const patient = await patientIn(server);
    const connection = await vendor(patient, 'vendor:oura', 'kept');
    await takeFetched(server.smart.fhir, connection, 'no-format', '{}');
    const left = async () =>
      (await server.database.query("select state from device_payload where tenant = 1 and connection = 'kept'")).length;
    const run = (days: number) => {
      const context = { ...server.smart.fhir, now: () => Date.now() + days * 86_400_000 };
      return purgeJob.run(context, { tenant: 1, payload: {} } as never);
    };
    await run(40);
    expect(await left()).toBe(1);
    await run(100);
    expect(await left()).toBe(0);
  });
});
