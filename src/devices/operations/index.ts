import type { Operation } from '../../fhir/operations/operation.ts';
import type { DeviceParts } from '../deps.ts';
import { deviceChoose } from './device-choose.ts';
import { deviceConnections } from './device-connections.ts';
import { deviceDisconnect } from './device-disconnect.ts';

/** LIST: the operations of devices and their readings. */
export const operationsOf = (_parts: DeviceParts): readonly Operation[] => [
  deviceChoose,
  deviceConnections,
  deviceDisconnect,
];
