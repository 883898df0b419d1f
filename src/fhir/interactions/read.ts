import { allows } from '../access.ts';
import { forbidden, ok } from '../outcome.ts';
import { isUnchanged } from '../preferences.ts';
import { projected } from '../projected.ts';
import { opens } from '../store/binary.ts';
import { unknownId } from '../store/read.ts';
import { release } from '../store/release.ts';
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
    release(request.grant, [found.value], 'r');
    if (type === 'Binary' && !(await opens(context, request.grant, found.value.content))) return unknownId(type, id);
    const headers = versionHeaders(found.value);
    if (isUnchanged(request, found.value.version, found.value.lastUpdated)) {
      return ok({ status: 304, headers, body: null });
    }
    if (type === 'Binary') return ok(await binaryResponse(context, request, found.value));
    const content = projected(context, request, found.value.content);
    return content.ok ? ok(resourceResponse(200, content.value, headers)) : content;
  },
};
