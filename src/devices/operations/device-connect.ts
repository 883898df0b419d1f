import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { conflict, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { beginConnection } from '../connections/begin.ts';
import { codingsOf } from '../connections/choose.ts';
import { chosenMeasures } from '../connections/chosen.ts';
import { clientName, isClient } from '../connections/client.ts';
import type { Connection } from '../connections/connection.ts';
import { endConnection } from '../connections/end.ts';
import { mayHaveDevices } from '../connections/find.ts';
import { isConsented } from '../connections/live.ts';
import { mayConsent } from '../connections/may.ts';
import { openConnection, whoIs } from '../connections/open.ts';
import { consentOf } from '../connections/resources.ts';
import { openConnectionOf } from '../connections/store.ts';
import type { DeviceParts } from '../deps.ts';
import { vendorOf } from '../vendors/index.ts';

type Asked = Pick<Connection, 'tenant' | 'patient' | 'kind' | 'source' | 'name' | 'measures'>;

/** A source that is registered here, or set up here. */
async function sourceOf(
  context: FhirContext,
  { vendors }: DeviceParts,
  tenant: number,
  asked: { vendor: string | null; gateway: string | null },
): Promise<Result<Pick<Connection, 'kind' | 'source' | 'name'>>> {
  const { vendor: id, gateway } = asked;
  if ((id === null) === (gateway === null))
    return invalid('Either vendor or gateway says what is to be connected', 'Parameters.parameter');
  if (gateway !== null) {
    if (!(await isClient(context, tenant, gateway)))
      return invalid('No client of this id is registered here', "Parameters.parameter.where(name = 'gateway')");
    return ok({ kind: 'gateway', source: `gateway:${gateway}`, name: await clientName(context, tenant, gateway) });
  }
  const vendor = vendorOf(id ?? '');
  if (vendor === undefined || !vendors.has(vendor.id)) {
    const allowed = vendors.size === 0 ? 'no vendor is set up here' : `one of ${[...vendors.keys()].join(', ')}`;
    return invalid(`vendor must be one that is set up here: ${allowed}`, "Parameters.parameter.where(name = 'vendor')");
  }
  return ok({ kind: 'vendor', source: `vendor:${vendor.id}`, name: vendor.name });
}

/** What is to be connected, by somebody who may consent to it. */
async function askedFor(context: FhirContext, parts: DeviceParts, request: FhirRequest): Promise<Result<Asked>> {
  const { grant, path, base } = request;
  const { tenant, caller } = grant;
  const [, patient = ''] = path;
  const found = await context.store.read(grant, 'Patient', patient);
  if (!found.ok) return found;
  const parameters = requestParameters(request, 'vendor');
  if (!parameters.ok) return parameters;
  const [vendor, gateway] = [parameters.value.text('vendor'), parameters.value.text('gateway')];
  const source = await sourceOf(context, parts, tenant, { vendor, gateway });
  if (!source.ok) return source;
  const measures = chosenMeasures(parameters.value);
  if (!measures.ok) return measures;
  const connection = { id: '', patient, ...source.value };
  const told = { base, connection, who: whoIs(base, caller), now: new Date(context.now()) };
  const refused =
    (await mayConsent(context, grant, consentOf(told, uuid7(context.now()), codingsOf(measures.value)))) ??
    (await mayHaveDevices(context, tenant, patient));
  return refused ?? ok({ tenant, patient, ...source.value, measures: measures.value });
}

/** The connection that is open already; one whose Consent has ended ends here, and is begun anew. */
async function standing(context: FhirContext, { grant }: FhirRequest, asked: Asked): Promise<Connection | null> {
  const { tenant, patient, source } = asked;
  const known = await openConnectionOf(context.database, tenant, patient, source);
  if (known === null || (await isConsented(context.database, known))) return known;
  const by = whoIs(context.settings.baseOf(tenant), grant.caller);
  await endConnection(context, known, { by, why: 'The Consent of a source of readings has ended' });
  return null;
}

/** A gateway is agreed to by who asks for it, here and now. */
async function connectGateway(
  context: FhirContext,
  { grant }: FhirRequest,
  asked: Asked,
): Promise<Result<{ connection: string; authorize: null }>> {
  const by = whoIs(context.settings.baseOf(asked.tenant), grant.caller);
  const opened = await openConnection(context, { ...asked, id: uuid7(context.now()), consent: null, by });
  if (opened === null) return conflict(`${asked.name} is being connected at the same time; try again`);
  return ok({ connection: opened.id, authorize: null });
}

/** Lets a vendor's account, or a gateway, bring readings of a patient. A vendor is agreed to at its own pages. */
export const deviceConnect = (parts: DeviceParts): Operation => ({
  code: 'device-connect',
  definition: 'https://portico.dev/fhir/OperationDefinition/Patient-device-connect',
  description:
    'Connects a source of readings of a patient: a gateway at once, a vendor once somebody agreed at its pages',
  on: { instances: ['Patient'] },
  affectsState: true,
  parameters: [
    {
      name: 'vendor',
      use: 'in',
      min: 0,
      max: '1',
      type: 'code',
      documentation: 'The id of a vendor that is set up here',
    },
    { name: 'gateway', use: 'in', min: 0, max: '1', type: 'string', documentation: 'The id of a registered client' },
    { name: 'measure', use: 'in', min: 0, max: '*', type: 'code', documentation: 'The ids of measures; none: all' },
    { name: 'connection', use: 'out', min: 1, max: '1', type: 'string' },
    {
      name: 'authorize',
      use: 'out',
      min: 0,
      max: '1',
      type: 'url',
      documentation: 'Where somebody agrees, at the vendor',
    },
  ],
  async run(context, request): Promise<Result<FhirResponse>> {
    const asked = await askedFor(context, parts, request);
    if (!asked.ok) return asked;
    const { kind } = asked.value;
    const { subject } = request.grant.caller;
    const open = await standing(context, request, asked.value);
    if (open !== null && kind === 'gateway') return answer({ connection: open.id, authorize: null });
    const begun =
      kind === 'gateway'
        ? await connectGateway(context, request, asked.value)
        : await beginConnection(context, parts, { ...asked.value, subject });
    return begun.ok ? answer(begun.value) : begun;
  },
});

function answer({ connection, authorize }: { connection: string; authorize: string | null }): Result<FhirResponse> {
  const parameter = [
    { name: 'connection', valueString: connection },
    ...(authorize === null ? [] : [{ name: 'authorize', valueUrl: authorize }]),
  ];
  return operationResponse(JSON.stringify({ resourceType: 'Parameters', parameter }));
}
