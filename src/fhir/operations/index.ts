import { observationLastn } from './observation-lastn.ts';
import { observationStats } from './observation-stats.ts';
import type { Operation } from './operation.ts';
import { patientEverything } from './patient-everything.ts';
import { resourceMeta, resourceMetaAdd, resourceMetaDelete } from './resource-meta.ts';
import { resourceValidate } from './resource-validate.ts';

/** Every operation of this folder; the routes, /metadata and OperationDefinitions are made from the list. */
export const operations: readonly Operation[] = [
  resourceValidate,
  resourceMeta,
  resourceMetaAdd,
  resourceMetaDelete,
  patientEverything,
  observationLastn,
  observationStats,
];
