import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { parametersText } from '../../fhir/parameters.ts';
import { linkTo } from '../recording/link.ts';

/** An address at which a browser plays a recording. */
export const videoRecordingLink: Operation = {
  code: 'video-recording-link',
  definition: 'https://portico.dev/fhir/OperationDefinition/DocumentReference-video-recording-link',
  description:
    'An address at which the recording of a visit by video is sent once, within a minute, to who may read it',
  on: { instances: ['DocumentReference'] },
  affectsState: true,
  parameters: [
    { name: 'url', use: 'out', min: 1, max: '1', type: 'url' },
    { name: 'expires', use: 'out', min: 1, max: '1', type: 'instant' },
  ],
  async run(context, { grant, path, base }) {
    const [, id = ''] = path;
    const link = await linkTo(context, grant, id);
    if (!link.ok) return link;
    const { code, expiresAt } = link.value;
    const url = `${base.slice(0, -'/fhir/R4'.length)}/video/recording/${code}`;
    const answer = operationResponse(
      parametersText([
        ['url', 'valueUrl', JSON.stringify(url)],
        ['expires', 'valueInstant', JSON.stringify(new Date(expiresAt).toISOString())],
      ]),
    );
    return answer.ok
      ? { ok: true, value: { ...answer.value, headers: { ...answer.value.headers, 'Cache-Control': 'no-store' } } }
      : answer;
  },
};
