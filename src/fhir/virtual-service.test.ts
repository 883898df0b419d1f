import { expect, test } from 'vitest';

import { readVirtualService, virtualService, withoutVirtualService } from './virtual-service.ts';

const r5 = 'http://hl7.org/fhir/5.0/StructureDefinition';
const coding = { system: 'https://portico.dev/fhir/CodeSystem/virtual-service-type', code: 'livekit' };
const address = 'https://host/video/1';

test.each([
  [
    'with relative names',
    [
      { url: 'channelType', valueCoding: coding },
      { url: 'address', valueUrl: address },
      { url: 'maxParticipants', valuePositiveInt: 3 },
    ],
  ],
  [
    'with the whole names of the elements',
    [
      { url: `${r5}/extension-VirtualServiceDetail.channelType`, valueCoding: coding },
      { url: `${r5}/extension-VirtualServiceDetail.address`, valueString: address },
      { url: `${r5}/extension-VirtualServiceDetail.maxParticipants`, valuePositiveInt: 3 },
    ],
  ],
  [
    'inside an extension of the data type',
    [
      { url: '_datatype', valueString: 'VirtualServiceDetail' },
      {
        url: `${r5}/extension-VirtualServiceDetail`,
        extension: [
          { url: 'channelType', valueCoding: coding },
          { url: 'address', valueContactPoint: { value: address } },
          { url: 'maxParticipants', valueInteger: 3 },
        ],
      },
    ],
  ],
])('where a visit takes place is read %s', (_, extension) => {
  const read = readVirtualService({
    extension: [{ url: 'urn:other' }, { url: `${r5}/extension-Appointment.virtualService`, extension }],
  });
  expect(read).toEqual({ channel: coding, address, maxParticipants: 3 });
});

test('what is written is read again, has no session key, and can be taken off', () => {
  const written = virtualService('Encounter', 'https://host/t/2', 'a1');
  expect(readVirtualService({ extension: [written] })).toMatchObject({ address: 'https://host/t/2/video/a1' });
  expect(JSON.stringify(written)).not.toMatch(/sessionKey/);
  expect(withoutVirtualService([written, { url: 'urn:other' }])).toEqual([{ url: 'urn:other' }]);
  expect(readVirtualService({})).toBeNull();
});
