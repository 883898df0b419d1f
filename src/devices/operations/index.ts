import type { Operation } from '../../fhir/operations/operation.ts';
import type { DeviceParts } from '../deps.ts';

/** LIST: the operations of devices and their readings. */
export const operationsOf = (_parts: DeviceParts): readonly Operation[] => [];
