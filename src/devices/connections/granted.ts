import type { FhirContext } from '../../fhir/context.ts';
import type { DeviceParts } from '../deps.ts';
import { vendorOf } from '../vendors/index.ts';
import { scopesFor, type Vendor } from '../vendors/vendor.ts';
import { vendorIn } from './authorization.ts';
import { beginConnection } from './begin.ts';
import type { Connection } from './connection.ts';
import { readTokens } from './secrets.ts';

const wordsIn = (text: unknown): string[] => (typeof text === 'string' ? text.split(/[\s,]+/).filter(Boolean) : []);

/**
 * The scopes that somebody agreed to: those that the vendor names; of one that names none of its own, those that were asked for.
 *
 * @param named `scope` of the answer of its token endpoint
 */
export function grantedScopes(vendor: Vendor, named: unknown, measures: readonly string[] | null): string[] {
  const known = new Set(vendor.scopes.map(({ scope }) => scope));
  const told = wordsIn(named).filter((scope) => known.has(scope));
  return told.length > 0 ? told : wordsIn(scopesFor(vendor, measures));
}

/** The ids of measures that were chosen and that no scope that was agreed to lets a vendor give. */
export function beyond(vendor: Vendor, granted: readonly string[], measures: readonly string[] | null): string[] {
  const agreed = new Set(granted);
  const open = new Set(vendor.scopes.filter(({ scope }) => agreed.has(scope)).flatMap((one) => one.measures));
  const wanted = vendor.scopes.flatMap((one) => one.measures).filter((id) => measures?.includes(id) ?? true);
  return [...new Set(wanted)].filter((id) => !open.has(id));
}

/** What a vendor has to be asked for anew; `authorize`: where somebody agrees to it, null where it cannot be asked at present. */
export type Anew = { missing: readonly string[]; authorize: string | null };

/**
 * What of a choice nobody has agreed to yet at the vendor: then it is begun to be connected anew.
 *
 * @param subject `sub` of who chose
 * @returns null where all of it comes
 */
export async function toAgreeAnew(
  context: FhirContext,
  parts: DeviceParts,
  connection: Connection,
  subject: string,
): Promise<Anew | null> {
  const { tenant, id, kind, measures } = connection;
  const vendor = kind === 'vendor' ? vendorOf(vendorIn(connection)) : undefined;
  if (vendor === undefined) return null;
  const tokens = await readTokens(context.settings, context.database, tenant, id);
  const missing = tokens?.scopes === undefined ? [] : beyond(vendor, tokens.scopes, measures);
  if (missing.length === 0) return null;
  const begun = await beginConnection(context, parts, { ...connection, subject });
  return { missing, authorize: begun.ok ? begun.value.authorize : null };
}
