import { fitbit } from './fitbit.ts';
import { garmin } from './garmin.ts';
import { googleHealth } from './google-health.ts';
import { oura } from './oura.ts';
import type { Vendor } from './vendor.ts';
import { withings } from './withings.ts';

/** LIST: whose accounts can be connected. */
export const vendors: readonly Vendor[] = [fitbit, garmin, googleHealth, oura, withings];

export const vendorOf = (id: string): Vendor | undefined => vendors.find((one) => one.id === id);
