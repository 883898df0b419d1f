import { Worker } from 'node:worker_threads';

import { invalid, ok, type Result, tooCostly } from '../../fhir/outcome.ts';
import type { Extracted } from './extract.ts';
import type { ExtractAnswer, ExtractTask } from './extract-worker.ts';

/** ms that the expressions of a template may take for one payload. */
const DEADLINE = 2000;

const MAX_WAITING = 64;

type Answer = (result: Result<Extracted[]>) => void;
type Waiting = { task: ExtractTask; answer: Answer };

/** Runs the expressions that users write, one payload at a time, in a thread that is killed when it takes too long. */
export type Extractor = { extract(task: ExtractTask): Promise<Result<Extracted[]>> };

/** @param deadline ms that one payload may take, from the moment the thread begins with it */
export function createExtractor(deadline: number = DEADLINE): Extractor {
  const queue: Waiting[] = [];
  let worker: Worker | null = null;
  let ready = false;
  let current: { answer: Answer; timer: NodeJS.Timeout } | null = null;

  const settle = (result: Result<Extracted[]>): void => {
    if (current === null) return;
    clearTimeout(current.timer);
    const { answer } = current;
    current = null;
    answer(result);
  };

  /** Drops the thread; the next payload starts another. */
  const abandon = (why: string): void => {
    const old = worker;
    worker = null;
    ready = false;
    old?.removeAllListeners();
    // Out of memory is an error event; without a listener it would end the process.
    old?.on('error', () => {});
    void old?.terminate();
    settle(tooCostly(why));
    next();
  };

  const next = (): void => {
    if (current !== null || queue.length === 0) return;
    if (worker === null) worker = start();
    if (!ready) return;
    const waiting = queue.shift();
    if (waiting === undefined) return;
    const late = `The expressions of the template take longer than ${deadline} ms for this payload`;
    current = { answer: waiting.answer, timer: setTimeout(() => abandon(late), deadline) };
    worker.postMessage(waiting.task);
  };

  const start = (): Worker => {
    const started = new Worker(new URL('./extract-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32 },
    });
    started.unref();
    started.on('message', (message: ExtractAnswer) => {
      if (message === 'ready') ready = true;
      else if ('extracted' in message) settle(ok(message.extracted));
      else settle(invalid(`The template cannot be applied to this payload: ${message.error}`));
      next();
    });
    started.on('error', () => abandon('The expressions of the template take more memory than they may'));
    return started;
  };

  return {
    extract(task) {
      if (queue.length >= MAX_WAITING)
        return Promise.resolve(tooCostly('Too many payloads wait for their templates: send it again later'));
      return new Promise((answer) => {
        queue.push({ task, answer });
        next();
      });
    },
  };
}
