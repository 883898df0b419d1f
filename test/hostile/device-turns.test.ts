import type { Device } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { isOther, type Passage } from '../../src/devices/passage.ts';
import type { FhirContext } from '../../src/fhir/context.ts';
import { callerOf } from '../support/caller.ts';
import {
  bloodPressure,
  collection,
  heartRate,
  issuesOf,
  patientIn,
  post,
  statusesOf,
  submit,
} from '../support/device-submissions.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.close());

const day = Date.UTC(2026, 4, 6);
const at = (second: number): string => new Date(day + second * 1000).toISOString();

test('who sends a great deal of one record at once lets the others have their turn', async () => {
  const [many, one] = [await patientIn(server), await patientIn(server)];
  await submit(server, collection(heartRate(one, at(0), 60)));
  let sent = 0;
  const flood = Array.from({ length: 40 }, () => {
    const lines = Array.from({ length: 1000 }, () => JSON.stringify(heartRate(many, at(sent++), 60)));
    const headers = { 'content-type': 'application/x-ndjson' };
    return post(server, `fhir?subject=Patient/${many}`, lines.join('\n'), headers);
  });
  const waits: number[] = [];
  let isOver = false;
  const all = Promise.all(flood).then((answers) => {
    isOver = true;
    return answers;
  });
  for (let second = 1; !isOver; second++) {
    const begun = performance.now();
    const answer = await submit(server, collection(heartRate(one, at(second), 60)));
    expect(answer.status, answer.text).toBe(201);
    if (!isOver) waits.push(performance.now() - begun);
  }
  expect((await all).map(({ status }) => status)).toEqual(flood.map(() => 201));
  // Before, three had their turn.
  expect(waits.length).toBeGreaterThan(10);
}, 120_000);

test('of a submission that names patients by as many queries as it has entries some are looked up', async () => {
  const grant = await server.smart.decide(callerOf({ patient: 'p', reach: ['p'] }));
  let asked = 0;
  const { fhir } = server.smart;
  const context: FhirContext = {
    ...fhir,
    database: new Proxy(fhir.database, {
      get(target, name) {
        asked += 1;
        return Reflect.get(target, name);
      },
    }),
  };
  const link = { tenant: 1, patient: 'p', grant } as unknown as Passage['link']; // the connection is not looked at
  const passage = { link, subjects: new Map<string, string>() } as unknown as Passage; // nor is the rest
  for (let n = 0; n < 5000; n++) expect(await isOther(context, passage, `Patient?identifier=http://x|${n}`)).toBe(true);
  expect(asked).toBeLessThan(2000);
  expect(passage.subjects.size).toBeLessThan(2000);
}, 60_000);

describe('where the patient has chosen what is brought', () => {
  async function chosen(...measures: string[]): Promise<string> {
    const patient = await patientIn(server);
    await submit(server, collection(heartRate(patient, at(0), 60)));
    await server.database.query('update device_connection set measures = $2 where tenant = 1 and patient = $1', [
      patient,
      measures,
    ]);
    return patient;
  }
  const weight = {
    code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
    valueQuantity: { value: 70, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
  };

  test('nothing else comes in as a component of it', async () => {
    const patient = await chosen('heart-rate');
    const heart = heartRate(patient, at(1), 60, { component: [weight] });
    const pulse = { code: heart.code, valueQuantity: heart.valueQuantity };
    const answer = await submit(server, collection(heart, heartRate(patient, at(2), 60)));
    expect(statusesOf(answer), answer.text).toEqual(['422', '201']);
    expect(issuesOf(answer)[0]).toMatch(/not chosen/);
    const other = await chosen('blood-pressure');
    const pressure = bloodPressure(other, at(1), 120, 80) as { component: object[] };
    const withPulse = { ...pressure, component: [...pressure.component, pulse] };
    const said = await submit(server, collection(withPulse, bloodPressure(other, at(2), 120, 80)));
    expect(statusesOf(said), said.text).toEqual(['201', '201']);
    const id = said.entries[0]?.response?.location?.split('/')[1];
    const stored = await (await server.fetch(`Observation/${id}`)).text();
    expect(stored).toContain('8480-6');
    expect(stored).not.toContain('8867-4');
  });

  test('and nothing of a code that is none of ours', async () => {
    const patient = await chosen('heart-rate');
    const code = { coding: [{ system: 'http://x.example', code: 'weight' }] };
    const answer = await submit(
      server,
      collection(heartRate(patient, at(1), 60, { component: [{ ...weight, code }] })),
    );
    expect(statusesOf(answer)).toEqual(['422']);
  });
});

test('a device that is called what a spreadsheet or a browser would run is a name and nothing more', async () => {
  const { nameOfDevice } = await import('../../src/devices/pages/readings.ts');
  const { csvField } = await import('../../src/devices/pages/csv.ts');
  for (const name of ['=HYPERLINK("http://x")', '+1', '-1+1|cmd', '@SUM(1)', '\t=1', '\r=1', '\n=1', ' =1', '＝1'])
    for (const field of [
      csvField(nameOfDevice({ resourceType: 'Device', deviceName: [{ name, type: 'other' }] } as Device)),
      csvField(name),
    ])
      expect(field).not.toMatch(/^"?\s*[=+\-@＝＋－＠]/u);
});
