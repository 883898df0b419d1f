import { Worker } from 'node:worker_threads';

import type { FhirPathItem } from './fhirpath-engine.ts';
import type { FhirPathAnswer, FhirPathTask } from './fhirpath-worker.ts';
import { invalid, ok, type Result, tooCostly } from './outcome.ts';

const MAX_LENGTH = 10_000;
const MAX_DEPTH = 50;
const MAX_WAITING = 256;

/** Evaluates expressions that clients send, one at a time, in a thread that is killed when it takes too long. */
export type FhirPath = {
  /**
   * @param resource JSON text of a resource
   * @returns a 400 when the expression is wrong for the resource, takes longer than the deadline, or is too long or too deep
   */
  evaluate(
    expression: string,
    resource: string,
    options?: { deadline?: number; variables?: Record<string, unknown> },
  ): Promise<Result<FhirPathItem[]>>;
  close(): Promise<void>;
};

/** How deep parentheses, brackets and braces of an expression are within each other; strings and names in quotes do not count. */
function depthOf(expression: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of expression.matchAll(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[([{]|[)\]}]/g)) {
    if (token.length > 1) continue;
    depth += '([{'.includes(token) ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

type Waiting = { task: FhirPathTask; deadline: number; answer: (result: Result<FhirPathItem[]>) => void };

/** @param deadline ms an expression may take, from the moment the thread begins with it */
export function startFhirPath({ deadline: usual = 100 }: { deadline?: number } = {}): FhirPath {
  const queue: Waiting[] = [];
  let worker: Worker | null = null;
  let ready = false;
  let current: { waiting: Waiting; timer: NodeJS.Timeout } | null = null;
  let closed = false;

  const settle = (result: Result<FhirPathItem[]>): void => {
    if (!current) return;
    clearTimeout(current.timer);
    const { answer } = current.waiting;
    current = null;
    answer(result);
  };

  /** Drops the thread; the next expression starts another. */
  const abandon = (result: Result<FhirPathItem[]>): void => {
    const old = worker;
    worker = null;
    ready = false;
    old?.removeAllListeners();
    // Out of memory is an error event; without a listener it would end the process.
    old?.on('error', () => {});
    void old?.terminate();
    settle(result);
    next();
  };

  const next = (): void => {
    if (closed || current || queue.length === 0) return;
    if (!worker) start();
    if (!worker || !ready) return;
    const waiting = queue.shift();
    if (!waiting) return;
    const late = tooCostly(
      `The FHIRPath expression takes longer than ${waiting.deadline} ms: ${excerpt(waiting.task.expression)}`,
    );
    current = { waiting, timer: setTimeout(() => abandon(late), waiting.deadline) };
    worker.postMessage(waiting.task);
  };

  const start = (): void => {
    worker = new Worker(new URL('./fhirpath-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 32 },
    });
    worker.unref();
    worker.on('message', (message: FhirPathAnswer) => {
      if (message === 'ready') ready = true;
      else if ('items' in message) settle(ok(message.items));
      else settle(invalid(`The FHIRPath expression cannot be evaluated: ${message.error}`));
      next();
    });
    worker.on('error', () => abandon(tooCostly('The FHIRPath expression takes more memory than it may')));
  };

  return {
    evaluate(expression, resource, { deadline = usual, variables = {} } = {}) {
      if (expression.length > MAX_LENGTH) {
        return Promise.resolve(
          tooCostly(`A FHIRPath expression may have ${MAX_LENGTH} characters; this has ${expression.length}`),
        );
      }
      if (depthOf(expression) > MAX_DEPTH) {
        return Promise.resolve(
          tooCostly(`The FHIRPath expression is nested deeper than ${MAX_DEPTH}: ${excerpt(expression)}`),
        );
      }
      if (queue.length >= MAX_WAITING) return Promise.resolve(tooCostly('Too many FHIRPath expressions are waiting'));
      return new Promise((answer) => {
        queue.push({ task: { resource, expression, variables }, deadline, answer });
        next();
      });
    },
    async close() {
      closed = true;
      const gone = tooCostly('The server is stopping');
      settle(gone);
      for (const { answer } of queue.splice(0)) answer(gone);
      await worker?.terminate();
    },
  };
}

const excerpt = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
