import type { Operation } from '../../fhir/operations/operation.ts';
import type { DeviceParts } from '../deps.ts';
import { deviceChoose } from './device-choose.ts';
import { deviceConnect } from './device-connect.ts';
import { deviceConnections } from './device-connections.ts';
import { deviceDisconnect } from './device-disconnect.ts';
import { deviceTemplate } from './device-template.ts';
import { deviceTemplateTest } from './device-template-test.ts';
import { submitDeviceData } from './submit-device-data.ts';

/** LIST: the operations of devices and their readings. */
export const operationsOf = (parts: DeviceParts): readonly Operation[] => [
  deviceChoose(parts),
  deviceConnect(parts),
  deviceConnections,
  deviceDisconnect,
  deviceTemplate,
  deviceTemplateTest,
  submitDeviceData(parts),
];
