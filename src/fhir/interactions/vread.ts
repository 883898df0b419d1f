import { allows } from '../access.ts';
import { forbidden, ok } from '../outcome.ts';
import { projected } from '../projected.ts';
import { opens } from '../store/binary.ts';
import { unknownId } from '../store/read.ts';
import { released } from '../store/release.ts';
import { binaryResponse } from './binary.ts';
import type { FhirInteraction } from './interaction.ts';
import { resourceResponse, versionHeaders } from './respond.ts';

/** https://hl7.org/fhir/R4/http.html#vread */
export const vread: FhirInteraction = {
  code: 'vread',
  level: 'type',
  routes: [['GET', '[type]/[id]/_history/[vid]']],
  async run(context, request) {
    const [type = '', id = '', , version = ''] = request.path;
    if (!allows(request.grant, type, 'r')) return forbidden(`Your access does not cover reading ${type}`);
    if (!/^[1-9]\d{0,8}$/.test(version)) return unknownId(type, id);
    const found = await context.store.vread(request.grant, type, id, Number(version));
    if (!found.ok) return found;
    const row = released(request.grant, found.value, 'r');
    if (type === 'Binary' && !(await opens(context, request.grant, row.content))) return unknownId(type, id);
    if (type === 'Binary') return ok(await binaryResponse(context, request, row));
    const content = projected(context, request, row.content);
    return content.ok ? ok(resourceResponse(200, content.value, versionHeaders(row))) : content;
  },
};
