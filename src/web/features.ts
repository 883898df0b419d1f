import { type DeviceParts, noDevices } from '../devices/deps.ts';
import { operationsOf as deviceOperationsOf } from '../devices/operations/index.ts';
import { operations as fhirOperations } from '../fhir/operations/index.ts';
import type { Operation } from '../fhir/operations/operation.ts';
import { operations as privacyOperations } from '../privacy/operations/index.ts';
import { operationsOf as videoOperationsOf } from '../video/operations/index.ts';
import type { Providers } from '../video/providers/provider.ts';

/**
 * The operations of every folder, which fhir/routes.ts routes and /metadata publishes. Which there are depends on none of these.
 *
 * @param providers what visits by video are held with
 * @param devices what readings of devices come in by
 */
export const operationsOf = (providers: Providers, devices: DeviceParts = noDevices): readonly Operation[] => [
  ...fhirOperations,
  ...privacyOperations,
  ...videoOperationsOf(providers),
  ...deviceOperationsOf(devices),
];
