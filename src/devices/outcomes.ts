import type { Issue, Refusal } from '../fhir/outcome.ts';

/** What became of one item of what was sent. */
export type ItemOutcome = {
  /** Where it stands in what was sent. */
  path: string;
  status: '201' | '200' | '403' | '404' | '409' | '422';
  /** Of its Observation. */
  id?: string;
  version?: number;
  /** Whether the value took the place of another. */
  amended?: true;
  issue?: Issue;
};

const statuses: Readonly<Record<number, ItemOutcome['status']>> = { 403: '403', 404: '404', 409: '409' };

/** A refusal as what became of one item. */
export function refusedItem(path: string, { status, issues: [first] }: Refusal): ItemOutcome {
  const issue: Issue = first ?? { severity: 'error', code: 'invalid', diagnostics: 'It cannot be read' };
  return {
    path,
    status: statuses[status] ?? '422',
    issue: { ...issue, expression: placeOf(path, issue.expression) },
  };
}

/** A validator begins with the type of what it looks at, which stands elsewhere in what was sent. */
function placeOf(path: string, expression: string | undefined): string {
  if (expression === undefined) return path;
  const [, type = '', rest] = /^(Observation|DeviceMetric)((?:[.[].*)?)$/s.exec(expression) ?? [];
  if (rest === undefined || path.startsWith(type)) return expression;
  return path.endsWith('resource') ? `${path}${rest}` : path;
}

/** An item that breaks a rule of ours, or of the patient's. */
export const ruledOutItem = (
  path: string,
  diagnostics: string,
  status: '403' | '422' = '422',
  code: Issue['code'] = 'business-rule',
): ItemOutcome => ({ path, status, issue: { severity: 'error', code, diagnostics, expression: path } });

/** Something is said of an item that was taken. */
export const saidOf = (path: string, diagnostics: string): ItemOutcome => ({
  path,
  status: '200',
  issue: { severity: 'information', code: 'informational', diagnostics, expression: path },
});

/** How many of the items were what. */
export type Tally = { created: number; known: number; amended: number; refused: number };

export const noTally = (): Tally => ({ created: 0, known: 0, amended: 0, refused: 0 });

export const isRefused = ({ status }: ItemOutcome): boolean => status !== '200' && status !== '201';

export function count(tally: Tally, outcomes: readonly ItemOutcome[]): void {
  for (const outcome of outcomes) {
    if (isRefused(outcome)) tally.refused++;
    else if (outcome.status === '201') tally.created++;
    else if (outcome.amended) tally.amended++;
    else tally.known++;
  }
}
