import type { Json } from '../../../fhir/context.ts';
import { mdcSystem } from '../../measures/measure.ts';
import { measureOf, measureOfCoding } from '../../measures.ts';
import type { DeviceHint, Item } from '../../reading.ts';
import { deviceTime } from '../device-time.ts';
import { itemOfObservation } from '../fhir-observation.ts';
import { isJson, numberOf, objectsOf, textOf } from '../json.ts';
import { dayOrPart } from './sample.ts';
import { exerciseOf, healthKitSystem, percentOf, quantityPrefix, quantityTypes, sleepStageOf } from './types.ts';

/** Units that are none of UCUM, as HealthKitOnFHIR writes them with UCUM's name. */
const wrongUnits: ReadonlyMap<string, string> = new Map([
  ['in', '[in_i]'],
  ['IU', '[iU]'],
  ['hertz', 'Hz'],
  ['dB(SPL)', 'dB[SPL]'],
  ['dB(HL)', 'dB{HL}'],
  ['kcal/hr/kg', 'kcal/h/kg'],
  ['mL/kg*min', 'mL/kg/min'],
]);

/** The object identifier of MDC, which FHIR names otherwise. */
const mdcOid = 'urn:oid:2.16.840.1.113883.6.24';

const extensions = 'https://bdh.stanford.edu/fhir/defs/';

/** An Observation is not as deep: what is deeper is there to exhaust us. */
const deepest = 40;

/** Its units and code systems as FHIR has them, wherever they stand. */
function put(value: unknown, depth = 0): unknown {
  if (depth > deepest) return null;
  if (Array.isArray(value)) return value.map((part) => put(part, depth + 1));
  if (!isJson(value)) return value;
  const own = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, put(part, depth + 1)]));
  if (own.system === mdcOid) own.system = mdcSystem;
  const unit = own.system === 'http://unitsofmeasure.org' ? wrongUnits.get(String(own.code)) : undefined;
  return unit === undefined ? own : { ...own, code: unit };
}

/** The type that an Observation is really of: some are sent under the code of another, or a wrong one. */
function typeOf(code: string, display: string | null, quantity: Json): string {
  const unit = textOf(quantity.code) ?? textOf(quantity.unit);
  if (code === `${quantityPrefix}DietaryCarbohydates`) return `${quantityPrefix}DietaryCarbohydrates`;
  if (code === `${quantityPrefix}AppleSleepingWristTemperature` && unit === '%')
    return `${quantityPrefix}AtrialFibrillationBurden`;
  const isSpeed = display === 'Cycling Speed' || (unit !== null && unit !== 'W' && unit !== 'watt');
  if (code === `${quantityPrefix}CyclingFunctionalThresholdPower` && isSpeed) return `${quantityPrefix}CyclingSpeed`;
  return code;
}

const lengthOf = ({ effectivePeriod }: Json): number => {
  const { start, end } = isJson(effectivePeriod) ? effectivePeriod : {};
  return Math.max(0, (deviceTime(end)?.at ?? 0) - (deviceTime(start)?.at ?? 0));
};

const codeOf = (id: string): Json => ({ coding: [...(measureOf(id)?.codings ?? [])] });

/** The quantity of an Observation of a type, with what the sender left out or wrote as a fraction. */
function quantityOf(quantity: Json, type: string): Json {
  const known = quantityTypes.get(type);
  const value = numberOf(quantity.value);
  if (known === undefined || value === null) return quantity;
  const code = textOf(quantity.code);
  if (known.unit === '%') return { ...quantity, value: percentOf(value, code ?? '%'), unit: '%', code: '%' };
  return code === null ? { ...quantity, system: 'http://unitsofmeasure.org', code: known.unit } : quantity;
}

/** An Observation of a type of HealthKit with the codes of its measure, or, where there is none, with its right own. */
function coded(observation: Json): Json {
  const codings = objectsOf(isJson(observation.code) ? observation.code.coding : []);
  const own = codings.find(({ system }) => system === healthKitSystem);
  const code = textOf(own?.code);
  if (code === 'HKCategoryTypeIdentifierSleepAnalysis') return asSleep(observation);
  const quantity = isJson(observation.valueQuantity) ? observation.valueQuantity : null;
  if (code === null || quantity === null) return observation;
  const type = typeOf(code, textOf(own?.display), quantity);
  const right: Json = { ...observation, valueQuantity: quantityOf(quantity, type) };
  const { measure } = quantityTypes.get(type) ?? {};
  if (measure === undefined) {
    const coding = codings.map((one) => (one === own ? { ...one, code: type } : one));
    return { ...right, code: { ...(isJson(observation.code) ? observation.code : {}), coding } };
  }
  const molar = /mmol/.test(textOf(quantity.code) ?? '') && measure === 'blood-glucose-meter-mass';
  return { ...right, code: codeOf(molar ? 'blood-glucose-meter-molar' : dayOrPart(measure, lengthOf(observation))) };
}

/** A stage of sleep lasts as long as its sample. */
function asSleep(observation: Json): Json {
  const stage = sleepStageOf(String(observation.valueString ?? observation.valueInteger ?? ''));
  if (stage === null) return observation;
  const { valueString: _, valueInteger: __, ...rest } = observation;
  const minutes = {
    value: lengthOf(observation) / 60_000,
    unit: 'min',
    system: 'http://unitsofmeasure.org',
    code: 'min',
  };
  return { ...rest, code: codeOf(stage), valueQuantity: minutes };
}

/** The kind of a workout is a word there, and a code here. */
function asExercise(observation: Json): Json {
  const codings = objectsOf(isJson(observation.code) ? observation.code.coding : []);
  const isExercise = codings.some(
    ({ system, code }) =>
      measureOfCoding(textOf(system) ?? undefined, textOf(code) ?? undefined)?.id === 'exercise-session-type',
  );
  const name = textOf(observation.valueString);
  if (!isExercise || name === null) return observation;
  const { valueString: _, ...rest } = observation;
  const code = exerciseOf(name);
  const note = code === 'LA46-8' ? { note: [{ text: name.slice(0, 200) }] } : {};
  return { ...rest, ...note, valueCodeableConcept: { coding: [{ system: 'http://loinc.org', code }] } };
}

/** The two blood pressures are components under their own codes; HealthKit's stand beside and say the same. */
function parts(observation: Json): Json {
  if (!Array.isArray(observation.component)) return observation;
  const component = objectsOf(observation.component).map((one) => {
    const codings = objectsOf(isJson(one.code) ? one.code.coding : []);
    const rest = codings.filter(({ system }) => system !== healthKitSystem);
    return rest.length === 0 ? one : { ...one, code: { ...(isJson(one.code) ? one.code : {}), coding: rest } };
  });
  return { ...observation, component };
}

/** HealthKitOnFHIR writes the UUID of a sample as the id of an identifier that has no value. */
function identified(observation: Json): Json {
  const identifier = objectsOf(observation.identifier).map((one) =>
    one.value === undefined && textOf(one.id) !== null
      ? { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${String(one.id).toLowerCase()}` }
      : one,
  );
  return identifier.length === 0 ? observation : { ...observation, identifier };
}

/** What its extensions say of the device that measured; the rest of them is of the phone. */
function deviceOf(observation: Json): DeviceHint | null {
  const [source] = objectsOf(observation.extension).filter(({ url }) =>
    String(url).startsWith(`${extensions}sourceDevice`),
  );
  const said = (name: string): string | null =>
    textOf(
      objectsOf(source?.extension).find(({ url }) => String(url).endsWith(`/${name}`) || url === name)?.valueString,
    );
  const [name, manufacturer, model] = [said('name'), said('manufacturer'), said('model')];
  const identity = said('localIdentifier') ?? said('udiDeviceIdentifier') ?? model ?? name;
  if (identity === null) return null;
  return {
    identity,
    ...(name === null ? {} : { name }),
    ...(manufacturer === null ? {} : { manufacturer }),
    ...(model === null ? {} : { model }),
  };
}

/**
 * The Observation that HealthKitOnFHIR makes of a sample, without its errors.
 *
 * @see https://github.com/StanfordBDHG/HealthKitOnFHIR
 */
export function itemOfHealthKitObservation(observation: Json, path: string): Item {
  const device = deviceOf(observation);
  const extension = objectsOf(observation.extension).filter(({ url }) => !String(url).startsWith(extensions));
  const { extension: _, ...rest } = observation;
  const kept = extension.length === 0 ? rest : { ...rest, extension };
  const right = put(kept);
  const item = itemOfObservation(identified(parts(asExercise(coded(isJson(right) ? right : kept)))), path);
  if (device === null || (item.kind !== 'reading' && item.kind !== 'whole') || item.device !== undefined) return item;
  return { ...item, device };
}
