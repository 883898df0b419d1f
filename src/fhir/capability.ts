import { createHash } from 'node:crypto';

import type { Definitions, SearchParameterDef } from './definitions/definitions.ts';
import { searchParametersOf } from './definitions/search-parameters.ts';
import type { FhirInteraction } from './interactions/interaction.ts';
import { patchFormats } from './interactions/patch.ts';
import type { Operation } from './operations/operation.ts';
import { ok } from './outcome.ts';
import { projected } from './projected.ts';
import { isWrittenByServer } from './resources.ts';

/** When what the server promises was last changed: conformance/capability-statement.json shows how. */
const changed = '2026-11-24';

/** Those that are of every type, though R4 defines no SearchParameter for some. */
const commonParameters: readonly (readonly [name: string, type: string])[] = [
  ['_content', 'string'],
  ['_filter', 'special'],
  ['_has', 'special'],
  ['_id', 'token'],
  ['_lastUpdated', 'date'],
  ['_list', 'special'],
  ['_profile', 'uri'],
  ['_security', 'token'],
  ['_source', 'uri'],
  ['_tag', 'token'],
  ['_text', 'string'],
  ['_type', 'token'],
];

/** The codes of CapabilityStatement for an interaction: a history is of an instance, a type or the system. */
const codesOf = ({ code, level }: FhirInteraction, wanted: 'type' | 'system'): string[] => {
  if (code === 'history') return wanted === 'type' ? ['history-instance', 'history-type'] : ['history-system'];
  return level === wanted ? [code] : [];
};

const covers = (types: readonly string[] | undefined, type: string): boolean =>
  types !== undefined && (types.includes('*') || types.includes(type));

const named = ({ code, definition, description }: Operation) => ({
  name: code,
  definition,
  documentation: description,
});

/** What may be asked of a type that the server alone writes, and never changes. */
const asked: ReadonlySet<string> = new Set(['read', 'vread', 'history-instance', 'search-type']);

const references = ({ type, code }: SearchParameterDef): boolean => type === 'reference' && !code.startsWith('_');

/** Profiles of a type that are checked when a resource claims them, by canonical URL. */
function profiles(definitions: Definitions): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { url, type, kind, derivation } of definitions.conformance.all('StructureDefinition')) {
    if (derivation !== 'constraint' || kind !== 'resource' || typeof type !== 'string') continue;
    found.set(type, [...(found.get(type) ?? []), url]);
  }
  return found;
}

function resourceOf(
  definitions: Definitions,
  type: string,
  interactions: readonly FhirInteraction[],
  operations: readonly Operation[],
  { pointing = [], supported = [] }: { pointing?: readonly string[]; supported?: readonly string[] },
) {
  const isOurs = isWrittenByServer(type);
  const parameters = searchParametersOf(definitions, type).filter(
    (one) => one.code !== '_query' && !(isOurs && one.type === 'string'),
  );
  const sorted = parameters.toSorted((a, b) => (a.code < b.code ? -1 : 1));
  const includes = sorted.filter(references).map(({ code }) => `${type}:${code}`);
  const own = operations.filter(({ on }) => covers(on.types, type) || covers(on.instances, type)).map(named);
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    ...(supported.length > 0 ? { supportedProfile: supported } : {}),
    interaction: interactions
      .flatMap((one) => codesOf(one, 'type'))
      .filter((code) => !isOurs || asked.has(code))
      .map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: true,
    updateCreate: !isOurs,
    conditionalCreate: !isOurs,
    conditionalRead: 'full-support',
    conditionalUpdate: !isOurs,
    conditionalDelete: isOurs ? 'not-supported' : 'single',
    referencePolicy: ['literal', 'logical', 'local'],
    ...(includes.length > 0 ? { searchInclude: ['*', ...includes] } : {}),
    ...(pointing.length > 0 ? { searchRevInclude: pointing } : {}),
    searchParam: sorted.map(({ code, url, type: kind }) => ({ name: code, definition: url, type: kind })),
    ...(own.length > 0 ? { operation: own } : {}),
  };
}

/** `Type:parameter` of every reference that says it may point to a type, by that type. */
function pointers(definitions: Definitions): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const from of definitions.types) {
    for (const parameter of searchParametersOf(definitions, from).filter(references)) {
      for (const target of parameter.target)
        found.set(target, [...(found.get(target) ?? []), `${from}:${parameter.code}`]);
    }
  }
  return found;
}

/** Where tokens come from, as https://hl7.org/fhir/smart-app-launch/1.0.0/conformance has it; newer apps ask .well-known. */
function security(base: string) {
  const issuer = base.replace(/\/fhir\/R4$/, '');
  const uri = (url: string, path: string) => ({ url, valueUri: `${issuer}/oauth2/${path}` });
  return {
    extension: [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: ['authorize', 'token', 'register', 'introspect', 'revoke'].map((name) => uri(name, name)),
      },
    ],
    cors: true,
    service: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/restful-security-service',
            code: 'SMART-on-FHIR',
            display: 'SMART-on-FHIR',
          },
        ],
        text: 'OAuth2 using SMART-on-FHIR profile (see http://docs.smarthealthit.org)',
      },
    ],
    description:
      'Requests carry an access token of this server. Its SMART scopes (system/, user/, patient/) say what may be done, and its patient whose record it is about. Where to get one is in .well-known/smart-configuration.',
  };
}

/**
 * What this server can do, put together from the lists that route and search, so that neither can be forgotten.
 *
 * @param base `http://host/fhir/R4`
 * @see https://hl7.org/fhir/R4/capabilitystatement.html
 */
export function capabilityStatement(
  definitions: Definitions,
  interactions: readonly FhirInteraction[],
  operations: readonly Operation[],
  { base, version }: { base: string; version: string },
) {
  const pointing = pointers(definitions);
  const supported = profiles(definitions);
  return {
    resourceType: 'CapabilityStatement',
    id: 'portico',
    url: `${base}/metadata`,
    version,
    name: 'Portico',
    title: 'Portico, a FHIR R4 server for telehealth and benefits platforms',
    status: 'active',
    date: changed,
    publisher: 'Portico',
    kind: 'instance',
    software: { name: 'Portico', version },
    implementation: { description: 'Portico', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    patchFormat: [...patchFormats],
    rest: [
      {
        mode: 'server',
        security: security(base),
        resource: definitions.types.map((type) =>
          resourceOf(definitions, type, interactions, operations, {
            pointing: pointing.get(type)?.toSorted(),
            supported: supported.get(type)?.toSorted(),
          }),
        ),
        interaction: interactions.flatMap((one) => codesOf(one, 'system')).map((code) => ({ code })),
        searchParam: commonParameters.map(([name, type]) => ({ name, type })),
        operation: operations.filter(({ on }) => on.system === true).map(named),
        compartment: ['Patient', 'Encounter', 'Practitioner', 'RelatedPerson', 'Device'].map(
          (type) => `http://hl7.org/fhir/CompartmentDefinition/${type.toLowerCase()}`,
        ),
      },
    ],
  };
}

/** The OperationDefinition of an operation. https://hl7.org/fhir/R4/operationdefinition.html */
export function operationDefinition({ code, definition, description, on, affectsState, parameters }: Operation) {
  const types = [...new Set([...(on.types ?? []), ...(on.instances ?? [])])].map((type) =>
    type === '*' ? 'Resource' : type,
  );
  return {
    resourceType: 'OperationDefinition',
    id: definition.slice(definition.lastIndexOf('/') + 1),
    url: definition,
    name: code.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    status: 'active',
    kind: 'operation',
    date: changed,
    description,
    affectsState,
    code,
    ...(types.length > 0 ? { resource: types } : {}),
    system: on.system === true,
    type: (on.types?.length ?? 0) > 0,
    instance: (on.instances?.length ?? 0) > 0,
    parameter: parameters,
  };
}

const etagOf = (text: string): string => `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 16)}"`;

/** Bases that are remembered: one for each tenant, and few more where a server has several names. */
const BASES = 100;

/**
 * GET /metadata, for everybody. The text is made once for each base.
 *
 * @see https://hl7.org/fhir/R4/http.html#capabilities
 */
export function createCapability(
  interactions: readonly FhirInteraction[],
  operations: readonly Operation[],
  version: string,
): FhirInteraction {
  const known = new Map<string, { text: string; etag: string }>();
  return {
    code: 'capabilities',
    level: 'system',
    routes: [['GET', 'metadata']],
    async run(context, request) {
      const { base } = request;
      let found = known.get(base);
      if (!found) {
        const text = JSON.stringify(
          capabilityStatement(context.definitions, interactions, operations, { base, version }),
        );
        found = { text, etag: etagOf(text) };
        if (known.size >= BASES) known.clear();
        known.set(base, found);
      }
      const headers = { ETag: found.etag, 'Cache-Control': 'public, max-age=60' };
      const same = request
        .header('if-none-match')
        ?.split(',')
        .some((tag) => tag.trim() === found.etag);
      if (same) return ok({ status: 304, headers, body: null });
      const content = projected(context, request, found.text);
      if (!content.ok) return content;
      return ok({
        status: 200,
        headers: { ...headers, 'Content-Type': 'application/fhir+json; charset=utf-8' },
        body: content.value,
      });
    },
  };
}
