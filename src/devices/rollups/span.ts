import type { Observation } from '@medplum/fhirtypes';

import { parseInterval } from '../../fhir/search/dates.ts';
import { deviceTime } from '../formats/device-time.ts';
import { type Measure, measureOfCoding } from '../measures.ts';
import type { Piece } from './piece.ts';

/** The measure of an Observation: of several codes of ours the first tells. */
export const measureIn = ({ code }: Observation): Measure | undefined =>
  (code.coding ?? []).map((one) => measureOfCoding(one.system, one.code)).find((one) => one !== undefined);

/** When it was measured; null: at no time that is known. */
export function timeOf({
  effectiveDateTime,
  effectivePeriod,
  effectiveInstant,
}: Observation): Pick<Piece, 'start' | 'zone' | 'duration'> | null {
  const start = deviceTime(effectiveDateTime ?? effectiveInstant ?? effectivePeriod?.start);
  if (start === null) return null;
  const end = parseInterval(effectivePeriod?.end ?? '')?.start ?? start.at;
  return { start: start.at, zone: start.zone, duration: Math.max(end - start.at, 0) };
}

/** What of a reading has to be rolled up anew once it is written, changed or gone; null: nothing is made of it. */
export function spanOf(observation: Observation): { measure: string; start: number; duration: number } | null {
  const [measure, time] = [measureIn(observation), timeOf(observation)];
  if (measure === undefined || measure.roll === null || time === null) return null;
  return { measure: measure.id, start: time.start, duration: time.duration };
}

const gatewayDevice = 'http://hl7.org/fhir/StructureDefinition/observation-gatewayDevice';

const idOf = (reference: string | undefined): string | null =>
  reference?.startsWith('Device/') ? reference.slice('Device/'.length) : null;

/** The Devices of an Observation: the one that measured, and the one that stands between. */
export function devicesOf({ device, extension = [] }: Observation): [string | null, string | null] {
  const gateway = extension.find(({ url }) => url === gatewayDevice)?.valueReference?.reference;
  return [idOf(device?.reference), idOf(gateway)];
}
