import type { Operation } from '../../fhir/operations/operation.ts';
import type { Providers } from '../providers/provider.ts';

/** LIST: the operations of visits by video, and of booking them. */
export const operationsOf = (_providers: Providers): readonly Operation[] => [];
