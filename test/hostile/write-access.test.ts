import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { bundle, entry, jsonPatch, observation, of } from './requests.ts';
import { mrn } from './trap-resources.ts';
import {
  type Answer,
  bundleOf,
  indist,
  resourceOf,
  type Sent,
  statuses,
  type TrapWorld,
  trapWorld,
  versionsOfOthers,
} from './trap-world.ts';

let world: TrapWorld;
let before: string;
const send = (method: string, path: string, sent: Sent = {}): Promise<Answer> => world.ask('A', method, path, sent);

beforeAll(async () => {
  world = await trapWorld();
  before = await versionsOfOthers(world);
});
afterAll(() => world.close());
afterEach(async () => {
  // Whatever was tried: nothing was written in another's record, or in the attacker's that a test would not expect.
  expect(await versionsOfOthers(world)).toBe(before);
});

test('A-20 each entry of a batch is under the same gate', async () => {
  const answer = await send(
    'POST',
    '',
    bundle(
      'batch',
      entry('GET', 'Observation/ob1'),
      entry('GET', 'Observation/zz1'),
      entry('GET', 'Observation?subject=pb'),
      entry('GET', 'Patient/pb/$everything'),
      entry('GET', 'Observation/ob1/_history'),
      entry('GET', '_history'),
      entry('GET', 'metadata'),
      entry('POST', '/', { resourceType: 'Bundle', type: 'batch', entry: [entry('GET', 'Observation/ob1')] }),
      entry('GET', `${world.server.base}/Observation/ob1`),
    ),
  );
  expect(statuses(answer)).toEqual(['404', '404', '200', '404', '404', '200', '200', '409', '404']);
  expect(JSON.stringify(bundleOf(answer).entry?.[0]).replaceAll('ob1', 'zz1')).toBe(
    JSON.stringify(bundleOf(answer).entry?.[1]),
  );
  expect(bundleOf(answer).entry?.[2]?.resource).not.toHaveProperty('entry');
  for (const url of [
    '//evil.example/x',
    '../../admin',
    'http://evil.example/fhir/Patient/pb',
    'Patient/../Patient/pb',
    'Patient/%2e%2e',
  ]) {
    expect((await send('POST', '', bundle('batch', entry('GET', url)))).status, url).toBe(400);
    expect((await send('POST', '', bundle('transaction', entry('GET', url)))).status, url).toBe(400);
  }
});

test('A-20 a transaction refuses what its entries may not do, and shows nothing', async () => {
  for (const url of ['Observation/ob1', 'Patient/pb', 'Patient/pb/$everything']) {
    const [one, other] = [
      await send('POST', '', bundle('transaction', entry('GET', url))),
      await send('POST', '', bundle('transaction', entry('GET', url.replace(/pb|ob1/, 'zz')))),
    ];
    expect(one.status).toBe(404);
    for (const answer of [one, other]) delete answer.headers['content-length'];
    indist(one, other, ['ob1', 'pb', 'zz']);
  }
});

test('A-20 a fullUrl cannot stand for what is another’s', async () => {
  const victimUrl = `${world.server.base}/Observation/ob1`;
  // The new row is called as the victim's is: what refers to it refers to the new one.
  const made = await send(
    'POST',
    '',
    bundle(
      'transaction',
      entry('POST', 'Observation', observation(of('pa')), {}, victimUrl),
      entry(
        'POST',
        'Observation',
        observation({ ...of('pa'), hasMember: [{ reference: 'Observation/ob1' }] }),
        {},
        `${world.server.base}/Observation/x`,
      ),
    ),
  );
  expect(statuses(made)).toEqual(['201', '201']);
  const [first, second] = (bundleOf(made).entry ?? []).map(
    ({ response }) => response?.location?.split('/_history')[0] ?? '',
  );
  expect(resourceOf(await send('GET', second ?? '')).hasMember).toEqual([{ reference: first }]);
  // A urn that stands for a row of A's cannot become a Patient who is not A.
  const urn = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';
  const refused = await send(
    'POST',
    '',
    bundle(
      'transaction',
      entry('POST', 'Patient', { resourceType: 'Patient' }, {}, urn),
      entry('POST', 'Observation', observation({ subject: { reference: urn } })),
    ),
  );
  expect(refused.status).toBe(403);
  for (const path of [first, second]) await send('DELETE', path ?? '');
});

const criteria = (value: string): string => `identifier=${mrn}|${value}`;

test('A-21 a conditional create does not tell what is hidden', async () => {
  for (const [body, one, other] of [
    [{ resourceType: 'Patient' }, criteria('B-77'), criteria('Z-99')],
    [observation(of('pb')), 'code=http://loinc.org|44261-6', 'code=http://loinc.org|99999-9'],
  ] as const) {
    const create = (condition: string): Promise<Answer> =>
      send('POST', body.resourceType, { body, headers: { 'if-none-exist': condition } });
    expect((await create(one)).status).toBe(403);
    indist(await create(one), await create(other), []);
    for (const type of ['batch', 'transaction'] as const) {
      const inside = (ifNoneExist: string): Promise<Answer> =>
        send('POST', '', bundle(type, entry('POST', body.resourceType, body, { ifNoneExist })));
      indist(await inside(one), await inside(other), []);
    }
  }
  // Of the own record: it is created, as if there were no other of the same code.
  const body = observation(of('pa'));
  for (const condition of ['code=http://loinc.org|44261-6', 'subject=Patient/pb', 'subject:Patient.identifier=B-77']) {
    const made = await send('POST', 'Observation', { body, headers: { 'if-none-exist': condition } });
    expect(made.status, condition).toBe(201);
    expect(made.headers.location).not.toMatch(/pb|ob1/);
    await send('DELETE', `Observation/${resourceOf(made).id}`);
    for (const type of ['batch', 'transaction'] as const) {
      const inside = await send(
        'POST',
        '',
        bundle(type, entry('POST', 'Observation', body, { ifNoneExist: condition })),
      );
      expect(statuses(inside), condition).toEqual(['201']);
      await send('DELETE', bundleOf(inside).entry?.[0]?.response?.location?.split('/_history')[0] ?? '');
    }
  }
});

test('A-22 conditional updates, patches and deletes do not find what is hidden', async () => {
  const update = (value: string): Promise<Answer> =>
    send('PUT', `Patient?${criteria(value)}`, { body: { resourceType: 'Patient', active: true } });
  indist(await update('B-77'), await update('Z-99'), []);
  const withId = (value: string): Promise<Answer> =>
    send('PUT', `Observation?code=${value}`, { body: observation({ id: 'ob1', ...of('pa') }) });
  indist(await withId('44261-6'), await withId('99999-9'), []);
  const patch = jsonPatch({ op: 'replace', path: '/code/text', value: 'x' });
  const patched = (code: string): Promise<Answer> => send('PATCH', `Condition?code=${code}`, patch);
  expect((await patched('F32.2')).status).toBe(404);
  indist(await patched('F32.2'), await patched('Z99.9'), []);
  for (const query of [
    'subject=Patient/pb&_count=1000',
    'subject=Patient/zz&_count=1000',
    'code=44261-6',
    'code=99999-9',
  ])
    expect([204, 400], query).toContain((await send('DELETE', `Observation?${query}`)).status);
  indist(await send('DELETE', 'Observation?code=44261-6'), await send('DELETE', 'Observation?code=99999-9'), []);
  for (const type of ['batch', 'transaction'] as const) {
    for (const [method, one, other] of [
      ['DELETE', 'Observation?code=44261-6', 'Observation?code=99999-9'],
      ['DELETE', 'Patient?birthdate=1961-03-09', 'Patient?birthdate=1931-03-09'],
    ] as const) {
      indist(
        await send('POST', '', bundle(type, entry(method, one))),
        await send('POST', '', bundle(type, entry(method, other))),
        [],
      );
    }
  }
});

test('A-22 a conditional reference does not find what is hidden', async () => {
  const refer = (target: string): Promise<Answer> =>
    send(
      'POST',
      '',
      bundle('transaction', entry('POST', 'Observation', observation({ ...of('pa'), focus: [{ reference: target }] }))),
    );
  const one = await refer(`Patient?${criteria('B-77')}`);
  expect([one.status, one.text]).toEqual([412, expect.stringContaining('matches nothing')]);
  indist(one, await refer(`Patient?${criteria('Z-99')}`), ['B-77', 'Z-99']);
  indist(await refer('Observation?code=44261-6'), await refer('Observation?code=99999-9'), ['44261-6', '99999-9']);
  const subject = (value: string): Promise<Answer> =>
    send(
      'POST',
      '',
      bundle(
        'transaction',
        entry('POST', 'Observation', observation({ subject: { reference: `Patient?${criteria(value)}` } })),
      ),
    );
  indist(await subject('B-77'), await subject('Z-99'), ['B-77', 'Z-99']);
  // Who works where is no secret.
  const made = await refer('Practitioner?name=Okafor');
  expect(statuses(made)).toEqual(['201']);
  await send('DELETE', bundleOf(made).entry?.[0]?.response?.location?.split('/_history')[0] ?? '');
});

test('A-23 a patch tells nothing of what it is tried on', async () => {
  const birth = (date: string): Sent => jsonPatch({ op: 'test', path: '/birthDate', value: date });
  indist(
    await send('PATCH', 'Patient/pb', birth('1961-03-09')),
    await send('PATCH', 'Patient/pb', birth('1931-03-09')),
    [],
  );
  indist(
    await send('PATCH', 'Patient/pb', birth('1961-03-09')),
    await send('PATCH', 'Patient/zz', birth('1961-03-09')),
    ['pb', 'zz'],
  );
  const fhirPath = (expression: string): Sent => ({
    body: {
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'operation',
          part: [
            { name: 'type', valueCode: 'replace' },
            { name: 'path', valueString: expression },
            { name: 'value', valueBoolean: true },
          ],
        },
      ],
    },
  });
  const [one, other] = [
    await send('PATCH', 'Patient/pb', fhirPath("Patient.where(birthDate='1961-03-09').active")),
    await send('PATCH', 'Patient/pb', fhirPath("Patient.where(birthDate='1931-03-09').active")),
  ];
  expect(one.status).toBe(404);
  indist(one, other, []);
  for (const type of ['batch', 'transaction'] as const) {
    const inside = (date: string): Promise<Answer> => {
      const data = Buffer.from(JSON.stringify([{ op: 'test', path: '/birthDate', value: date }])).toString('base64');
      return send(
        'POST',
        '',
        bundle(
          type,
          entry('PATCH', 'Patient/pb', { resourceType: 'Binary', contentType: 'application/json-patch+json', data }),
        ),
      );
    };
    indist(await inside('1961-03-09'), await inside('1931-03-09'), []);
  }
  // Within the own record an expression reaches no other: resolve() does not look anything up.
  const resolving = await send(
    'PATCH',
    'Patient/pa',
    fhirPath("Patient.where(link.other.resolve().birthDate = '1961-03-09').active"),
  );
  const control = await send(
    'PATCH',
    'Patient/pa',
    fhirPath("Patient.where(link.other.resolve().birthDate = '1931-03-09').active"),
  );
  indist(resolving, control, ['1961-03-09', '1931-03-09']);
});

test('A-25 a contained resource is no resource of the server', async () => {
  const body = {
    resourceType: 'ServiceRequest',
    status: 'active',
    intent: 'order',
    ...of('pa'),
    requester: { reference: '#pb' },
    contained: [
      { resourceType: 'Patient', id: 'pb', identifier: [{ system: mrn, value: 'B-77' }], name: [{ family: 'Shadow' }] },
      { resourceType: 'Binary', id: 'bb1', contentType: 'text/plain', data: 'QQ==' },
    ],
    supportingInfo: [{ reference: '#bb1' }],
  };
  const made = await send('POST', 'ServiceRequest', { body });
  expect(made.status, made.text).toBe(201);
  const id = String(resourceOf(made).id);
  expect(bundleOf(await send('GET', `ServiceRequest?subject.identifier=${mrn}|B-77`)).entry).toBeUndefined();
  expect(bundleOf(await send('GET', `ServiceRequest?requester:Patient.identifier=${mrn}|B-77`)).entry).toBeUndefined();
  expect(bundleOf(await send('GET', 'Patient?family=Shadow')).entry).toBeUndefined();
  expect((await send('GET', 'Patient/pb')).status).toBe(404);
  expect(
    bundleOf(await send('GET', `ServiceRequest?_id=${id}&_include=*`, { known: 'B-77' })).entry?.map(
      (one) => one.resource?.id,
    ),
  ).toEqual(expect.not.arrayContaining(['pb', 'bb1']));
  expect(resourceOf(await world.ask('system', 'GET', 'Patient/pb')).name).toMatchObject([{ family: 'Zyxworth' }]);
  // Nor does a contained Patient put its container into somebody's record.
  const inside = {
    ...body,
    subject: { reference: '#pb' },
    contained: [{ resourceType: 'Patient', id: 'pb' }],
    supportingInfo: [],
  };
  expect((await send('POST', 'ServiceRequest', { body: { ...inside, supportingInfo: undefined } })).status).toBe(403);
  // An order is of the record of the service, which a patient does not take back.
  expect((await send('DELETE', `ServiceRequest/${id}`)).status).toBe(409);
  expect((await world.ask('system', 'DELETE', `ServiceRequest/${id}`)).status).toBe(204);
});
