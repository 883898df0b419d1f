import { allows } from '../access.ts';
import { forbidden, ok } from '../outcome.ts';
import { isUnchanged } from '../preferences.ts';
import { projected } from '../projected.ts';
import { opens } from '../store/binary.ts';
import { unknownId } from '../store/read.ts';
import { released } from '../store/release.ts';
import { binaryResponse } from './binary.ts';
import type { FhirInteraction } from './interaction.ts';
import { resourceResponse, versionHeaders } from './respond.ts';

/** https://hl7.org/fhir/R4/http.html#read */
export const read: FhirInteraction = {
  code: 'read',
  level: 'type',
  routes: [['GET', '[type]/[id]']],
  async run(context, request) {
    const [type = '', id = ''] = request.path;
    if (!allows(request.grant, type, 'r')) return forbidden(`Your access does not cover reading ${type}`);
    const found = await context.store.read(request.grant, type, id);
    if (!found.ok) return found;
    const row = released(request.grant, found.value, 'r');
    if (type === 'Binary' && !(await opens(context, request.grant, row.content))) return unknownId(type, id);
    const headers = versionHeaders(row);
    if (isUnchanged(request, row.version, row.lastUpdated)) {
      return ok({ status: 304, headers, body: null });
    }
    if (type === 'Binary') return ok(await binaryResponse(context, request, row));
    const content = projected(context, request, row.content);
    return content.ok ? ok(resourceResponse(200, content.value, headers)) : content;
  },
};
