import { issuerOf } from '../../privacy/consents/consent-resource.ts';
import type { DeviceParts, VendorSettings } from '../deps.ts';
import { vendorOf } from '../vendors/index.ts';
import { type Endpoints, endpointsOf, type Reach, type Vendor, webhookPath } from '../vendors/vendor.ts';
import type { Connection } from './connection.ts';

/** A vendor that is set up here. */
export type Place = { vendor: Vendor; settings: VendorSettings; endpoints: Endpoints };

/** null: it is not set up here, or not any more. */
export function placeOf({ vendors }: Pick<DeviceParts, 'vendors'>, id: string): Place | null {
  const [vendor, settings] = [vendorOf(id), vendors.get(id)];
  return vendor && settings ? { vendor, settings, endpoints: endpointsOf(vendor, settings) } : null;
}

/** The id of a vendor in the source of its connections; empty where it is none. */
export const vendorIn = ({ source }: Pick<Connection, 'source'>): string => /^vendor:(.+)$/.exec(source)?.[1] ?? '';

/** What a vendor is asked with on behalf of one of its users. */
export const reachOf = (
  { fetch }: Pick<DeviceParts, 'fetch'>,
  { settings, endpoints }: Place,
  { access, user }: { access: string; user: string },
  now: number,
): Reach => ({ fetch, settings, endpoints, access, user, now });

/** Where a vendor sends a browser back to. @param base the tenant's FHIR base */
export const callbackOf = (base: string, { vendor }: Place): string =>
  `${issuerOf(base)}/devices/connect/${vendor.id}/callback`;

/** Where a vendor sends its notifications. */
export const webhookOf = (base: string, { vendor, settings }: Place): string =>
  `${issuerOf(base)}${webhookPath(vendor, settings)}`;
