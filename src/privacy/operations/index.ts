import type { Operation } from '../../fhir/operations/operation.ts';
import { breakGlassOperation } from './break-glass.ts';
import { myData } from './my-data.ts';
import { reviewBreakGlass } from './review-break-glass.ts';

/** LIST: the operations on rights and disclosures. */
export const operations: readonly Operation[] = [breakGlassOperation, myData, reviewBreakGlass];
