import { admits, allows, type Grant, showsAll } from '../access.ts';
import type { FhirContext, Json } from '../context.ts';
import { checked } from '../interactions/body.ts';
import { parseResource } from '../json.ts';
import { parseLossless, stringifyLossless } from '../lossless.ts';
import { conflict, forbidden, invalid, type Result } from '../outcome.ts';
import { parametersText, requestParameters } from '../parameters.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import { written } from '../search/condition.ts';
import { parameterId } from '../search/hash.ts';
import { Scan } from '../search/scan.ts';
import { Statement } from '../search/statement.ts';
import { opens, unshelved } from '../store/binary.ts';
import { draft } from '../store/draft.ts';
import { unknownId } from '../store/read.ts';
import { released } from '../store/release.ts';
import { storable } from '../store/storable.ts';
import { addMeta, removeMeta } from './meta.ts';
import type { Operation } from './operation.ts';
import { operationResponse } from './operation-response.ts';

const answer = (meta: Json): Result<FhirResponse> =>
  operationResponse(parametersText([['return', 'valueMeta', stringifyLossless(meta)]]));

const metaOf = (content: string): Json => {
  const { meta } = parseLossless(content) as { meta?: Json }; // what is stored is a resource
  return meta ?? {};
};

/** Rows of each type that are looked through for what is in use. */
const ROWS = 10_000;

/** The profiles, labels and tags in use by what the caller may see, of the newest resources of each type. */
async function inUse(context: FhirContext, grant: Grant, types: readonly string[]): Promise<Json> {
  const marked = ['_profile', '_security', '_tag'].map(parameterId);
  const statement = new Statement(grant.tenant);
  const hasMeta = written(({ statement: s, row }) => `${row}.present && ${s.share(marked, 'int[]')}`);
  const arms = types.flatMap((type) => {
    const scan = Scan.of(grant, type, 'r', 's')?.seeing(['_profile', '_security', '_tag']);
    if (!scan) return [];
    return [`(select r.content ${scan.from(statement, 'r', [hasMeta])} order by r.last_updated desc limit ${ROWS})`];
  });
  if (arms.length === 0) return {};
  statement.text =
    `select distinct m.name, e.value::text from (${arms.join(' union all ')}) r,` +
    ` jsonb_each(r.content::jsonb->'meta') m(name, list), jsonb_array_elements(m.list) e` +
    ` where m.name in ('profile', 'security', 'tag') order by 1, 2`;
  const rows = await context.database.query(statement.text, statement.params);
  let meta: Json = {};
  for (const [name, value] of rows) meta = addMeta(meta, { [String(name)]: [JSON.parse(String(value))] });
  return meta;
}

/** https://hl7.org/fhir/R4/resource-operation-meta.html */
export const resourceMeta: Operation = {
  code: 'meta',
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-meta',
  description: 'The profiles, security labels and tags of a resource, or those in use',
  on: { system: true, types: ['*'], instances: ['*'] },
  affectsState: false,
  parameters: [{ name: 'return', use: 'out', min: 1, max: '1', type: 'Meta' }],
  async run(context, { grant, path }) {
    const [type = '', id = ''] = path;
    if (path.length === 1) return answer(await inUse(context, grant, context.definitions.types));
    if (!allows(grant, type, 'r')) return forbidden(`Your access does not cover reading ${type}`);
    if (path.length === 2) return answer(await inUse(context, grant, [type]));
    const found = await context.store.read(grant, type, id);
    return found.ok ? answer(metaOf(released(grant, found.value, 'r').content)) : found;
  },
};

const attempts = 5;

/** Writes the resource with another meta as its next version, whatever others write at the same time. */
async function rewrite(
  context: FhirContext,
  request: FhirRequest,
  change: (meta: Json, given: Json) => Json,
): Promise<Result<FhirResponse>> {
  const { grant, path } = request;
  const [type = '', id = ''] = path;
  if (!allows(grant, type, 'u')) return forbidden(`Your access does not cover updating ${type}`);
  if (!allows(grant, type, 'r')) return forbidden(`Your access does not cover reading ${type}`);
  const parameters = requestParameters(request, 'meta');
  if (!parameters.ok) return parameters;
  const given = parameters.value.value('meta', 'Meta');
  if (typeof given !== 'object' || given === null)
    return invalid('The parameter meta, a valueMeta, is missing', 'Parameters.parameter');
  const reason = parameters.value.text('reason');
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const current = await context.store.read(grant, type, id);
    if (!current.ok) return current;
    if (!admits(grant, type, current.value, 'u') || !showsAll(grant, type, current.value)) return unknownId(type, id);
    const { content } = current.value;
    if (type === 'Binary' && !(await opens(context, grant, content))) return unknownId(type, id);
    const resource = parseLossless(await unshelved(context, type, content)) as Json; // what is stored is a resource
    const meta = change(metaOf(current.value.content), given as Json); // its members are looked at as unknown
    const parsed = parseResource(stringifyLossless({ ...resource, meta }));
    if (!parsed.ok) return parsed;
    const good = checked(context, parsed.value);
    if (!good.ok) return good;
    const ready = await storable(context, grant, { parsed: good.value, stored: current.value, reason });
    if (!ready.ok) return ready;
    const one = draft(context, grant.tenant, ready.value, id, new Date(context.now()));
    const result = await context.store.update(grant, one, current.value.version);
    if (result.ok) return answer(metaOf(result.value.content));
    if (result.status !== 412) return result;
  }
  return conflict(`${type}/${id} is being written by others at the same time; try again`);
}

const parameters: Operation['parameters'] = [
  { name: 'meta', use: 'in', min: 1, max: '1', type: 'Meta' },
  { name: 'return', use: 'out', min: 1, max: '1', type: 'Meta' },
];

/** https://hl7.org/fhir/R4/resource-operation-meta-add.html */
export const resourceMetaAdd: Operation = {
  code: 'meta-add',
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-meta-add',
  description: 'Adds profiles, security labels and tags to a resource',
  on: { instances: ['*'] },
  affectsState: true,
  parameters,
  run: (context, request) => rewrite(context, request, addMeta),
};

/** https://hl7.org/fhir/R4/resource-operation-meta-delete.html */
export const resourceMetaDelete: Operation = {
  code: 'meta-delete',
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-meta-delete',
  description: 'Takes profiles, security labels and tags off a resource',
  on: { instances: ['*'] },
  affectsState: true,
  parameters: [
    ...parameters,
    {
      name: 'reason',
      use: 'in',
      min: 0,
      max: '1',
      type: 'string',
      documentation: 'Why security labels are taken off that somebody has put; asked of those who may',
    },
  ],
  run: (context, request) => rewrite(context, request, removeMeta),
};
