import { invalidResource, ok, type Result } from '../fhir/outcome.ts';
import { baseUnit, canonical } from '../fhir/search/ucum.ts';
import type { Measure } from './measures.ts';
import type { Amount } from './reading.ts';
import { spellings } from './units/spellings.ts';

/** One or more units that a sender may mean by what it wrote, the likeliest first. */
function meant(written: string, measure: Measure): readonly string[] {
  const text = written.trim();
  const spelled = spellings.get(text) ?? spellings.get(text.toLowerCase());
  // `C` is a coulomb to UCUM and a degree to a thermometer: what fits the measure is meant.
  const units = spelled === undefined ? [text] : [text, spelled];
  const rate = /\/(d|wk)$/.exec(measure.unit?.code ?? '');
  // The total of a day is so much a day.
  return rate === null ? units : [...units, ...units.map((unit) => `${unit}${rate[0]}`)];
}

const counted = /^\{.*\}$/;

/** The base unit of `count` is that of a percentage too; what is counted is turned into nothing else. */
function fits(unit: string, target: string): boolean {
  if (counted.test(target)) return counted.test(unit) || unit === '1';
  return baseUnit(unit) !== null && baseUnit(unit) === baseUnit(target);
}

/** The factor by which a value in the base of `unit` is to be multiplied to be one in the base of the target; null: there is none. */
function byWeight(unit: string, target: string, weight: number | undefined): number | null {
  const [from, to] = [baseUnit(unit), baseUnit(target)];
  if (weight === undefined || from === null || to === null) return null;
  // Bases are written with their powers: g.m-3 and mol.m-3 as `m-3.g` and `m-3.mol`.
  const rest = (base: string, part: string): string | null => {
    const terms = base.split('.');
    return terms.includes(part) ? terms.filter((term) => term !== part).join('.') : null;
  };
  const [massFrom, molesFrom] = [rest(from, 'g'), rest(from, 'mol')];
  if (molesFrom !== null && molesFrom === rest(to, 'g')) return weight;
  if (massFrom !== null && massFrom === rest(to, 'mol')) return 1 / weight;
  return null;
}

type Way = { unit: string; factor: number };

const ways = new Map<string, Way | null>();
const mostWays = 5_000;

function findWay(measure: Measure, target: string, written: string): Way | null {
  for (const unit of meant(written, measure)) {
    if (fits(unit, target)) return { unit, factor: 1 };
    const factor = byWeight(unit, target, measure.molecularWeight);
    if (factor !== null) return { unit, factor };
  }
  return null;
}

function wayOf(measure: Measure, target: string, written: string): Way | null {
  const key = `${measure.id} ${written}`;
  const known = ways.get(key);
  if (known !== undefined) return known;
  const way = findWay(measure, target, written);
  // Units come from senders: memory stays bounded.
  if (ways.size >= mostWays) ways.clear();
  ways.set(key, way);
  return way;
}

/** What is beyond is the doing of binary fractions: 98.6 [degF] is 37 Cel. */
const rounded = (value: number): number => Number(value.toPrecision(10));

function converted(value: number, { unit, factor }: Way, target: string): number | null {
  if (counted.test(target) || unit === target) return value;
  const [from, zero, one] = [canonical(value, unit), canonical(0, target), canonical(1, target)];
  if (from === null || zero === null || one === null) return null;
  return rounded((from.value * factor - zero.value) / (one.value - zero.value));
}

const examples = (measure: Measure, target: string): string => {
  const also = [...(measure.molecularWeight === undefined ? [] : ['mg/dL', 'mmol/L'])].filter((one) => one !== target);
  const same = `${target}${also.map((one) => `, ${one}`).join('')}`;
  return `${same} and UCUM units that can be turned into ${target} are allowed`;
};

/**
 * An amount in the unit of its measure: of UCUM units and of those spellings of vendors that are known (`bpm`, `mmHg`, `count`).
 * Mass and amount of substance are turned into each other where the measure says what a mole weighs.
 *
 * @returns 422, with the units that are allowed, for a unit that is none, that is missing, or that measures something else
 */
export function inUnitOf(measure: Measure, amount: Amount): Result<number> {
  const target = measure.unit?.code;
  const refused = (code: 'value' | 'code-invalid', diagnostics: string) =>
    invalidResource([{ severity: 'error', code, diagnostics }]);
  if (!Number.isFinite(amount.value)) return refused('value', `The value of ${measure.id} is no number`);
  if (target === undefined) return refused('value', `${measure.id} has no amount`);
  if (amount.unit === target) return ok(amount.value);
  if (amount.unit === null) {
    return refused('code-invalid', `A unit of ${measure.id} is required: ${examples(measure, target)}`);
  }
  const way = wayOf(measure, target, amount.unit.slice(0, 100));
  const value = way === null ? null : converted(amount.value, way, target);
  if (value !== null && Number.isFinite(value)) return ok(value);
  return refused(
    'code-invalid',
    `Unknown unit ${amount.unit.slice(0, 40)} of ${measure.id}: ${examples(measure, target)}`,
  );
}
