import { allows, type Grant } from '../access.ts';
import type { FhirContext } from '../context.ts';
import type { Parsed } from '../json.ts';
import { forbidden, invalid, methodNotAllowed, notFound, notSupported, ok, type Result } from '../outcome.ts';
import { isId } from '../reference.ts';
import { isResourceType, isWrittenByServer } from '../resources.ts';
import { uuid7 } from '../store/uuid.ts';
import type { BundleEntry } from './bundle-entries.ts';
import { patchReads } from './patch.ts';

/**
 * What a transaction does for one entry. `criteria` is the query of a conditional interaction, null for a plain one.
 * `id` is that of the resource: of a create one that is new; null where the criteria must tell.
 */
export type Step =
  | { kind: 'create'; entry: BundleEntry; type: string; id: string; criteria: string | null; parsed: Parsed }
  | { kind: 'update'; entry: BundleEntry; type: string; id: string | null; criteria: string | null; parsed: Parsed }
  | {
      kind: 'patch';
      entry: BundleEntry;
      type: string;
      id: string | null;
      criteria: string | null;
      media: string;
      body: string;
    }
  | { kind: 'delete'; entry: BundleEntry; type: string; id: string | null; criteria: string | null }
  | { kind: 'read'; entry: BundleEntry };

function needResource(entry: BundleEntry, type: string): Result<Parsed> {
  if (!entry.parsed) return invalid(`${entry.method} needs a resource`);
  const { resourceType } = entry.parsed.resource;
  return resourceType === type
    ? ok(entry.parsed)
    : invalid(`request.url names ${type}, but the resource is a ${resourceType}`);
}

function create(context: FhirContext, entry: BundleEntry, type: string): Result<Step> {
  const parsed = needResource(entry, type);
  if (!parsed.ok) return parsed;
  if (entry.path.length > 1) return invalid(`POST goes to a type and not to ${entry.path.join('/')}`);
  const condition = entry.headers.get('if-none-exist');
  const criteria = condition === undefined ? null : condition.replace(/^.*\?/, '');
  return ok({ kind: 'create', entry, type, id: uuid7(context.now()), criteria, parsed: parsed.value });
}

function update(entry: BundleEntry, type: string, id: string | null, criteria: string | null): Result<Step> {
  const parsed = needResource(entry, type);
  if (!parsed.ok) return parsed;
  const own = parsed.value.resource.id;
  if (own !== undefined && !isId(own))
    return invalid(`${own} cannot be an id: in a URL it means another place`, `${type}.id`);
  if (id !== null && own !== id) {
    return invalid(
      own === undefined
        ? `The resource has no id; request.url names ${id}`
        : `request.url names ${id}, but the id of the resource is ${own}`,
      `${type}.id`,
    );
  }
  return ok({ kind: 'update', entry, type, id, criteria, parsed: parsed.value });
}

/** A FHIRPath Patch is the resource itself; a JSON Patch comes in a Binary. https://hl7.org/fhir/R4/http.html#patch */
function patchStep(entry: BundleEntry, type: string, id: string | null, criteria: string | null): Result<Step> {
  if (!entry.parsed) return invalid('PATCH needs a resource: Parameters, or a Binary that holds a JSON Patch');
  const { resource, text } = entry.parsed;
  const common = { kind: 'patch', entry, type, id, criteria } as const;
  if (resource.resourceType === 'Parameters') return ok({ ...common, media: 'application/fhir+json', body: text });
  const { contentType, data } = resource;
  if (resource.resourceType !== 'Binary' || typeof contentType !== 'string' || typeof data !== 'string') {
    return invalid('PATCH needs a resource: Parameters, or a Binary with contentType and data that holds a JSON Patch');
  }
  const media = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return ok({ ...common, media, body: Buffer.from(data, 'base64').toString('utf8') });
}

const letters = { POST: 'c', PUT: 'u', PATCH: 'u', DELETE: 'd' } as const;
const doing = { POST: 'creating', PUT: 'updating', PATCH: 'updating', DELETE: 'deleting' } as const;

/** What an entry asks of the transaction, refused where it makes no sense or the grant does not cover the type. */
export function stepOf(context: FhirContext, grant: Grant, entry: BundleEntry): Result<Step> {
  const { method, path, query } = entry;
  if (method === 'GET' || method === 'HEAD') return ok({ kind: 'read', entry });
  const [type = '', id = null] = path;
  if (path.some((segment) => segment.startsWith('$') || segment.startsWith('_')) || path.length > 2) {
    return notSupported(`${method} ${path.join('/')} cannot be part of a transaction; send it alone or in a batch`);
  }
  if (!isResourceType(type))
    return notFound(`${type} is not a resource type of FHIR R4; types are spelled as in Patient`);
  if (isWrittenByServer(type))
    return { ...methodNotAllowed(`${type} is written by the server alone`), headers: { Allow: 'GET' } };
  if (id !== null && !isId(id)) return invalid('An id has 1 to 64 characters out of A-Z, a-z, 0-9, - and .');
  if (!allows(grant, type, letters[method])) return forbidden(`Your access does not cover ${doing[method]} ${type}`);
  if (method === 'PATCH' && !allows(grant, type, 'r')) return patchReads(type);
  if (method === 'POST') return create(context, entry, type);
  const criteria = id === null ? query : null;
  if (criteria === '') return invalid(`Name an id (${method} ${type}/[id]) or criteria (${method} ${type}?…)`);
  if (method === 'PUT') return update(entry, type, id, criteria);
  if (method === 'PATCH') return patchStep(entry, type, id, criteria);
  return ok({ kind: 'delete', entry, type, id, criteria });
}
