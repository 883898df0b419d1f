import { allows } from '../access.ts';
import { forbidden, invalid, multipleMatches, ok } from '../outcome.ts';
import { ifMatch } from '../preferences.ts';
import { match } from '../search/match.ts';
import { isUnreferenced } from '../store/referential.ts';
import type { FhirInteraction } from './interaction.ts';

/** https://hl7.org/fhir/R4/http.html#delete, conditional delete (of a single match) included */
export const remove: FhirInteraction = {
  code: 'delete',
  level: 'type',
  routes: [
    ['DELETE', '[type]/[id]'],
    ['DELETE', '[type]'],
  ],
  async run(context, request) {
    const { grant } = request;
    const [type = '', named] = request.path;
    if (!allows(grant, type, 'd')) return forbidden(`Your access does not cover deleting ${type}`);
    const expected = ifMatch(request);
    if (!expected.ok) return expected;
    let id = named;
    if (id === undefined) {
      if (request.query === '') return invalid(`Name an id (DELETE ${type}/[id]) or criteria (DELETE ${type}?…)`);
      const found = await match(context, grant, type, request.query);
      if (!found.ok) return found;
      if (found.value.length > 1) return multipleMatches(`The criteria match more than one ${type}; none was deleted`);
      id = found.value[0]?.id;
      if (id === undefined) return ok({ status: 204, headers: {}, body: null });
    }
    const may = await context.prepareRemoval?.(context, grant, type, id);
    if (may && !may.ok) return may;
    const unreferenced = await isUnreferenced(context, grant, type, id);
    if (!unreferenced.ok) return unreferenced;
    const lastUpdated = new Date(context.now());
    const removed = await context.store.remove(grant, {
      tenant: grant.tenant,
      type,
      id,
      lastUpdated,
      expected: expected.value,
    });
    if (!removed.ok) return removed;
    const headers: Record<string, string> = removed.value ? { ETag: `W/"${removed.value.version}"` } : {};
    return ok({ status: 204, headers, body: null });
  },
};
