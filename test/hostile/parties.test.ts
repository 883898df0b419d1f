import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Resource } from '../../src/fhir/context.ts';
import {
  type Answer,
  ask,
  coverage,
  employeeNumber,
  organization,
  partyToken,
  person,
  put,
} from '../support/parties-world.ts';
import { type Server, startServer } from '../support/server.ts';
import { indist as same } from './trap-world.ts';

let server: Server;
const tokens: Record<string, string> = {};

const as = (who: string, method: string, path: string, body?: object, headers = {}): Promise<Answer> =>
  ask(server, tokens[who] ?? '', method, path, body, headers);

const canaries = /Zyxworth|1961-03-09|F32\.2|canary|B-77|555-0177|zyx@/;

/** Two answers tell the asker nothing, but for what they sent. */
function indist(one: Answer, other: Answer, sent: readonly string[]): void {
  const plain = ({ status, headers, text }: Answer) => {
    const { 'content-length': _, date: __, 'x-request-id': ___, ...rest } = Object.fromEntries(headers);
    return { status, headers: rest, text };
  };
  same(plain(one), plain(other), sent);
}

beforeAll(async () => {
  server = await startServer();
  for (const [who, scope, claims] of [
    ['employer', 'system/*.cruds', { actor: 'hr-admin', organization: 'acme' }],
    ['feed', 'system/*.cruds', { actor: 'employer-feed', organization: 'acme' }],
    ['market', 'system/*.cruds', { actor: 'provider-market', organization: 'spa' }],
    ['carrier', 'system/*.cruds', { actor: 'carrier', organization: 'sun' }],
    ['sender', 'system/*.cruds', { actor: 'marketing' }],
    ['nowhere', 'system/*.cruds', { actor: 'carrier' }],
  ] as const)
    tokens[who] = await partyToken(server, claims, scope);
  const victim = person('pb', {
    identifier: [{ system: 'http://h.example/mrn', value: 'B-77' }, employeeNumber('acme', 'E-1')],
    name: [{ family: 'Zyxworth', given: ['Bea'] }],
    birthDate: '1961-03-09',
    telecom: [{ system: 'email', value: 'zyx@mail.example' }],
  });
  const of = { reference: 'Patient/pb' };
  const resources: Resource[] = [
    victim,
    ...['acme', 'spa', 'sun', 'moon'].map(organization),
    coverage('cb', { member: 'pb', employer: 'acme', payor: 'moon' }),
    {
      resourceType: 'Condition',
      id: 'kb',
      subject: of,
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F32.2' }] },
    },
    {
      resourceType: 'Observation',
      id: 'ob',
      status: 'final',
      subject: of,
      code: { coding: [{ system: 'http://loinc.org', code: '44261-6' }] },
      valueString: 'canary',
    },
    {
      resourceType: 'Appointment',
      id: 'ab',
      status: 'booked',
      start: '2030-04-01T10:00:00Z',
      end: '2030-04-01T11:00:00Z',
      serviceType: [{ text: 'Massage' }],
      comment: 'canary',
      reasonCode: [{ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'F32.2' }] }],
      participant: [
        { actor: of, status: 'accepted' },
        { actor: { reference: 'HealthcareService/yoga' }, status: 'accepted' },
      ],
    },
  ];
  await put(server, ...resources);
});
afterAll(() => server.close());

const paths = [
  'Patient/pb',
  'Patient?name=Zyxworth',
  'Patient?_has:Observation:focus:code=44261-6',
  'Patient?_has:Observation:patient:code=44261-6',
  'Patient?_has:Condition:patient:code=F32.2',
  'Organization?_has:Coverage:policy-holder:beneficiary.name=Zyxworth',
  'HealthcareService?_has:Appointment:actor:reason-code=F32.2',
  'Organization?_revinclude=Coverage:policy-holder&_revinclude=Appointment:actor',
  'Organization/acme?_revinclude=*',
  'Organization?_revinclude=*&_include:iterate=*',
  'Observation?code=44261-6&_summary=count',
  'Condition?code=F32.2&_total=accurate',
  'Appointment?actor:HealthcareService.name=yoga',
  'Appointment/ab',
  'Appointment/ab/_history/1',
  'Coverage/cb',
  'Patient/pb/$everything',
  '_history',
  'Patient/_history',
  '?_type=Patient,Observation',
  'Patient/pb/*',
  '$meta',
  'Appointment/$meta',
  'Group',
  'Binary/x',
  'AuditEvent?patient=Patient/pb',
  'Provenance?target=Patient/pb',
];

test.each(['employer', 'feed', 'market', 'carrier', 'sender', 'nowhere'])(
  'A-11 %s finds nothing of a stranger by any path, link, count or list',
  async (who) => {
    for (const path of paths) {
      const answer = await as(who, 'GET', path);
      // The link to itself says what was asked.
      expect(answer.text.replaceAll(path, ''), `${who} ${path}`).not.toMatch(canaries);
      expect([200, 403, 404], `${who} ${path} ${answer.text}`).toContain(answer.status);
      expect(answer.text, `${who} ${path}`).not.toMatch(
        /"id":"(pb|ob|ab|cb|kb)"|"total":[1-9]\d*,"link":\[\{"relation":"self","url":"[^"]*\/(Patient|Observation|Condition|Appointment|Coverage)\b/,
      );
    }
  },
);

test('A-11 what is asked of hidden rows changes no answer', async () => {
  for (const who of ['employer', 'market', 'carrier']) {
    for (const [path, right, wrong] of [
      ['Organization?_has:Coverage:policy-holder:status=#', 'active', 'cancelled'],
      ['Patient?_has:Condition:patient:code=#', 'F32.2', 'Z99.9'],
      ['HealthcareService?_has:Appointment:actor:reason-code=#', 'F32.2', 'Z99.9'],
      ['Appointment?reason-code=#', 'F32.2', 'Z99.9'],
      ['Coverage?beneficiary.birthdate=#', '1961-03-09', '1931-03-09'],
      ['Patient?birthdate=#', '1961-03-09', '1931-03-09'],
      ['Patient/#', 'pb', 'zz'],
      ['Appointment/#', 'ab', 'zz'],
    ] as const) {
      const [one, other] = [
        await as(who, 'GET', path.replace('#', right)),
        await as(who, 'GET', path.replace('#', wrong)),
      ];
      indist(one, other, [right, wrong]);
    }
  }
});

test('A-23 a patch tests nothing, neither its operations nor its criteria', async () => {
  const json = { 'content-type': 'application/json-patch+json' };
  const testing = (path: string, value: string) => [{ op: 'test', path, value }];
  for (const who of ['employer', 'feed', 'market', 'carrier']) {
    for (const [name, path, right, wrong] of [
      ['Patient/pb', '/birthDate', '1961-03-09', '1931-03-09'],
      ['Appointment/ab', '/comment', 'canary', 'other'],
      ['Coverage/cb', '/status', 'active', 'draft'],
    ] as const) {
      const [one, other] = [
        await as(who, 'PATCH', name, testing(path, right), json),
        await as(who, 'PATCH', name, testing(path, wrong), json),
      ];
      expect([403, 404], `${who} ${name}`).toContain(one.status);
      indist(one, other, [right, wrong]);
    }
    const [hit, miss] = [
      await as(who, 'PATCH', 'Patient?identifier=B-77', testing('/active', 'true'), json),
      await as(who, 'PATCH', 'Patient?identifier=Z-99', testing('/active', 'true'), json),
    ];
    indist(hit, miss, ['B-77', 'Z-99']);
  }
});

test('A-20 A-21 in a batch, and with conditions, each finds as little', async () => {
  const entry = (request: object, resource?: object) => ({ request, ...(resource ? { resource } : {}) });
  const made = { resourceType: 'Patient', identifier: [{ system: 'http://h.example/mrn', value: 'B-77' }] };
  for (const who of ['employer', 'feed', 'market', 'carrier', 'sender']) {
    for (const type of ['batch', 'transaction']) {
      const body = (number: string) => ({
        resourceType: 'Bundle',
        type,
        entry: [
          entry({ method: 'GET', url: `Patient?identifier=${number}` }),
          entry({ method: 'POST', url: 'Patient', ifNoneExist: `identifier=${number}` }, made),
          entry({ method: 'PUT', url: `Patient?identifier=${number}` }, made),
          entry({ method: 'DELETE', url: `Patient?identifier=${number}` }),
        ],
      });
      const [one, other] = [await as(who, 'POST', '', body('B-77')), await as(who, 'POST', '', body('Z-99'))];
      indist(one, other, ['B-77', 'Z-99']);
      expect(one.text).not.toMatch(/"location"|20[01]/);
    }
  }
  expect((await server.fetch('Patient/pb')).status).toBe(200);
});

test('a party that says of no organization that it is theirs sees nothing', async () => {
  for (const actor of ['carrier', 'hr-admin', 'provider-market', 'employer-feed'] as const) {
    const token = await partyToken(server, { actor });
    for (const path of [
      'Patient',
      'Coverage',
      'Appointment',
      'Organization/acme',
      'Organization/acme/$aggregate-report',
      'Organization/acme/$elections-feed',
    ])
      expect([403, 404], `${actor} ${path}`).toContain((await ask(server, token, 'GET', path)).status);
  }
});

test('a party asks for no purpose but its own', async () => {
  for (const [actor, purpose] of [
    ['hr-admin', 'TREAT'],
    ['carrier', 'HMARKT'],
    ['provider-market', 'TREAT'],
    ['carrier', 'ETREAT'],
  ] as const) {
    const token = await partyToken(server, { actor, purpose, organization: 'acme' });
    for (const path of ['Patient', 'Organization/acme', 'Organization/acme/$aggregate-report'])
      expect((await ask(server, token, 'GET', path)).status, `${actor} ${purpose} ${path}`).toBe(403);
  }
});
