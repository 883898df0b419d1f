import { z } from 'zod';

import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid } from '../../fhir/outcome.ts';
import { parametersText, requestParameters } from '../../fhir/parameters.ts';
import { keepPolicy, policyOf, videoPolicy } from '../visits/policy.ts';

const may: ReadonlySet<string> = new Set(['operator', 'sysadmin', 'privacy-officer']);

const names = Object.keys(videoPolicy.shape);

/** A parameter as it is meant: a truth, a number or a word. */
const meant = (text: string): string | number | boolean => {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d{1,6}$/.test(text) ? Number(text) : text;
};

/** How a tenant holds its visits by video. */
export const videoPolicyOperation: Operation = {
  code: 'video-policy',
  definition: 'https://portico.dev/fhir/OperationDefinition/video-policy',
  description: 'Says how visits by video are held in this tenant; with parameters, changes it',
  on: { system: true },
  affectsState: true,
  parameters: [
    { name: 'provider', use: 'in', min: 0, max: '1', type: 'code', documentation: 'p2p or livekit' },
    { name: 'keepChat', use: 'in', min: 0, max: '1', type: 'boolean', documentation: 'Chat becomes Communications' },
    { name: 'recording', use: 'in', min: 0, max: '1', type: 'boolean', documentation: 'Visits may be recorded' },
    { name: 'earlyMinutes', use: 'in', min: 0, max: '1', type: 'integer' },
    { name: 'noShowMinutes', use: 'in', min: 0, max: '1', type: 'integer' },
    { name: 'graceMinutes', use: 'in', min: 0, max: '1', type: 'integer' },
    { name: 'overtimeMinutes', use: 'in', min: 0, max: '1', type: 'integer' },
    { name: 'relayOnly', use: 'in', min: 0, max: '1', type: 'code', documentation: 'when-turn, always or never' },
    { name: 'policy', use: 'out', min: 1, max: '1', type: 'string', documentation: 'All of it, as JSON' },
  ],
  async run(context, request) {
    const { grant } = request;
    if (!may.has(grant.caller.actor))
      return forbidden('Only an operator or the privacy officer sets how visits are held');
    const read = requestParameters(request, 'resource');
    if (!read.ok) return read;
    const asked = names.filter((name) => read.value.text(name) !== null);
    const current = await policyOf(context, grant.tenant);
    const wished = {
      ...current,
      ...Object.fromEntries(asked.map((name) => [name, meant(read.value.text(name) ?? '')])),
    };
    const checked = videoPolicy.safeParse(wished);
    if (!checked.success)
      return invalid(z.prettifyError(checked.error), String(checked.error.issues[0]?.path[0] ?? ''));
    if (asked.length > 0) await keepPolicy(context, grant.tenant, checked.data);
    return operationResponse(parametersText([['policy', 'valueString', JSON.stringify(JSON.stringify(checked.data))]]));
  },
};
