import type { Coding, Observation, ObservationComponent, Quantity } from '@medplum/fhirtypes';

import { statisticsSystem } from '../../fhir/operations/stats-components.ts';
import { type RollUpSpan, rollUpCode, rollUpSystem } from '../../fhir/samples/roll-up-codes.ts';
import { uuid5 } from '../identity.ts';
import type { Measure } from '../measures.ts';
import { DAY, HOUR, MINUTE } from './piece.ts';
import type { Summary } from './summary.ts';

/** What a roll-up is of. */
export type RollUpOf = {
  tenant: number;
  patient: string;
  measure: Measure;
  span: RollUpSpan;
  /** ms since 1970; of a day its first instant as if it were a day of UTC. */
  start: number;
};

/** Which measure it is of, by the codes of its readings: they are not its own. */
export const rolledUpFrom = 'https://portico.dev/fhir/StructureDefinition/rolled-up-from';

/** https://portico.dev/fhir/CodeSystem/observation-category: none of those by which readings are searched for. */
const category = {
  coding: [{ system: 'https://portico.dev/fhir/CodeSystem/observation-category', code: 'roll-up', display: 'Roll-up' }],
};

/** It is rewritten when more comes of the same hour or day. */
export const rollUpId = ({ tenant, patient, measure, span, start }: RollUpOf): string =>
  uuid5(JSON.stringify(['roll-up', tenant, patient, measure.id, span, start]));

const pad = (value: number): string => String(value).padStart(2, '0');

/** An instant as a clock shows it that is so many minutes from UTC. */
export function shownAt(at: number, zone: number): string {
  const size = Math.abs(zone);
  const offset = zone === 0 ? 'Z' : `${zone < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
  return `${new Date(at + zone * MINUTE).toISOString().slice(0, -1)}${offset}`;
}

const names: Readonly<Record<RollUpSpan, string>> = {
  hourly: 'by the minute, of an hour',
  daily: 'by the hour, of a day',
};

function codingsOf({ measure, span }: RollUpOf): Coding[] {
  const own = {
    system: rollUpSystem,
    code: rollUpCode(measure.id, span),
    display: `${measure.title.en}, ${names[span]}`,
  };
  const codes = new Set(measure.codings.map(({ code = '' }) => rollUpCode(code, span)));
  codes.delete(own.code);
  return [own, ...[...codes].map((code) => ({ system: rollUpSystem, code }))];
}

/** With two digits more than a person reads. */
const rounded = (value: number, { decimals }: Measure): number => Number(value.toFixed(decimals + 2));

const unitOf = ({ unit }: Measure): Quantity =>
  unit === null ? {} : { unit: unit.text, system: 'http://unitsofmeasure.org', code: unit.code };

function components({ measure }: RollUpOf, made: Summary): ObservationComponent[] {
  const statistic = (code: string, display: string) => ({
    code: { coding: [{ system: statisticsSystem, code, display }] },
  });
  const amount = (code: string, display: string, value: number): ObservationComponent => ({
    ...statistic(code, display),
    valueQuantity: { value: rounded(value, measure), ...unitOf(measure) },
  });
  const count: ObservationComponent = { ...statistic('count', 'Count'), valueInteger: made.count };
  if (measure.roll === 'sum') return [amount('sum', 'Sum', made.sum), count];
  return [
    amount('minimum', 'Minimum', made.minimum),
    amount('maximum', 'Maximum', made.maximum),
    amount('average', 'Average', made.average),
    count,
  ];
}

/** Of a day the first and the last instant, as the clocks showed them that its readings are of. */
function periodOf({ span, start }: RollUpOf, { pieces }: Summary): { start: string; end: string } {
  const sorted = pieces.toSorted((one, other) => one.start - other.start);
  const [from, to] = [sorted[0]?.zone ?? 0, sorted.at(-1)?.zone ?? 0];
  if (span === 'hourly') return { start: shownAt(start, from), end: shownAt(start + HOUR - 1, from) };
  return { start: shownAt(start - from * MINUTE, from), end: shownAt(start + DAY - 1 - to * MINUTE, to) };
}

/** The labels of what it is made of; a rule gave them for codes that it has not, so that they are by hand here. */
function labelsOf({ pieces }: Summary): Coding[] {
  const all = new Map<string, Coding>();
  for (const text of new Set(pieces.flatMap(({ security }) => security))) {
    const { userSelected: _, ...label } = JSON.parse(text) as Coding; // that of a checked Observation
    all.set(`${label.system}|${label.code}`, label);
  }
  return [...all.values()];
}

/** The Observation of an hour or a day of readings; `E` stands where nothing was measured. */
export function rollUpObservation(of: RollUpOf, made: Summary): Observation & { id: string } {
  const { patient, measure, span } = of;
  const labels = labelsOf(made);
  const devices = [...new Set(made.pieces.map(({ device }) => device))];
  const [device = null] = devices;
  const data = made.values.map((value) => (value === null ? 'E' : String(rounded(value, measure)))).join(' ');
  return {
    resourceType: 'Observation',
    id: rollUpId(of),
    ...(labels.length === 0 ? {} : { meta: { security: labels } }),
    extension: [{ url: rolledUpFrom, valueCodeableConcept: { coding: [...measure.codings] } }],
    status: 'final',
    category: [category],
    code: { coding: codingsOf(of), text: `${measure.title.en}, ${names[span]}` },
    subject: { reference: `Patient/${patient}` },
    effectivePeriod: periodOf(of, made),
    // Of several the Provenance tells.
    ...(devices.length === 1 && device !== null ? { device: { reference: `Device/${device}` } } : {}),
    valueSampledData: {
      origin: { value: 0, ...unitOf(measure) },
      period: span === 'hourly' ? MINUTE : HOUR,
      dimensions: 1,
      data,
    },
    component: components(of, made),
  };
}
