import { invalid, ok, type Result, tooCostly } from '../outcome.ts';
import type { Parameters } from '../parameters.ts';
import { isResourceType } from '../resources.ts';
import { interval } from '../search/dates.ts';

const DEFAULT_COUNT = 1_000;
const MAX_COUNT = 5_000;
/** What is asked of a record: https://hl7.org/fhir/R4/patient-operation-everything.html */
export type Ask = {
  patient: string;
  /** null: every type. */
  types: ReadonlySet<string> | null;
  since: Date | null;
  /** Care dates, ms: [start, end). */
  start: number | null;
  end: number | null;
  count: number;
};

function dateOf(parameters: Parameters, name: string): Result<{ start: number; end: number } | null> {
  const text = parameters.text(name);
  if (text === null) return ok(null);
  const found = interval(text);
  return found.ok ? ok(found.value) : invalid(`${name} must be a date: ${text}`, name);
}

export function askOf(parameters: Parameters, patient: string): Result<Ask> {
  const counts = parameters.text('_count');
  const count = counts === null ? DEFAULT_COUNT : Number(counts);
  if (!Number.isInteger(count) || count < 1) return invalid('_count must be a whole number from 1', '_count');
  if (count > MAX_COUNT) return tooCostly(`_count may be ${MAX_COUNT} at most; further pages follow`, '_count');
  const types = parameters.texts('_type').flatMap((list) => list.split(','));
  const wrong = types.find((type) => !isResourceType(type));
  if (wrong !== undefined) return invalid(`_type: ${wrong} is not a resource type`, '_type');
  const since = dateOf(parameters, '_since');
  const start = dateOf(parameters, 'start');
  const end = dateOf(parameters, 'end');
  if (!since.ok) return since;
  if (!start.ok) return start;
  if (!end.ok) return end;
  return ok({
    patient,
    count,
    types: types.length > 0 ? new Set(types) : null,
    since: since.value && new Date(since.value.start),
    start: start.value?.start ?? null,
    end: end.value?.end ?? null,
  });
}

const passed = ['start', 'end', '_since', '_type', '_count'];

/** The parameters again as a query string, however they came: the next link is called by GET. */
export function queryOf(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const name of passed) for (const value of parameters.texts(name)) query.append(name, value);
  return query.toString();
}
