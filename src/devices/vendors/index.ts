import type { Vendor } from './vendor.ts';
import { withings } from './withings.ts';

/** LIST: whose accounts can be connected. */
export const vendors: readonly Vendor[] = [withings];

export const vendorOf = (id: string): Vendor | undefined => vendors.find((one) => one.id === id);
