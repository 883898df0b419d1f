import type { DeviceDeps } from '../deps.ts';

/** The ids of the measures that a source can bring; null: any. @param source `vendor:withings` */
export const offeredBy = (_deps: DeviceDeps, _source: string): readonly string[] | null => null;
