import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { loinc, resources, ucum } from '../../../test/support/search-resources.ts';
import { type SearchWorld, searchWorld } from '../../../test/support/search-world.ts';

let world: SearchWorld;

beforeAll(async () => {
  world = await searchWorld();
  await world.store(resources);
  // Another tenant has the very same resources; nothing of it is ever seen.
  await world.store(resources, 2);
});

afterAll(() => world.close());

/** Query → ids of the matches, sorted. */
async function expectMatches(query: string, expected: string): Promise<void> {
  const found = await world.find(query);
  expect(
    found
      .map((one) => one.replace(/^\w+\//, ''))
      .sort()
      .join(' '),
  ).toBe(expected);
}

describe('every parameter type finds what it should', () => {
  test.each([
    // token
    ['Observation?code=8867-4', 'hr1 hr2 two'],
    [`Observation?code=${loinc}|8867-4`, 'hr1 hr2 two'],
    ['Observation?code=http://other|8867-4', ''],
    ['Observation?code=HR', 'two'],
    [`Observation?code=HR,${loinc}|85354-9`, 'bp two'],
    [`Observation?code=${loinc}|`, 'bp hr1 hr2 two'],
    ['Observation?status=final&code=8867-4', 'hr1 hr2 two'],
    ['Observation?status=amended', 'bp'],
    ['Patient?identifier=http://mrn|A%5C|1', 'p1'],
    ['Patient?identifier=A%5C|1', 'p1'],
    ['Patient?active=true', 'p1'],
    ['Patient?email=Ann@example.com', 'p1'],
    ['Patient?gender=http://hl7.org/fhir/administrative-gender|male', 'p2'],
    ['Observation?combo-code=8480-6', 'bp'],
    ['Observation?combo-code=8480-6,8867-4', 'bp hr1 hr2 two'],
    // string
    ['Patient?name=mull', 'p1'],
    ['Patient?name=MÜLLER', 'p1'],
    ['Patient?given=mary', 'p1'],
    ['Patient?given=jane', ''],
    ['Patient?name=ann,zoe', 'p1 p3'],
    ["Patient?family=o'brien%5C, 100%25_", 'p2'],
    ['Patient?family=%25', ''],
    ['Organization?name=clinic of zurich', 'org1'],
    // reference
    ['Observation?subject=Patient/p2', 'bp'],
    ['Observation?patient=p2', 'bp'],
    ['Observation?subject=p2', 'bp'],
    ['Observation?subject:Patient=p2', 'bp'],
    ['Observation?subject:Group=p2', ''],
    ['Observation?patient=http://fhir.test/fhir/R4/Patient/p2', 'bp'],
    ['Observation?patient=Patient/p2/_history/3', 'bp'],
    ['Observation?patient=http://elsewhere/Patient/p2', ''],
    ['Observation?performer=Practitioner/dr1', 'hr1'],
    ['Observation?has-member=hr1', 'hr2'],
    // date
    ['Patient?birthdate=1980-02-29', 'p1'],
    ['Patient?birthdate=1980', 'p1'],
    ['Patient?birthdate=1990-01', ''],
    ['Patient?birthdate=ge1990-01', 'p2'],
    ['Patient?birthdate=lt1985', 'p1'],
    ['Observation?date=2024-02-11', 'hr2'],
    ['Observation?date=2024-02-10', ''],
    ['Observation?date=2024', 'hr1 hr2 two'],
    ['Observation?date=gt2024-02-20', 'two'],
    ['Observation?date=lt2024-01-10', 'free two'],
    ['Observation?date=ge2024-01-15', 'hr1 hr2 two'],
    ['Observation?date=le2024-01-15', 'free hr1 two'],
    ['Observation?date=sa2024-01-14', 'hr1 hr2'],
    ['Observation?date=eb2024-01-16', 'free hr1'],
    ['Observation?date=ne2024-01', 'free hr2 two'],
    ['Observation?date=ge2024-01-10&date=le2024-01-20', 'hr1 two'],
    ['Encounter?date=2024-03-01', 'e1'],
    ['Encounter?date=gt2030', 'e2'],
    ['Encounter?date=ap2024-03-15', 'e1 e2'],
    // quantity
    ['Observation?value-quantity=5.4||mg', 'hr1 hr2'],
    [`Observation?value-quantity=5.4|${ucum}|mg`, 'hr1 hr2'],
    ['Observation?value-quantity=5.4', 'hr1'],
    ['Observation?value-quantity=5', 'hr1'],
    ['Observation?value-quantity=gt0.005||g', 'hr1 hr2'],
    ['Observation?value-quantity=lt0.0054||g', ''],
    ['Observation?value-quantity=gt100', 'two'],
    ['Observation?value-quantity=gt100||beats/min', 'two'],
    ['Observation?value-quantity=gt0', 'hr1 hr2 two'],
    ['Observation?component-value-quantity=gt140', 'bp'],
    ['Observation?combo-value-quantity=gt100', 'bp two'],
    // composite
    ['Observation?code-value-quantity=8867-4$gt5', 'hr1 two'],
    [`Observation?code-value-quantity=${loinc}|8867-4$5.4||mg`, 'hr1 hr2'],
    ['Observation?component-code-value-quantity=8480-6$gt140', 'bp'],
    ['Observation?component-code-value-quantity=8462-4$gt140', ''],
    [`Observation?combo-code-value-quantity=${loinc}|8480-6$gt140||mm[Hg]`, 'bp'],
    // number
    ['RiskAssessment?probability=gt0.5', 'risk'],
    ['RiskAssessment?probability=0.8', 'risk'],
    ['RiskAssessment?probability=0.75', ''],
    // uri
    ['ValueSet?url=http://sets/a/b', 'vs1'],
    ['ValueSet?url:below=http://sets/a', 'vs1 vs2'],
    ['ValueSet?url:above=http://sets/a/b/c', 'vs1 vs2'],
    ['Patient?_profile=http://profiles/x/patient', 'p1'],
    ['Patient?_profile:below=http://profiles/x', 'p1'],
    // special
    ['Location?near=47.37|8.54|5|km', 'zurich'],
    ['Location?near=47.37|8.54|100|km', 'bern zurich'],
    ['Location?near=47.37|8.54|3|[mi_us]', 'zurich'],
  ])('%s: %s', expectMatches);
});

describe('modifiers', () => {
  test.each([
    ['Patient?birthdate:missing=true', 'p3'],
    ['Patient?birthdate:missing=false', 'p1 p2'],
    ['Observation?combo-value-quantity:missing=true', 'free'],
    ['Observation?patient:missing=true', ''],
    ['Patient?given:exact=Ann', 'p1'],
    ['Patient?given:exact=ann', ''],
    ['Patient?name:contains=LLE', 'p1'],
    ['Patient?name:contains=0%25_x', 'p2'],
    ['Patient?name:contains=0_%25', ''],
    ['Patient?name:text=jane', 'p1'],
    ['Observation?code:text=heart', 'hr1'],
    ['Observation?code:text=PULSE', 'two'],
    ['Patient?gender:not=male', 'p1 p3'],
    ['Patient?gender:not=male,female', 'p3'],
    ['Observation?code:not=8867-4', 'bp free'],
    ['Observation?code:in=http://sets/a/b', 'bp'],
    ['Observation?code:not-in=http://sets/a/b', 'free hr1 hr2 two'],
    ['Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender', 'p1 p2'],
    ['Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|A%5C|1', 'p1'],
    ['Encounter?subject:identifier=http://mrn|B-2', 'e2'],
    ['Encounter?subject:identifier=B-2', 'e2'],
    ['Encounter?patient.name=b', 'e2'],
    ['Patient?_id:not=p1', 'p2 p3'],
  ])('%s: %s', expectMatches);

  test.each([
    ['Patient?birthdate:contains=1', /type date has the modifiers :missing/],
    ['Patient?birthdate:missing=maybe', /must be true or false/],
    ['Observation?code:below=1', /hierarchy/],
    ['Observation?code:in=http://nowhere', /not known here/],
    ['Patient?name:filter-is=x', /no such modifier/],
  ])('%s is refused with a reason', async (query, reason) => {
    expect((await world.find(query))[0]).toMatch(reason);
  });
});

describe('common parameters', () => {
  test.each([
    ['Patient?_id=p1,p2', 'p1 p2'],
    ['Patient?_lastUpdated=ge2026-01-01', 'p1 p2 p3'],
    ['Patient?_lastUpdated=lt2026-01-01', ''],
    ['Patient?_tag=http://tags|a', 'p1'],
    ['Patient?_source=http://feed/1', 'p1'],
    ['Patient?_text=friendly', 'p1'],
    ['Patient?_text=xhtml', ''],
    ['Patient?_content=Ann@example.com', 'p1'],
    ['Patient?_list=l1', 'p1'],
    ['Observation?_list=l1', 'bp'],
    ['Patient?_list=l2', ''],
    ['?_type=Patient,Practitioner&_lastUpdated=ge2026', 'dr1 p1 p2 p3'],
    ['?_tag=a', 'p1'],
    ['Patient/p1/Observation?code=8867-4', 'hr1 hr2 two'],
    ['Patient/p1/*', 'e1 free hr1 hr2 p1 risk two'],
    ['Practitioner/dr1/Observation', 'hr1'],
    ['Encounter/e1/Observation', 'hr1'],
    ['Patient/nobody/Observation', ''],
  ])('%s: %s', expectMatches);
});

describe('chains and _has', () => {
  test.each([
    ['Observation?subject:Patient.name=mull', 'free hr1 hr2 two'],
    ['Observation?patient.gender=male', 'bp'],
    ['Observation?subject.gender=male', 'bp'],
    ['Encounter?participant:Practitioner.name=arz', 'e1'],
    ['Observation?encounter.participant.name=eva', 'hr1'],
    ['Observation?subject:Patient.organization:Organization.name=clinic', 'free hr1 hr2 two'],
    ['Patient?organization.partof.name=clinic', 'p2'],
    ['Patient?general-practitioner:Practitioner.family=Ä', 'p1'],
    ['Patient?_has:Observation:patient:code=85354-9', 'p2'],
    ['Patient?_has:Observation:subject:code=8867-4', 'p1'],
    ['Practitioner?_has:Observation:performer:code=8867-4', 'dr1'],
    ['Observation?_has:Observation:has-member:code=8867-4', 'hr1'],
    ['Organization?_has:Patient:organization:_has:Observation:patient:code=85354-9', 'org2'],
    ['Practitioner?_has:Encounter:participant:patient.name=mull', 'dr1'],
    ['Patient?_has:Observation:patient:code=85354-9&gender=female', ''],
  ])('%s: %s', expectMatches);
});

describe('_filter', () => {
  test.each([
    ['name sw "Müll"', 'p1'],
    ['name co "LLE" and birthdate ge 1980', 'p1'],
    ['gender eq male or given eq "zoe"', 'p2 p3'],
    ['not (gender eq male) and birthdate pr true', 'p1'],
    ['gender ne male', 'p1 p3'],
    ['family ew "ller"', 'p1'],
    ['(gender eq male or gender eq female) and not(active eq true)', 'p2'],
    ['birthdate po 1980-02', 'p1'],
    ['organization re Organization/org1', 'p1'],
    ['organization.name co "clinic"', 'p1'],
    ['gender in http://hl7.org/fhir/ValueSet/administrative-gender', 'p1 p2'],
    ['family eq "x\' or 1=1--"', ''],
  ])('%s: %s', (filter, expected) => expectMatches(`Patient?_filter=${encodeURIComponent(filter)}`, expected));

  test.each([
    ['gender ss male', /operator "ss"/],
    ['name[use eq usual] sw "x"', /brackets/],
    ['gender eq', /comparison/],
    ['(gender eq male', /not closed/],
    ['gender eq male)', /not expected/],
    ['nope eq 1', /no search parameter "nope/],
  ])('%s is refused with a reason', async (filter, reason) => {
    expect((await world.find(`Patient?_filter=${encodeURIComponent(filter)}`))[0]).toMatch(reason);
  });
});

describe('includes', () => {
  test.each([
    ['Observation?_id=hr1&_include=Observation:subject', 'Observation/hr1 +Patient/p1'],
    ['Observation?_id=hr1&_include=Observation:patient', 'Observation/hr1 +Patient/p1'],
    ['Observation?_id=hr1&_include=Observation:subject:Group', 'Observation/hr1'],
    ['Observation?_id=hr1&_include=Observation:*', 'Observation/hr1 +Encounter/e1 +Patient/p1 +Practitioner/dr1'],
    ['Observation?_id=hr1&_include=*', 'Observation/hr1 +Encounter/e1 +Patient/p1 +Practitioner/dr1'],
    [
      'Observation?_id=hr2&_include=Observation:has-member&_include:iterate=Observation:encounter&_include:iterate=Encounter:participant',
      'Observation/hr2 +Observation/hr1 +Encounter/e1 +Practitioner/dr1',
    ],
    [
      'Observation?_id=hr2&_include=Observation:has-member&_include=Observation:encounter',
      'Observation/hr2 +Observation/hr1',
    ],
    ['Patient?_id=p2&_revinclude=Observation:subject', 'Patient/p2 +Observation/bp'],
    ['Patient?_id=p2&_revinclude=*', 'Patient/p2 +Encounter/e2 +Observation/bp'],
    [
      'Encounter?_id=e1&_revinclude:iterate=Encounter:part-of&_revinclude=Observation:encounter',
      'Encounter/e1 +Encounter/e2 +Observation/hr1',
    ],
  ])('%s: %s', async (query, expected) => {
    expect((await world.find(query)).join(' ')).toBe(expected);
  });

  test.each(['Observation:', 'Nope:subject', 'Observation:subject:Nope', 'Observation'])(
    '_include=%s is refused',
    async (value) => {
      expect((await world.find(`Observation?_include=${value}`))[0]).toMatch(/^400 _include is Type:parameter/);
    },
  );
});

describe('order', () => {
  test.each([
    ['Patient?_sort=birthdate', 'p1 p2 p3'],
    ['Patient?_sort=-birthdate', 'p2 p1 p3'],
    ['Patient?_sort=family', 'p1 p2 p3'],
    ['Patient?_sort=-family', 'p2 p1 p3'],
    ['Patient?_sort=gender,-_id', 'p1 p2 p3'],
    ['Patient?_sort=-_lastUpdated', 'p3 p2 p1'],
    ['Patient?_sort=_lastUpdated', 'p1 p2 p3'],
    ['Patient?_sort=-_id', 'p3 p2 p1'],
    ['Observation?patient=p1', 'hr2 hr1 two free'],
    ['Observation?_sort=-value-quantity,_id', 'two hr1 hr2 bp free'],
    ['Observation?_sort=-combo-value-quantity,_id', 'bp two hr1 hr2 free'],
    ['Observation?_sort=combo-value-quantity&_count=2', 'hr2 hr1'],
    ['Observation?_sort=status,-date', 'bp hr2 hr1 two free'],
    ['Observation?_sort=code,_id', 'bp hr1 hr2 two free'],
  ])('%s: %s', async (query, expected) => {
    const found = await world.find(query);
    expect(found.map((one) => one.replace(/^\w+\//, '')).join(' ')).toBe(expected);
  });

  test.each([
    'Observation?_sort=nope',
    'Patient?_sort=name;drop table resource--',
    'Patient?_sort=(select pg_sleep(5))',
  ])('%s is refused', async (query) => expect((await world.find(query))[0]).toMatch(/^400 _sort/));
});

describe('pages', () => {
  const orders = [
    '',
    '_sort=birthdate',
    '_sort=-birthdate',
    '_sort=family',
    '_sort=-family,_id',
    '_sort=_lastUpdated',
    '_sort=gender,-birthdate',
  ];
  const queries = [
    'Patient?',
    'Observation?patient=p1',
    'Observation?code=8867-4',
    'Observation?status=final',
    'Observation?_sort=-date&status=final',
    'Observation?_sort=date',
    'Observation?_sort=date&patient=p1',
    '?_type=Patient,Observation,Encounter&_sort=_lastUpdated',
    '?_type=Patient,Observation,Encounter&_sort=_id',
    'Patient/p1/*',
  ];
  test.each([...orders.map((order) => `Patient?${order}`), ...queries])(
    '%s in pages of one gives every match once, in the same order',
    async (query) => {
      const whole = await world.find(query);
      const paged: string[] = [];
      let next: string | null = `${query}${query.includes('?') ? '&' : '?'}_count=1`;
      while (next !== null && paged.length < 30) {
        const page = await world.ask(next);
        if (!('found' in page)) throw new Error(JSON.stringify(page));
        paged.push(...page.found.map(({ type, id }) => `${type}/${id}`));
        next = page.next?.replace('http://fhir.test/fhir/R4', '').replace(/^\//, '') ?? null;
      }
      expect(paged).toEqual(whole);
      expect(whole.length).toBeGreaterThan(1);
    },
  );

  test('_total counts the matches, and no others', async () => {
    for (const query of ['_total=accurate&_count=1', '_summary=count', '_count=0', '_total=estimate&_count=2']) {
      const page = await world.ask(`Observation?status=final&${query}`);
      expect(page).toMatchObject({ total: 4 });
    }
    expect(await world.ask('Observation?_summary=count')).toMatchObject({ total: 5, found: [], next: null });
    expect(await world.ask('Observation?status=final')).toMatchObject({ total: null });
  });

  test('the self link says what was understood', async () => {
    const page = await world.ask('Patient?name=ann&nope=1&_count=5&name:contains=');
    expect(page).toMatchObject({ self: 'http://fhir.test/fhir/R4/Patient?name=ann&_count=5' });
    expect('issues' in page && page.issues.map((one) => one.diagnostics)).toEqual([
      'name:contains has no value and was ignored',
      'Unknown search parameter "nope", which was ignored',
    ]);
    expect(await world.ask('Patient?nope=1', undefined, true)).toMatchObject({ ok: false, status: 400 });
  });
});
