import { parentPort } from 'node:worker_threads';

import { compileFhirPath, type FhirPathItem } from './fhirpath-engine.ts';

/** What the worker is sent: JSON text of a resource, and an expression. */
export type FhirPathTask = { resource: string; expression: string; variables: Record<string, unknown> };
/** What it answers; `ready` once, when the engine is loaded. */
export type FhirPathAnswer = 'ready' | { items: FhirPathItem[] } | { error: string };

const MAX_ITEMS = 10_000;

function run({ resource, expression, variables }: FhirPathTask): FhirPathAnswer {
  try {
    const items = compileFhirPath(expression)(JSON.parse(resource), variables);
    if (items.length > MAX_ITEMS) return { error: `it gives more than ${MAX_ITEMS} items` };
    // Through JSON, because the engine's own classes cannot cross to another thread.
    return { items: JSON.parse(JSON.stringify(items)) };
  } catch (error) {
    return { error: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}

parentPort?.on('message', (task: FhirPathTask) => parentPort?.postMessage(run(task)));
// What the engine does the first time takes long, and is not counted to whoever comes first.
run({
  resource: '{"resourceType":"Basic"}',
  expression: "code.coding.where(code.startsWith('a')).exists()",
  variables: {},
});
parentPort?.postMessage('ready' satisfies FhirPathAnswer);
