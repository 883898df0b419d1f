import type { Resource } from '../../src/fhir/context.ts';
import { harbour, people, sampled } from './harbour-world.ts';

export type Ask = (method: string, path: string, body?: unknown, form?: boolean) => Promise<Answered>;
/** `sent`: what the recipient knew before: the path that was asked for. */
export type Answered = { status: number; headers: string; text: string; sent: string };

/** One way by which something could come out. */
export type ReadPath = {
  name: string;
  /** Every request of this way that could bring something of Harbour. */
  run(ask: Ask): AsyncIterable<Answered>;
};

const types = [...new Set(harbour.map(({ resourceType }) => resourceType))].filter(
  (type) => !/^(Organization|Practitioner|HealthcareService)$/.test(type),
);
const records = [...harbour.filter(({ resourceType }) => types.includes(resourceType)), ...sampled];
const nameOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;
const conditionCodes = people.map(({ code }) => code);

/** Requests that do not wait for each other, a few at a time. */
async function* each<T>(list: readonly T[], send: (one: T) => Promise<Answered>): AsyncIterable<Answered> {
  for (let at = 0; at < list.length; at += 16) yield* await Promise.all(list.slice(at, at + 16).map(send));
}

const gets =
  (paths: readonly string[]) =>
  (ask: Ask): AsyncIterable<Answered> =>
    each(paths, (path) => ask('GET', path));

const entries = (type: 'batch' | 'transaction') => ({
  resourceType: 'Bundle',
  type,
  entry: records.map((one) => ({ request: { method: 'GET', url: nameOf(one) } })),
});

/** The 24 ways of the flow matrix. */
export const paths: readonly ReadPath[] = [
  { name: 'read', run: gets(records.map(nameOf)) },
  { name: 'vread', run: gets(records.map((one) => `${nameOf(one)}/_history/1`)) },
  {
    name: 'history',
    run: gets([
      ...records.map((one) => `${nameOf(one)}/_history`),
      ...types.map((type) => `${type}/_history?_count=1000`),
      '_history?_count=1000',
    ]),
  },
  { name: 'search', run: gets([...types.map((type) => `${type}?_count=1000`), `?_type=${types.join()}&_count=1000`]) },
  {
    name: 'POST _search',
    run: (ask) => each(types, (type) => ask('POST', `${type}/_search`, '_count=1000&_total=accurate', true)),
  },
  {
    name: 'compartment',
    run: gets(
      people.flatMap(({ id }) => [`Patient/${id}/*?_count=1000`, `Patient/${id}/Observation`, `Patient/${id}/Claim`]),
    ),
  },
  {
    name: '_include',
    run: gets([
      ...types.map((type) => `${type}?_include=*&_count=1000`),
      'Observation?_id=ada-about-leo&_include=Observation:focus&_include=Observation:has-member',
      'Appointment?_include=Appointment:patient&_include=Appointment:actor',
      'Group?_include=Group:member',
    ]),
  },
  {
    name: '_revinclude',
    run: gets([
      ...types.map((type) => `${type}?_revinclude=*&_count=1000`),
      'Patient?_revinclude=Observation:focus&_revinclude=AuditEvent:patient&_revinclude=Group:member',
      'Organization?_revinclude=Coverage:payor&_revinclude=Coverage:policy-holder&_revinclude=Claim:provider',
    ]),
  },
  {
    name: ':iterate',
    run: gets([
      ...types.map((type) => `${type}?_include=*&_include:iterate=*&_count=200`),
      'Organization?_revinclude=Coverage:payor&_revinclude:iterate=Claim:patient&_include:iterate=Coverage:beneficiary',
    ]),
  },
  {
    name: 'chain',
    run: gets([
      ...people.map(({ family }) => `Observation?patient.name=${family}`),
      ...conditionCodes.map((code) => `Observation?focus:Condition.code=${code}`),
      ...people.map(({ family }) => `Appointment?patient.family=${family}`),
      'Coverage?beneficiary:Patient.birthdate=gt1900-01-01',
    ]),
  },
  {
    name: '_has',
    run: gets([
      ...conditionCodes.map((code) => `Patient?_has:Condition:patient:code=${code}`),
      ...conditionCodes.map((code) => `Organization?_has:Claim:provider:patient.name=x&name=${code}`),
      'Patient?_has:Group:member:_id=steps',
      'Practitioner?_has:CareTeam:participant:patient.birthdate=gt1900-01-01',
    ]),
  },
  {
    name: '_filter',
    run: gets(
      people.flatMap(({ family, code }) => [
        `Patient?_filter=family eq "${family}"`,
        `Condition?_filter=code eq ${code}`,
      ]),
    ),
  },
  {
    name: '_sort',
    run: gets([
      'Patient?_sort=birthdate&_count=1000',
      'Patient?_sort=family&_count=1000',
      'Appointment?_sort=reason-code&_count=1000',
      'ExplanationOfBenefit?_sort=provider&_count=1000',
      'Coverage?_sort=-beneficiary&_count=1000',
    ]),
  },
  {
    name: '_summary=count',
    run: gets([
      ...types.map((type) => `${type}?_summary=count`),
      ...conditionCodes.map((code) => `Condition?code=${code}&_summary=count`),
    ]),
  },
  {
    name: '_total',
    run: gets(types.flatMap((type) => [`${type}?_total=accurate&_count=1`, `${type}?_total=estimate&_count=1`])),
  },
  {
    name: '$everything',
    run: gets([
      ...people.map(({ id }) => `Patient/${id}/$everything`),
      ...people.map(({ id }) => `Observation/$lastn?patient=${id}&category=vital-signs`),
      ...people.map(({ id }) => `Observation/$stats?subject=Patient/${id}&code=8867-4&statistic=count&duration=8760`),
    ]),
  },
  { name: '$export', run: gets(['$export', 'Patient/$export', 'Group/steps/$export']) },
  {
    name: 'GraphQL',
    run: gets(['$graphql?query={Patient(id:"ada"){name{family}}}', 'Patient/ada/$graphql?query={id}']),
  },
  {
    name: 'Subscription',
    async *run(ask) {
      yield await ask('POST', 'Subscription', {
        resourceType: 'Subscription',
        status: 'requested',
        reason: 'to be told',
        criteria: 'Observation?patient=Patient/leo',
        channel: { type: 'rest-hook', endpoint: 'https://listener.example/hook', payload: 'application/fhir+json' },
      });
      yield await ask('GET', 'Subscription');
    },
  },
  {
    name: 'batch',
    async *run(ask) {
      yield await ask('POST', '', entries('batch'));
    },
  },
  {
    name: 'transaction',
    run: (ask) =>
      each(records, (one) =>
        ask('POST', '', {
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [{ request: { method: 'GET', url: nameOf(one) } }],
        }),
      ),
  },
  {
    name: 'Binary',
    run: (ask) =>
      each(
        people.flatMap(({ id }) => [`Binary/${id}-binary`, `Binary/${id}-binary?_format=json`]),
        (path) => ask('GET', path),
      ),
  },
  {
    name: '$document, $summary',
    run: gets(people.flatMap(({ id }) => [`Patient/${id}/$summary`, `Composition/${id}/$document`])),
  },
  {
    name: 'contained',
    run: gets([
      ...people.map(({ family }) => `ServiceRequest?subject:Patient.family=${family}&_contained=true`),
      ...types.map((type) => `${type}?_contained=both&_count=1000`),
    ]),
  },
];

export { records, types };
