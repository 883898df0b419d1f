import { hash } from 'node:crypto';
import type { Device } from '@medplum/fhirtypes';

import { admits, type Grant } from '../fhir/access.ts';
import type { FhirContext } from '../fhir/context.ts';
import { ok, type Result } from '../fhir/outcome.ts';
import { parseReference } from '../fhir/reference.ts';
import { escaped } from '../fhir/search/escape.ts';
import { match } from '../fhir/search/match.ts';
import { unknownId } from '../fhir/store/read.ts';
import { systemGrant } from '../fhir/store/system.ts';
import type { Connection } from './connections/connection.ts';
import { uuid5 } from './identity.ts';
import type { DeviceHint } from './reading.ts';
import { writeOnce } from './written-once.ts';

/** The device that measured, as the record knows it. */
export type Measuring = {
  /** The id of its Device; null: it is not known by what was measured. */
  device: string | null;
  /** The id of the Device that stands between, where another one measured. */
  gateway: string | null;
  /** What it is told by among the devices of the source; empty: the source itself. */
  identity: string;
};

/** Whose devices they are, and by whom they are told of. */
export type DeviceOwner = {
  tenant: number;
  patient: string;
  connection: Connection;
  /** Of who sends; null: a vendor, which names no resources of ours. */
  grant: Grant | null;
};

type Identifier = { system: string; value: string };

/** Characters of a name that is kept. */
const LONGEST = 200;
const short = (text: string): string => text.slice(0, LONGEST);

/** Identifiers of one device that are looked up. */
const MOST_IDENTIFIERS = 8;

/** Half a character is none, and what is no character at all cannot be stored. */
const clean = (text: string): string => text.toWellFormed().replaceAll(/\p{Cc}/gu, ' ');

/** What is longer than any name of a device is told by its digest: it is part of an index. */
const told = (identity: string): string =>
  identity.length <= LONGEST ? clean(identity) : `sha-256 ${hash('sha256', identity)}`;

/** What a sender says of a device, as far as it can be kept. */
function keptOf(hint: DeviceHint): DeviceHint {
  const { identity, identifiers = [], type, name, manufacturer, model, serial, reference } = hint;
  const texts = Object.entries({ name, manufacturer, model, serial, reference }).flatMap(([key, text]) =>
    text === undefined ? [] : [[key, clean(text)]],
  );
  const cleaned = identifiers
    .filter(({ system, value }) => system.length <= LONGEST && value.length <= LONGEST)
    .slice(0, MOST_IDENTIFIERS)
    .map(({ system, value }) => ({ system: clean(system), value: clean(value) }));
  return {
    ...Object.fromEntries(texts),
    identity: identity === null ? null : told(identity),
    ...(cleaned.length === 0 ? {} : { identifiers: cleaned }),
    ...(type === undefined || type.system.length + type.code.length > LONGEST
      ? {}
      : { type: { ...type, system: clean(type.system), code: clean(type.code), ...displayOf(type) } }),
  };
}

const displayOf = ({ display }: { display?: string }): { display?: string } =>
  display === undefined ? {} : { display: short(clean(display)) };

/** The first Device that has one of the identifiers: in the record, elsewhere, or none. */
async function identified(
  context: FhirContext,
  { tenant, patient }: DeviceOwner,
  identifiers: readonly Identifier[],
): Promise<{ id: string } | 'elsewhere' | null> {
  const grant = systemGrant(tenant, ['Device']);
  let elsewhere = false;
  for (const { system, value } of identifiers) {
    const query = `identifier=${encodeURIComponent(`${escaped(system)}|${escaped(value)}`)}`;
    const own = await match(context, grant, 'Device', `${query}&patient=${encodeURIComponent(`Patient/${patient}`)}`);
    if (own.ok && own.value[0]) return { id: own.value[0].id };
    const any = await match(context, grant, 'Device', query);
    if (any.ok && any.value.length > 0) elsewhere = true;
  }
  return elsewhere ? 'elsewhere' : null;
}

/** A Device that the sender names by its id: it must be in the record, or in nobody's and theirs to read. */
async function named(context: FhirContext, { tenant, patient, grant }: DeviceOwner, id: string): Promise<boolean> {
  const found = await context.store.read(systemGrant(tenant, ['Device']), 'Device', id);
  if (!found.ok) return false;
  if (found.value.patient !== null) return found.value.patient === patient;
  return grant !== null && admits(grant, 'Device', found.value, 'r');
}

/** The id in `Device/1`, where it is one of ours. */
function idIn(reference: string, base: string): string | null {
  const parsed = parseReference(reference);
  if (parsed?.kind !== 'literal' || parsed.type !== 'Device') return null;
  return parsed.base === null || parsed.base === base ? parsed.id : null;
}

/** Whether more than a reference is told of a device: it came along with its readings. */
const tells = ({ identifiers = [], serial, model, manufacturer, type }: DeviceHint): boolean =>
  identifiers.length > 0 || [serial, model, manufacturer, type].some((one) => one !== undefined);

function resourceOf(id: string, patient: string, hint: DeviceHint): Device & { id: string } {
  const { identifiers = [], manufacturer, model, serial, name, type } = hint;
  return {
    resourceType: 'Device',
    id,
    ...(identifiers.length === 0 ? {} : { identifier: identifiers.map((one) => ({ ...one })) }),
    status: 'active',
    ...(manufacturer ? { manufacturer: short(manufacturer) } : {}),
    ...(serial ? { serialNumber: short(serial) } : {}),
    ...(name ? { deviceName: [{ name: short(name), type: 'user-friendly-name' }] } : {}),
    ...(model ? { modelNumber: short(model) } : {}),
    ...(type ? { type: { coding: [{ ...type }] } } : {}),
    patient: { reference: `Patient/${patient}` },
  };
}

/** Its Device, without what of it would be no R4. */
function validOf(context: FhirContext, id: string, patient: string, hint: DeviceHint): Device & { id: string } {
  const made = resourceOf(id, patient, hint);
  const isValid = context.validate(made).every(({ severity }) => severity !== 'error' && severity !== 'fatal');
  if (isValid) return made;
  const { identifiers: _, type: __, ...rest } = hint;
  return resourceOf(id, patient, rest);
}

/**
 * The device that measured. One that is not known yet is written into the record.
 *
 * @returns 404 for one that is not in the record: that it is in the record of somebody else is not told
 */
export async function measuring(
  context: FhirContext,
  owner: DeviceOwner,
  sent: DeviceHint | undefined,
): Promise<Result<Measuring>> {
  const { tenant, patient, connection } = owner;
  const gateway = connection.device;
  const itself: Measuring = { device: gateway, gateway: null, identity: '' };
  if (sent === undefined) return ok(itself);
  const hint = keptOf(sent);
  const { reference, identifiers = [] } = hint;
  if (reference !== undefined) {
    const id = idIn(reference, context.settings.baseOf(tenant));
    if (id !== null && (await named(context, owner, id)))
      return ok({ device: id, gateway: id === gateway ? null : gateway, identity: `Device/${id}` });
    if (!tells(hint)) return unknownId('Device', id ?? 'of that reference');
  }
  const found = await identified(context, owner, identifiers);
  if (found === 'elsewhere') return unknownId('Device', 'of that identifier');
  const [first] = identifiers;
  const identity = hint.identity ?? (first ? `${first.system}|${first.value}` : null);
  if (identity === null) return ok(itself);
  if (found !== null) return ok({ device: found.id, gateway, identity });
  const id = uuid5(JSON.stringify(['Device', tenant, patient, connection.source, identity]));
  await writeOnce(context, connection, validOf(context, id, patient, hint));
  return ok({ device: id, gateway, identity });
}
