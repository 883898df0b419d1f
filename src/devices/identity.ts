import { hash } from 'node:crypto';

/** The namespace of the UUIDs that we make of names: of its own, so that no other program makes the same. */
const namespace = Buffer.from('6f1d0f0a7c0b4c55a6a3d2b4f1b7c9e2', 'hex');

/** What tells a reading from every other. */
export type Identity = {
  tenant: number;
  /** The id of the Patient. */
  patient: string;
  /** Who sent it and by which device: `vendor:withings/abc`. */
  source: string;
  /** The first code of its measure. */
  code: string;
  /** ms since 1970, on the clock of the device: whichever offset it was written with. */
  start: number;
  /** ms; 0: an instant. */
  duration: number;
  /** The measures of its components, in any order. */
  components: readonly string[];
};

/**
 * A UUID that follows from a name: version 5.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5
 */
export function uuid5(name: string): string {
  const bytes = Buffer.from(hash('sha1', Buffer.concat([namespace, Buffer.from(name)]), 'hex').slice(0, 32), 'hex');
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The id of the Observation of a reading: what is sent again has the same. */
export function observationId(of: Identity): string {
  const { tenant, patient, source, code, start, duration, components } = of;
  const parts = components.length < 2 ? components : [...components].sort();
  return uuid5(hash('sha256', JSON.stringify([tenant, patient, source, code, start, duration, parts])));
}

/** What a sender's own name of a record is kept under: 32 hex digits that tell nothing of it. */
export const recordHash = (patient: string, source: string, id: string): string =>
  hash('sha256', JSON.stringify([patient, source, id])).slice(0, 32);
