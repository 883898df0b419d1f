import type { Seen } from './access.ts';
import type { FhirContext } from './context.ts';
import type { FhirInteraction, Method, PathShape } from './interactions/interaction.ts';
import type { Operation } from './operations/operation.ts';
import { methodNotAllowed, notFound, type Result } from './outcome.ts';
import { isId } from './reference.ts';
import type { FhirRequest, FhirResponse } from './request.ts';
import { isResourceType, isWrittenByServer } from './resources.ts';

export type Dispatch = (context: FhirContext, request: FhirRequest) => Promise<Result<FhirResponse>>;

const unknownPath = (path: readonly string[]): Result<never> =>
  notFound(
    `There is nothing at /${path.join('/')}; paths are [type], [type]/[id], their _history, _search and $operations`,
  );

/** The form of a path, or why it has none. */
function shapeOf(path: readonly string[]): PathShape | Result<never> {
  const [first, second, third, fourth] = path;
  if (first === undefined) return '';
  if (path.length === 1 && (first === 'metadata' || first === '_history' || first === '_search')) return first;
  if (path.length === 1 && first.startsWith('$')) return '$';
  if (!isResourceType(first))
    return notFound(`${first} is not a resource type of FHIR R4; types are spelled as in Patient`);
  if (second === undefined) return '[type]';
  if (path.length === 2 && (second === '_search' || second === '_history')) return `[type]/${second}`;
  if (path.length === 2 && second.startsWith('$')) return '[type]/$';
  if (!isId(second)) return notFound('An id has 1 to 64 characters out of A-Z, a-z, 0-9, - and .');
  if (third === undefined) return '[type]/[id]';
  if (third === '_history') {
    if (path.length === 3) return '[type]/[id]/_history';
    return path.length === 4 ? '[type]/[id]/_history/[vid]' : unknownPath(path);
  }
  if (path.length === 3 && third.startsWith('$')) return '[type]/[id]/$';
  if (path.length === 3 && third === '*') return '[type]/[id]/*';
  if (path.length === 3 && isResourceType(third)) return '[type]/[id]/[type]';
  if (path.length === 4 && isResourceType(third) && fourth === '_search') return '[type]/[id]/[type]/_search';
  return unknownPath(path);
}

const covers = (types: readonly string[] | undefined, type: string): boolean =>
  types !== undefined && (types.includes('*') || types.includes(type));

function operationAt(
  operations: readonly Operation[],
  path: readonly string[],
  shape: PathShape,
): Operation | undefined {
  const code = path.at(-1)?.slice(1);
  const [type = ''] = path;
  return operations.find((one) => {
    if (one.code !== code) return false;
    if (shape === '$') return one.on.system === true;
    return covers(shape === '[type]/$' ? one.on.types : one.on.instances, type);
  });
}

/** Metadata of a resource is changed in place; other operations on it write what is new. */
const changes = (request: FhirRequest, shape: PathShape): boolean => {
  if (request.method === 'GET' || request.method === 'HEAD' || shape.endsWith('_search')) return false;
  return !shape.endsWith('$') || /^\$meta-/.test(request.path.at(-1) ?? '');
};

const allow = (methods: readonly string[], what: string): Result<never> => ({
  ...methodNotAllowed(`${what}; allowed here: ${methods.join(', ')}`),
  headers: { Allow: methods.join(', ') },
});

/**
 * Method and path → interaction or operation. The same function answers HTTP and the entries of a Bundle.
 *
 * @see https://hl7.org/fhir/R4/http.html#summary
 */
export function createDispatch(interactions: readonly FhirInteraction[], operations: readonly Operation[]): Dispatch {
  const table = new Map<PathShape, Map<Method, FhirInteraction>>();
  for (const interaction of interactions) {
    for (const [method, shape] of interaction.routes) {
      const methods = table.get(shape) ?? new Map<Method, FhirInteraction>();
      table.set(shape, methods.set(method, interaction));
    }
  }

  const answer: Dispatch = async (context, request) => {
    const shape = shapeOf(request.path);
    if (typeof shape !== 'string') return shape;
    const admitted = context.admit?.(context, request);
    const refused = admitted instanceof Promise ? await admitted : admitted;
    if (refused) return refused;
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const [type = ''] = request.path;
    if (isWrittenByServer(type) && changes(request, shape))
      return allow(['GET'], `${type} is written by the server alone`);
    if (shape.endsWith('$')) {
      const operation = operationAt(operations, request.path, shape);
      if (!operation)
        return notFound(`There is no operation ${request.path.at(-1)} here; /metadata lists those that are`);
      const methods = operation.affectsState ? ['POST'] : ['GET', 'POST'];
      if (!methods.includes(method)) return allow(methods, `$${operation.code} is not called by ${method}`);
      return operation.run(context, request);
    }
    const methods = table.get(shape);
    const interaction = methods?.get(method);
    if (!methods) return unknownPath(request.path);
    if (!interaction) return allow([...methods.keys()], `${request.method} has no meaning at this path`);
    return interaction.run(context, request);
  };
  return async (context, request) => {
    const { record } = context;
    if (record === undefined || request.grant.caller.actor === 'server') return answer(context, request);
    const seen: Seen[] = [];
    const recorded = { ...request, grant: { ...request.grant, seen } };
    const result = await answer(context, recorded);
    // What is not in the ledger does not leave.
    await record(recorded, result, seen);
    return result;
  };
}
