import type { AuditEvent } from '@medplum/fhirtypes';

import { type Actor, allows } from '../../fhir/access.ts';
import { clientSystem, userSystem } from '../../fhir/audit/render.ts';
import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { forbidden, invalid, invalidResource, ok, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { note } from '../../fhir/store/release.ts';
import { appendAuditEvent } from '../ledger/append.ts';

/** Who may say that they disclosed something elsewhere. */
const allowed: ReadonlySet<Actor> = new Set([
  'operator',
  'privacy-officer',
  'legal',
  'system',
  'practitioner',
  'carrier',
]);

const profile = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source';
/** That it is said by a client, and was not seen by this server. */
const saidByClient = { system: 'https://portico.dev/fhir/CodeSystem/audit-source', code: 'client' };

const isDisclosure = ({ type, subtype = [] }: AuditEvent): boolean =>
  type?.code === '110106' && subtype.some(({ code }) => code === 'disclose');

const patientsIn = ({ entity = [] }: AuditEvent): string[] =>
  entity.flatMap(({ what }) => /^Patient\/([A-Za-z0-9.-]{1,64})$/.exec(what?.reference ?? '')?.[1] ?? []);

/** The event as it is kept: with who said it, and marked as said. */
function marked(event: AuditEvent, { grant, base }: FhirRequest): AuditEvent {
  const { fhirUser, subject, clientId } = grant.caller;
  const issuer = base.replace(/\/fhir\/R4$/, '');
  const who =
    fhirUser === null ? { identifier: { system: userSystem(issuer), value: subject } } : { reference: fhirUser };
  const { id: _, meta, ...rest } = event;
  const tag = [...(meta?.tag ?? []), saidByClient];
  const profiles = [...new Set([...(meta?.profile ?? []), profile])];
  const said = {
    ...rest,
    meta: { ...meta, tag, profile: profiles },
    agent: [
      ...(event.agent ?? []),
      { type: { text: 'Who recorded it' }, who, requestor: false },
      ...(clientId === null
        ? []
        : [
            {
              type: { text: 'Recorded with' },
              who: { identifier: { system: clientSystem(issuer), value: clientId } },
              requestor: false,
            },
          ]),
    ],
  };
  // The type of who is a choice of references, of which fhirUser is one.
  return said as AuditEvent;
}

async function run(context: FhirContext, request: FhirRequest): Promise<Result<FhirResponse>> {
  const { grant, base } = request;
  if (!allowed.has(grant.caller.actor) || !allows(grant, 'Patient', 'r'))
    return forbidden('Your access does not cover recording disclosures');
  const parameters = requestParameters(request, 'resource');
  if (!parameters.ok) return parameters;
  const sent = parameters.value.resource('resource');
  if (sent?.resourceType !== 'AuditEvent') return invalid('resource must be an AuditEvent', 'Parameters.parameter');
  const issues = context.validate(sent);
  if (issues.some(({ severity }) => severity === 'error' || severity === 'fatal')) return invalidResource(issues);
  // It has just been checked.
  const event = sent as AuditEvent & typeof sent;
  if (!isDisclosure(event)) {
    return invalid(
      'A disclosure has the type 110106 (Export) of DICOM and the subtype disclose of iso-21089-lifecycle',
      'AuditEvent.type',
    );
  }
  const patients = patientsIn(event);
  if (patients.length === 0) return invalid('entity must name the Patient whose record it was', 'AuditEvent.entity');
  for (const patient of patients) {
    const found = await context.store.read(grant, 'Patient', patient);
    if (!found.ok) return unknownId('Patient', patient);
  }
  const ids = await appendAuditEvent(context, grant.tenant, marked(event, request));
  for (const [at, id] of ids.entries())
    note(grant, { type: 'AuditEvent', id, patient: patients[at] ?? null, patients: null, labels: 0, content: '' }, 'c');
  const [id = ''] = ids;
  return ok({ status: 201, headers: { Location: `${base}/AuditEvent/${id}` }, body: null });
}

/** https://build.fhir.org/ig/HL7/fhir-consent-management/ : a disclosure that was made elsewhere comes into the ledger. */
export const recordDisclosure: Operation = {
  code: 'recordDisclosure',
  definition: 'http://hl7.org/fhir/us/consent-management/OperationDefinition/recordDisclosure',
  description: 'Records a disclosure that was made elsewhere; it is marked as said by a client',
  on: { types: ['AuditEvent'] },
  affectsState: true,
  parameters: [
    {
      name: 'resource',
      use: 'in',
      min: 1,
      max: '1',
      type: 'AuditEvent',
      documentation: 'IHE BALP PrivacyDisclosure.Source',
    },
  ],
  run,
};
