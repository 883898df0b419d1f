import type { Actor } from '../../src/fhir/access.ts';
import type { Resource } from '../../src/fhir/context.ts';
import type { Server, TokenAsk } from '../support/server.ts';
import { patientsOf, people, sampled } from './harbour-world.ts';

/** What somebody sees of a resource: all, nothing, or these members of it and no other. */
export type Sight = 'whole' | 'none' | readonly string[];

export type Recipient = {
  /** The row of the flow matrix: F1 … F28. */
  row: string;
  who: string;
  /** Their bearer token; null: they have none, and there is no way to get one. */
  token(server: Server): Promise<string | null>;
  /** What the policy says, read plainly; written down here and nowhere else. */
  sees(resource: Resource): Sight;
  /** What they must be able to read, so that nobody passes by seeing nothing. */
  must: readonly string[];
  /** People whose names they are told though they do not see the Patient whole. */
  names?: readonly string[];
  /** Done before they ask. */
  prepare?(server: Server): Promise<void>;
};

const nothing = (): Sight => 'none';

/** The codes by which a record of Harbour is about something that is kept apart. */
const sensitive = /F11\.20|F32\.2|B20|Z30\.09/;
export const isSensitive = (resource: Resource): boolean => sensitive.test(JSON.stringify(resource));

const administrative = new Set([
  'Patient',
  'Coverage',
  'RelatedPerson',
  'Account',
  'Appointment',
  'Communication',
  'CommunicationRequest',
  'Task',
  'CareTeam',
]);

const isOf = (resource: Resource, ids: readonly string[]): boolean =>
  patientsOf(resource).some((id) => ids.includes(id));

/** Whom a request is about, for who answers it: no more than who they are. */
const known = ({ resourceType }: Resource): Sight =>
  resourceType === 'Patient' ? ['resourceType', 'id', 'meta', 'active', 'identifier', 'name', 'birthDate'] : 'none';

const as =
  (scope: string, ask: TokenAsk): Recipient['token'] =>
  (server) =>
    server.token(scope, { subject: 'leak', ...ask });

const staff = (actor: Actor, id: string, more: TokenAsk = {}): Recipient['token'] =>
  as('user/*.cruds', { actor, fhirUser: `Practitioner/${id}`, ...more });

const ownRecord =
  (id: string) =>
  (resource: Resource): Sight =>
    isOf(resource, [id]) ? 'whole' : 'none';

const membersOf = (carrier: string): string[] => people.filter((one) => one.carrier === carrier).map(({ id }) => id);

function seenByCarrier(resource: Resource, carrier: string): Sight {
  if (!isOf(resource, membersOf(carrier))) return 'none';
  switch (resource.resourceType) {
    case 'Patient':
      return [
        'resourceType',
        'id',
        'meta',
        'identifier',
        'name',
        'telecom',
        'gender',
        'birthDate',
        'address',
        'active',
        'deceasedBoolean',
        'deceasedDateTime',
        'maritalStatus',
        'communication',
      ];
    case 'Coverage':
    case 'RelatedPerson':
      return 'whole';
    // What it has written itself.
    case 'ExplanationOfBenefit':
    case 'ClaimResponse':
      return JSON.stringify(resource).includes(`Organization/${carrier}`) ? 'whole' : 'none';
    default:
      return 'none';
  }
}

export const recipients: readonly Recipient[] = [
  {
    row: 'F1',
    who: 'the person themself',
    token: as('patient/*.cruds', { patient: 'ada', fhirUser: 'Patient/ada', actor: 'self' }),
    sees: ownRecord('ada'),
    must: ['Patient/ada', 'Condition/ada-condition', 'Observation/ada-about-leo', 'Binary/ada-binary'],
  },
  {
    row: 'F2',
    who: 'a mother of a girl of fifteen',
    token: as('user/*.rs', { fhirUser: 'RelatedPerson/guardian', actor: 'proxy' }),
    sees: (resource) => (isOf(resource, ['eve']) && !isSensitive(resource) ? 'whole' : 'none'),
    must: ['Patient/eve', 'Observation/eve-observation'],
  },
  {
    row: 'F3',
    who: 'a clinician who treats three of them',
    token: staff('practitioner', 'treating'),
    sees(resource) {
      if (!isOf(resource, ['ada', 'eve', 'ivo']) || isSensitive(resource)) return 'none';
      // One of them keeps a visit, and what belongs to it, apart.
      return JSON.stringify(resource).includes('ivo-encounter') || resource.id === 'ivo-encounter' ? 'none' : 'whole';
    },
    must: ['Patient/ada', 'Observation/ada-observation', 'Patient/ivo', 'MedicationRequest/ivo-medication'],
  },
  {
    row: 'F4',
    who: 'a clinician in an emergency',
    token: staff('practitioner', 'emergency'),
    async prepare(server) {
      const token = await this.token(server);
      const answer = await server.fetch('Patient/hana/$break-glass', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({
          resourceType: 'Parameters',
          parameter: [{ name: 'reason', valueString: 'Brought in unconscious' }],
        }),
      });
      if (answer.status >= 300) throw new Error(await answer.text());
    },
    sees: ownRecord('hana'),
    must: ['Patient/hana', 'Condition/hana-condition'],
  },
  {
    row: 'F5',
    who: 'an agent of customer care with a task for one of them',
    token: staff('care-agent', 'agent'),
    sees: (resource) =>
      isOf(resource, ['ben']) && administrative.has(resource.resourceType) && !isSensitive(resource) ? 'whole' : 'none',
    must: ['Patient/ben', 'Coverage/ben-coverage'],
  },
  {
    row: 'F6',
    who: 'a concierge with a task for one of them',
    token: staff('concierge', 'concierge'),
    sees: (resource) => (isOf(resource, ['finn']) && !isSensitive(resource) ? 'whole' : 'none'),
    must: ['Patient/finn', 'Observation/finn-observation'],
  },
  {
    row: 'F7',
    who: 'a contractor for whom nothing is registered',
    token: as('system/*.rs', { actor: 'contractor' }),
    sees: nothing,
    must: [],
  },
  {
    row: 'F8',
    who: 'a carrier',
    token: as('system/*.rs', { actor: 'carrier', organization: 'sun' }),
    sees: (resource) => seenByCarrier(resource, 'sun'),
    must: ['Coverage/ada-coverage', 'Patient/ada'],
  },
  {
    row: 'F9',
    who: 'the other carrier',
    token: as('system/*.rs', { actor: 'carrier', organization: 'moon' }),
    sees: (resource) => seenByCarrier(resource, 'moon'),
    must: ['Coverage/gus-coverage'],
  },
  ...[
    ['F10', 'an employer, for its aggregates'],
    ['F11', 'an employer, for who took part'],
    ['F12', 'an employer, for results'],
    ['F13', 'an employer, for answers'],
  ].map(
    ([row = '', who = '']): Recipient => ({
      row,
      who,
      token:
        row === 'F10'
          ? as('system/*.rs', { actor: 'hr-admin', organization: 'harbour-co' })
          : staff('hr-admin', 'hr', { organization: 'harbour-co' }),
      sees: nothing,
      must: [],
    }),
  ),
  {
    row: 'F14',
    who: 'somebody in the same challenge',
    token: as('patient/*.cruds', { patient: 'gus', fhirUser: 'Patient/gus', actor: 'self' }),
    sees: ownRecord('gus'),
    must: ['Patient/gus', 'Appointment/gus-booking'],
  },
  {
    row: 'F15',
    who: 'a service provider of the marketplace',
    token: as('system/*.rs', { actor: 'provider-market', organization: 'spa' }),
    sees: (resource) =>
      resource.id === 'gus-booking'
        ? ['resourceType', 'id', 'contained', 'status', 'serviceType', 'description', 'start', 'end', 'participant']
        : 'none',
    must: ['Appointment/gus-booking'],
    names: ['gus'],
  },
  {
    row: 'F16',
    who: 'a payment processor',
    token: as('system/*.rs', { actor: 'contractor', purpose: 'HPAYMT' }),
    sees: nothing,
    must: [],
  },
  {
    row: 'F17',
    who: 'whoever holds the plan of another',
    token: as('patient/*.cruds', { patient: 'cara', fhirUser: 'Patient/cara', actor: 'self' }),
    sees(resource) {
      if (isOf(resource, ['cara'])) return 'whole';
      const dependent = isOf(resource, ['ben', 'dan']);
      if (dependent && resource.resourceType === 'Coverage') return 'whole';
      // Of what those on the plan have spent, the amounts.
      return dependent && resource.resourceType === 'ExplanationOfBenefit'
        ? [
            'resourceType',
            'id',
            'meta',
            'status',
            'type',
            'use',
            'patient',
            'created',
            'insurer',
            'outcome',
            'insurance',
            'total',
            'payment',
          ]
        : 'none';
    },
    must: ['Patient/cara'],
  },
  {
    row: 'F18',
    who: 'an app that was let at vital signs',
    token: as('patient/Observation.rs?category=vital-signs', { patient: 'ada', actor: 'app' }),
    sees: (resource) => (['ada-observation', sampled[0]?.id].includes(resource.id) ? 'whole' : 'none'),
    must: ['Observation/ada-observation', `Observation/${sampled[0]?.id}`],
  },
  {
    row: 'F19',
    who: 'a gateway of devices',
    token: as('patient/Observation.c patient/Device.rs', { patient: 'ada', actor: 'device-gateway' }),
    sees: nothing,
    must: [],
  },
  {
    row: 'F20',
    who: 'the feed of an employer',
    token: as('system/*.cruds', { actor: 'employer-feed', organization: 'harbour-co' }),
    sees: nothing,
    must: [],
  },
  {
    row: 'F21',
    who: 'a sender of marketing',
    token: as('system/*.rs', { actor: 'marketing' }),
    sees: nothing,
    must: [],
  },
  {
    row: 'F22',
    who: 'analytics',
    token: as('system/*.rs', { actor: 'analytics' }),
    sees: nothing,
    must: [],
  },
  {
    row: 'F23',
    who: 'counsel, with no order',
    token: staff('legal', 'counsel'),
    sees: (resource) => (/^(Task|Flag)$/.test(resource.resourceType) ? 'whole' : known(resource)),
    must: ['Patient/leo'],
  },
  { row: 'F24', who: 'an acquirer', token: async () => null, sees: nothing, must: [] },
  {
    row: 'F25',
    who: 'another EHR',
    token: as('system/*.rs', { actor: 'system' }),
    sees: (resource) => (isSensitive(resource) ? 'none' : 'whole'),
    must: ['Patient/leo', 'Condition/leo-condition'],
  },
  {
    row: 'F26',
    who: 'a system administrator',
    token: staff('sysadmin', 'admin'),
    sees: nothing,
    must: [],
  },
  {
    row: 'F27',
    who: 'the privacy officer',
    token: staff('privacy-officer', 'officer'),
    sees: (resource) =>
      /^(Consent|Task|Flag|Provenance|AuditEvent)$/.test(resource.resourceType) ? 'whole' : known(resource),
    must: ['Consent/ivo-lock'],
  },
  { row: 'F28', who: 'a guest in a visit', token: async () => null, sees: nothing, must: [] },
];
