import { bundleText, responseEntry } from '../fhir/bundle.ts';
import { statusText } from '../fhir/interactions/entry-response.ts';
import { fhirJson } from '../fhir/interactions/respond.ts';
import { type Issue, outcomeText } from '../fhir/outcome.ts';
import type { FhirResponse } from '../fhir/request.ts';
import { count, type ItemOutcome, isRefused, noTally, type Tally } from './outcomes.ts';

/** Items up to which each is told of; of more only the refused are, and of those as many as this tenfold. */
export const TOLD = 1000;

/** The answer to a submission, as it comes to be. */
export type Answer = {
  tally: Tally;
  add(outcomes: readonly ItemOutcome[]): void;
  /** @param entries how many entries the Bundle had, where each has one in the answer, whatever it held */
  response(entries?: number): FhirResponse;
};

const placed = ({ id, version }: ItemOutcome): { location?: string; etag?: string } =>
  id === undefined ? {} : { location: `Observation/${id}/_history/${version ?? 1}`, etag: `W/"${version ?? 1}"` };

function entryOf(outcome: ItemOutcome): string {
  const { status, issue } = outcome;
  return responseEntry({
    status: statusText(Number(status)),
    ...placed(outcome),
    ...(issue === undefined ? {} : { outcome: outcomeText([issue]) }),
  });
}

const indexOf = ({ path }: ItemOutcome): number => Number(/^Bundle\.entry\[(\d+)\]/.exec(path)?.[1] ?? -1);

const stored = ({ id, version, path }: ItemOutcome): Issue => ({
  severity: 'information',
  code: 'informational',
  diagnostics: `Observation/${id} is stored as version ${version ?? 1}`,
  expression: path,
});

/** One entry of the answer for one of the Bundle, which may have held many readings. */
function joined(outcomes: readonly ItemOutcome[]): string {
  const [only, other] = outcomes;
  if (only === undefined) return responseEntry({ status: statusText(200), outcome: outcomeText([nothing]) });
  if (other === undefined) return entryOf(only);
  const taken = outcomes.filter((one) => !isRefused(one));
  const isNew = taken.length === outcomes.length && taken.every(({ status }) => status === '201');
  const status = taken.length === 0 ? only.status : isNew ? '201' : '200';
  const issues = outcomes.flatMap((one) => one.issue ?? (one.id === undefined ? [] : stored(one)));
  return responseEntry({
    status: statusText(Number(status)),
    outcome: outcomeText(issues.length > 0 ? issues : [nothing]),
  });
}

const nothing: Issue = {
  severity: 'information',
  code: 'informational',
  diagnostics: 'There is no reading in it',
};

/** 201: all of it is new; 200: some of it was taken; 412: nothing was. */
function statusOf({ created, known, amended, refused }: Tally): number {
  if (created + known + amended === 0 && refused > 0) return 412;
  return created > 0 && known + amended + refused === 0 ? 201 : 200;
}

/** How many were what, as a resource that a program can read. */
function counts(tally: Tally, told: number): string {
  const parameter = Object.entries(tally).map(([name, valueInteger]) => ({ name, valueInteger }));
  const all = tally.created + tally.known + tally.amended + tally.refused;
  const diagnostics =
    `Of ${all} items ${tally.created} are new, ${tally.amended} were changed, ${tally.known} were known and ${tally.refused} ` +
    `are refused. Of more than ${TOLD} items only those that are refused are told of one by one` +
    (told < tally.refused ? `, and of those the first ${told}` : '');
  const outcome = outcomeText([{ severity: 'information', code: 'informational', diagnostics }]);
  const resource = JSON.stringify({ resourceType: 'Parameters', parameter });
  return responseEntry({ status: statusText(200), resource, outcome });
}

export function createAnswer(): Answer {
  const tally = noTally();
  let all: ItemOutcome[] = [];
  let isLong = false;
  return {
    tally,
    add(outcomes) {
      count(tally, outcomes);
      isLong ||= all.length + outcomes.length > TOLD;
      if (isLong) {
        if (all.length <= TOLD) all = all.filter(isRefused);
        all.push(...outcomes.filter(isRefused).slice(0, Math.max(0, TOLD * 10 - all.length)));
      } else all.push(...outcomes);
    },
    response(entries) {
      const headers = { 'Content-Type': fhirJson };
      const status = statusOf(tally);
      if (isLong)
        return {
          status,
          headers,
          body: bundleText('batch-response', [counts(tally, all.length), ...all.map(entryOf)]),
        };
      if (entries === undefined) return { status, headers, body: bundleText('batch-response', all.map(entryOf)) };
      const byEntry = Array.from({ length: entries }, (): ItemOutcome[] => []);
      for (const one of all) byEntry[indexOf(one)]?.push(one);
      return { status, headers, body: bundleText('batch-response', byEntry.map(joined)) };
    },
  };
}
