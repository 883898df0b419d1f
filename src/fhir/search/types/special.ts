import { invalid, notSupported, ok } from '../../outcome.ts';
import { anyOf, type Condition, side } from '../condition.ts';
import { splitEscaped } from '../escape.ts';
import { parameterId } from '../hash.ts';
import type { ParameterType } from './type.ts';

const form = 'latitude|longitude, latitude|longitude|distance or latitude|longitude|distance|unit (km, m, [mi_us], mi)';

/** In km. */
const units = new Map([
  ['km', 1],
  ['m', 0.001],
  ['mi', 1.609344],
  ['[mi_us]', 1.609347],
  ['[mi_i]', 1.609344],
]);

/** Where no distance is given, near is within so many km. */
const usualDistance = 50;
const kmPerDegree = 111.195;

/** `Location.near`. https://hl7.org/fhir/R4/location.html#positional */
export const special: ParameterType = {
  type: 'special',
  form,
  condition(target, values) {
    if (target.parameter.code !== 'near') return notSupported(`${target.name} is not supported`);
    const conditions: Condition[] = [];
    for (const value of values) {
      const [lat = '', lon = '', dist = String(usualDistance), unit = 'km', ...more] = splitEscaped(value, '|');
      const [latitude, longitude, distance] = [lat, lon, dist].map((text) =>
        text.trim() === '' ? Number.NaN : Number(text),
      );
      const factor = units.get(unit === '' ? 'km' : unit);
      const onEarth = Math.abs(latitude ?? 91) <= 90 && Math.abs(longitude ?? 181) <= 180;
      if (more.length > 0 || !onEarth || factor === undefined || !(Number(distance) >= 0))
        return invalid(`${target.name} must be ${form}, not ${JSON.stringify(value)}`);
      const km = Number(distance) * factor;
      conditions.push(near(parameterId('near'), Number(latitude), Number(longitude), km));
    }
    return ok(anyOf(conditions));
  },
};

/** Within so many km along a great circle; the latitudes that are near enough come from an index. */
const near = (param: number, latitude: number, longitude: number, km: number): Condition =>
  side('resource_position', param, null, (row, { statement }) => {
    const lat = statement.bind(latitude, 'float8');
    const lon = statement.bind(longitude, 'float8');
    const distance = statement.bind(km, 'float8');
    const cosine =
      `sin(radians(${lat})) * sin(radians(${row}.latitude)) + cos(radians(${lat})) * cos(radians(${row}.latitude))` +
      ` * cos(radians(${row}.longitude - ${lon}))`;
    const degrees = statement.bind(km / kmPerDegree + 1e-9, 'float8');
    // Rounding can bring a cosine beyond 1; 1 mm is forgiven, for the cosine of a small angle has few digits.
    return (
      `${row}.latitude between ${lat} - ${degrees} and ${lat} + ${degrees}` +
      ` and 6371.0088 * acos(least(1, greatest(-1, ${cosine}))) <= ${distance} + 1e-6`
    );
  });
