import type { DeviceDeps } from '../deps.ts';
import { vendorOf } from '../vendors/index.ts';
import { measuresOf, type Vendor } from '../vendors/vendor.ts';

/** The vendors that are set up here, by their names. */
export const vendorsOf = ({ vendors }: DeviceDeps): Vendor[] =>
  [...vendors.keys()].flatMap((id) => vendorOf(id) ?? []).sort((a, b) => a.name.localeCompare(b.name));

/** The ids of the measures that a source can bring; null: any. @param source `vendor:withings` */
export function offeredBy(source: string): readonly string[] | null {
  const vendor = vendorOf(/^vendor:(.+)$/.exec(source)?.[1] ?? '');
  return vendor === undefined ? null : measuresOf(vendor);
}
