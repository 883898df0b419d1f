import type { Coding, Period } from '@medplum/fhirtypes';

import { invalid, ok, type Result } from '../outcome.ts';
import { type Parameters, requestParameters } from '../parameters.ts';
import type { FhirRequest } from '../request.ts';
import { parseInterval } from '../search/dates.ts';
import { HOUR, REGRESSION, type Statistic, statistics } from './statistics.ts';

/** What $stats is asked; times are ms since 1970, `end` the first instant not covered, null: no bound. */
export type StatsAsk = {
  subject: string;
  codes: readonly Coding[];
  start: number | null;
  end: number | null;
  statistics: readonly (Statistic | typeof REGRESSION)[];
  /** Observations that are returned with them, at most. */
  sources: number;
};

const MOST_CODES = 20;
const MOST_SOURCES = 1000;

const byCode = new Map<string, Statistic | typeof REGRESSION>([
  ...statistics.map((one) => [one.code, one] as const),
  [REGRESSION.code, REGRESSION],
]);

// How examples of the specification spell them.
const spellings: Readonly<Record<string, string>> = { max: 'maximum', min: 'minimum' };

function codesOf(request: FhirRequest, parameters: Parameters): Result<Coding[]> {
  const system = parameters.text('system');
  const codes: Coding[] = parameters.texts('code').map((code) => ({ ...(system === null ? {} : { system }), code }));
  for (const written of parameters.texts('coding')) {
    const [of = '', code = ''] = written.split('|');
    codes.push(written.includes('|') ? { system: of, code } : { code: of });
  }
  codes.push(...codingsOf(request));
  const named = codes.every(({ code, system: of }) => typeof code === 'string' && code !== '' && isText(of));
  if (codes.length === 0 || !named)
    return invalid('Say of what: code (with system) or coding is needed', 'Parameters.parameter');
  if (codes.length > MOST_CODES) return invalid(`At most ${MOST_CODES} codes may be asked for at once`, 'code');
  return ok(codes);
}

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';

/** Parameters.value gives the first of a name only, and there may be several. */
function codingsOf({ body }: FhirRequest): Coding[] {
  if (body === '') return [];
  // requestParameters has parsed the body, and checked that parameters are a list of objects.
  const { parameter = [] } = JSON.parse(body) as { parameter?: { name: string; valueCoding?: Coding }[] };
  return parameter.flatMap(({ name, valueCoding }) => (name === 'coding' && valueCoding ? [valueCoding] : []));
}

function boundsOf(parameters: Parameters, now: number): Result<Pick<StatsAsk, 'start' | 'end'>> {
  const duration = parameters.text('duration');
  if (duration !== null) {
    const hours = Number(duration);
    if (!(hours > 0 && hours <= 876_000)) return invalid('duration must be a number of hours above 0', 'duration');
    return ok({ start: now - hours * HOUR, end: now + 1 });
  }
  const period = (parameters.value('period', 'Period') ?? {}) as Period; // whose members are looked at
  const [start, end] = [period.start, period.end].map((one) => (one === undefined ? null : parseInterval(String(one))));
  if (start === null && period.start !== undefined) return invalid('period.start must be a dateTime', 'period.start');
  if (end === null && period.end !== undefined) return invalid('period.end must be a dateTime', 'period.end');
  if (start && end && start.start >= end.end) return invalid('period must end after it starts', 'period');
  return ok({ start: start?.start ?? null, end: end?.end ?? null });
}

function statisticsOf(parameters: Parameters): Result<StatsAsk['statistics']> {
  const asked = new Set<Statistic | typeof REGRESSION>();
  for (const code of parameters.texts('statistic').flatMap((one) => one.split(','))) {
    const statistic = byCode.get(spellings[code] ?? code);
    if (!statistic) return invalid(`statistic must be one of ${[...byCode.keys()].join(', ')}`, 'statistic');
    asked.add(statistic);
  }
  if (asked.size === 0) return invalid('Say which statistic: average, count, …', 'statistic');
  return ok([...asked]);
}

function sourcesOf(parameters: Parameters): Result<number> {
  const include = parameters.text('include') ?? 'false';
  if (include !== 'true' && include !== 'false') return invalid('include must be true or false', 'include');
  if (include === 'false') return ok(0);
  const limit = Number(parameters.text('limit') ?? MOST_SOURCES);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_SOURCES)
    return invalid(`limit must be a whole number from 1 to ${MOST_SOURCES}`, 'limit');
  return ok(limit);
}

/** @returns 400 for what is missing or none of what is allowed */
export function statsAsk(request: FhirRequest, now: number): Result<StatsAsk> {
  const parameters = requestParameters(request, 'resource');
  if (!parameters.ok) return parameters;
  const subject = parameters.value.text('subject') ?? '';
  if (subject === '') return invalid('Say whose: subject is needed, as in Patient/123', 'subject');
  const codes = codesOf(request, parameters.value);
  if (!codes.ok) return codes;
  const bounds = boundsOf(parameters.value, now);
  if (!bounds.ok) return bounds;
  const asked = statisticsOf(parameters.value);
  if (!asked.ok) return asked;
  const sources = sourcesOf(parameters.value);
  if (!sources.ok) return sources;
  return ok({ subject, codes: codes.value, ...bounds.value, statistics: asked.value, sources: sources.value });
}
