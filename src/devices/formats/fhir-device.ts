import type { Json } from '../../fhir/context.ts';
import type { DeviceHint } from '../reading.ts';
import { isJson, objectsOf, textOf } from './json.ts';

/** What a Device resource that came along tells of itself: told by its first identifier, else its serial number, else its model. */
export function hintOfDevice(device: Json, reference: string | null): DeviceHint {
  const identifiers = objectsOf(device.identifier).flatMap(({ system, value }) =>
    typeof system === 'string' && typeof value === 'string' ? [{ system, value }] : [],
  );
  const [first] = identifiers;
  const serial = textOf(device.serialNumber);
  const manufacturer = textOf(device.manufacturer);
  const model = textOf(device.modelNumber);
  const name = textOf(objectsOf(device.deviceName)[0]?.name);
  const type = typeOf(device);
  return {
    identity: first === undefined ? (serial ?? model ?? reference) : `${first.system}|${first.value}`,
    ...(name === null ? {} : { name }),
    ...(manufacturer === null ? {} : { manufacturer }),
    ...(model === null ? {} : { model }),
    ...(serial === null ? {} : { serial }),
    ...(reference === null ? {} : { reference }),
    ...(identifiers.length === 0 ? {} : { identifiers }),
    ...(type === null ? {} : { type }),
  };
}

/** What kind it is: of a personal health device its specialization says more than its type, which says only that it is one. */
function typeOf(device: Json): NonNullable<DeviceHint['type']> | null {
  const special = objectsOf(device.specialization).map(({ systemType }) => systemType);
  for (const concept of [...special, device.type]) {
    const coding = isJson(concept) ? objectsOf(concept.coding)[0] : undefined;
    const { system, code, display } = coding ?? {};
    if (typeof system === 'string' && typeof code === 'string')
      return { system, code, ...(typeof display === 'string' ? { display } : {}) };
  }
  return null;
}

/** What an Observation's reference to its device tells; null: it names none. */
export function hintOfReference(value: unknown, known: ReadonlyMap<string, DeviceHint>): DeviceHint | null {
  if (!isJson(value)) return null;
  const reference = textOf(value.reference);
  const came = reference === null ? undefined : known.get(reference);
  if (came !== undefined) return came;
  const identifier = isJson(value.identifier) ? value.identifier : {};
  const system = textOf(identifier.system);
  const number = textOf(identifier.value);
  const name = textOf(value.display);
  if (reference === null && number === null && name === null) return null;
  return {
    identity: number === null ? (reference ?? name) : `${system ?? ''}|${number}`,
    ...(name === null ? {} : { name }),
    ...(reference === null ? {} : { reference }),
    ...(number === null || system === null ? {} : { identifiers: [{ system, value: number }] }),
  };
}
