import type { AuditEvent, AuditEventAgent, AuditEventEntity, Coding, Reference } from '@medplum/fhirtypes';
import { refusalOf } from './refusals.ts';

import { type AuditShape, type AuditUse, actionOf, emergency, isSearch } from './used.ts';

/** A row of the ledger as the view `audit_event` gives it: shape, use, id, ms since 1970, id of the patient or ''. */
type Compact = [shape: AuditShape, use: AuditUse, id: string, recorded: number, patient: string];

const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const source = { coding: [{ system: dicom, code: '110153', display: 'Source Role ID' }] };
const destination = { coding: [{ system: dicom, code: '110152', display: 'Destination Role ID' }] };
const terminology = 'http://terminology.hl7.org/CodeSystem';
export const resourceTypeSystem = 'http://hl7.org/fhir/resource-types';
const balp = 'https://profiles.ihe.net/ITI/BALP';

const person: Coding = { system: `${terminology}/audit-entity-type`, code: '1', display: 'Person' };
const systemObject: Coding = { system: `${terminology}/audit-entity-type`, code: '2', display: 'System Object' };
const role = (code: string, display: string): Coding => ({ system: `${terminology}/object-role`, code, display });
const resourceRole = role('4', 'Domain Resource');
const ofType = (code: string): Coding => ({ system: resourceTypeSystem, code });

export const userSystem = (issuer: string): string => `${issuer}/oauth2/users`;
export const clientSystem = (issuer: string): string => `${issuer}/oauth2/clients`;
/** Who came without an app: by a page of ours, or by the server's own command. */
export const ownClient = 'portico';
export const actorSystem = 'https://portico.dev/fhir/CodeSystem/actor';
export const operationSystem = 'https://portico.dev/fhir/CodeSystem/operation';

const purposes = (code: string): { coding: Coding[] } => ({
  coding: [{ system: `${terminology}/v3-ActReason`, code }],
});

/** The profile of IHE BALP that it is of; null: there is none for it. https://profiles.ihe.net/ITI/BALP/ */
function profileOf({ deed, outcome, has }: AuditShape): string | null {
  if (outcome !== '0') return null;
  const about = has.includes('p') ? 'Patient' : '';
  const named = (name: string): string => `${balp}/StructureDefinition/IHE.BasicAudit.${about}${name}`;
  if (isSearch(deed)) return has.includes('q') ? named('Query') : null;
  // Of these there is one resource in each.
  if (!has.includes('1')) return null;
  if (deed === 'read' || deed === 'vread') return named('Read');
  if (deed === 'create') return named('Create');
  if (deed === 'update' || deed === 'patch') return named('Update');
  return deed === 'delete' ? named('Delete') : null;
}

function userOf({ issuer, who, subject, actor, purpose, deed }: AuditShape): AuditEventAgent {
  const reference: Reference =
    who === null ? { identifier: { system: userSystem(issuer), value: subject } } : { reference: who };
  const writes = actionOf(deed) === 'C' || actionOf(deed) === 'U' || actionOf(deed) === 'D';
  const part = writes
    ? { code: 'AUT', display: 'author (originator)' }
    : { code: 'IRCP', display: 'information recipient' };
  return {
    type: { coding: [{ system: `${terminology}/v3-ParticipationType`, ...part }] },
    role: [{ coding: [{ system: actorSystem, code: actor }] }],
    // The type of who is a choice of references; ours is one of them, or an identifier.
    who: reference as AuditEventAgent['who'],
    requestor: true,
    policy: [`https://portico.dev/fhir/policy/${actor}`],
    ...(purpose === '' ? {} : { purposeOfUse: [purposes(purpose)] }),
  };
}

function agentsOf(shape: AuditShape): AuditEventAgent[] {
  const { issuer, who, subject, client, organization, deed } = shape;
  const reads = actionOf(deed) === 'R';
  // A service acts by itself: no person is behind it.
  const isService = who === null && client !== null && subject === client;
  return [
    ...(isService ? [] : [userOf(shape)]),
    {
      type: reads ? destination : source,
      who: { identifier: { system: clientSystem(issuer), value: client ?? ownClient } },
      requestor: isService,
      ...(isService
        ? {
            role: [{ coding: [{ system: actorSystem, code: shape.actor }] }],
            policy: [`https://portico.dev/fhir/policy/${shape.actor}`],
            ...(shape.purpose === '' ? {} : { purposeOfUse: [purposes(shape.purpose)] }),
          }
        : {}),
    },
    {
      type: reads ? source : destination,
      who: { identifier: { value: issuer }, display: 'Portico' },
      requestor: false,
      // 5 is a URI.
      network: { address: issuer, type: '5' },
    },
    ...(organization === null
      ? []
      : [
          {
            type: { text: 'Organization of the user' },
            who: { reference: `Organization/${organization}` },
            requestor: false,
          },
        ]),
  ];
}

function dataOf({ has }: AuditShape, { what = {}, count = {} }: AuditUse): AuditEventEntity[] {
  const one = has.includes('1');
  const named = Object.entries(what).flatMap(([type, ids]) =>
    ids.map((id) => ({
      what: { reference: `${type}/${id}` },
      type: one ? systemObject : ofType(type),
      role: resourceRole,
    })),
  );
  const counted = Object.entries(count).map(([type, n]) => ({
    type: ofType(type),
    role: resourceRole,
    description: `${n} ${type}`,
    detail: [{ type: 'count', valueString: String(n) }],
  }));
  return [...named, ...counted];
}

function entitiesOf(shape: AuditShape, use: AuditUse, patient: string): AuditEventEntity[] {
  const { query, basis = [], request, status } = use;
  const consents = basis.filter((one) => one !== emergency);
  return [
    ...(patient === ''
      ? []
      : [{ what: { reference: `Patient/${patient}` }, type: person, role: role('1', 'Patient') }]),
    ...dataOf(shape, use),
    ...(query === undefined
      ? []
      : [{ type: systemObject, role: role('24', 'Query'), query: Buffer.from(query, 'utf8').toString('base64') }]),
    ...consents.map((consent) => ({
      what: { reference: consent },
      type: ofType('Consent'),
      role: role('13', 'Security Resource'),
    })),
    ...(status === undefined ? [] : [{ detail: [{ type: 'refusal', valueString: refusalOf(status) }] }]),
    ...(request === undefined
      ? []
      : [
          {
            what: { identifier: { value: request } },
            type: { system: `${balp}/CodeSystem/BasicAuditEntityType`, code: 'XrequestId' },
          },
        ]),
  ];
}

/** @param recorded ms since 1970 */
export function auditEventOf(
  shape: AuditShape,
  use: AuditUse,
  id: string,
  recorded: number,
  patient: string,
): AuditEvent {
  const { deed, via, outcome, purpose, issuer } = shape;
  const profile = profileOf(shape);
  const at = new Date(recorded).toISOString();
  const why = [...(purpose === '' ? [] : [purpose]), ...(use.basis?.includes(emergency) ? [emergency] : [])];
  const entity = entitiesOf(shape, use, patient);
  const event: AuditEvent = {
    resourceType: 'AuditEvent',
    id,
    meta: { versionId: '1', lastUpdated: at, ...(profile === null ? {} : { profile: [profile] }) },
    type: { system: `${terminology}/audit-event-type`, code: 'rest', display: 'Restful Operation' },
    subtype: [
      { system: 'http://hl7.org/fhir/restful-interaction', code: deed, display: deed },
      ...(via === null
        ? []
        : via === 'transaction'
          ? [{ system: 'http://hl7.org/fhir/restful-interaction', code: via, display: via }]
          : [{ system: operationSystem, code: via }]),
    ],
    action: actionOf(deed),
    recorded: at,
    outcome,
    ...(use.status === undefined ? {} : { outcomeDesc: `Refused with ${use.status}` }),
    ...(why.length === 0 ? {} : { purposeOfEvent: why.map(purposes) }),
    agent: agentsOf(shape),
    source: {
      observer: { identifier: { value: issuer }, display: 'Portico' },
      type: [{ system: `${terminology}/security-source-type`, code: '4', display: 'Application Server' }],
    },
    ...(entity.length === 0 ? {} : { entity }),
  };
  return event;
}

/** The JSON text of a resource as it is stored: of an AuditEvent of ours that is compact, and is made whole here. */
export function expand(type: string, content: string): string {
  if (type !== 'AuditEvent' || !content.startsWith('[')) return content;
  // The view makes nothing else that begins so.
  const [shape, use, id, recorded, patient] = JSON.parse(content) as Compact;
  return JSON.stringify(auditEventOf(shape, use, id, recorded, patient));
}
