import { parentPort } from 'node:worker_threads';

import { type Extracted, extract } from './extract.ts';
import type { Mapping } from './mapping.ts';

/** What the worker is sent: a mapping, and the JSON text of a payload. */
export type ExtractTask = { mapping: Mapping; payload: string };
/** What it answers; `ready` once, when it is loaded. */
export type ExtractAnswer = 'ready' | { extracted: Extracted[] } | { error: string };

function run({ mapping, payload }: ExtractTask): ExtractAnswer {
  try {
    return { extracted: extract(mapping, JSON.parse(payload)) };
  } catch (error) {
    return { error: error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 200) : 'it is none' };
  }
}

parentPort?.on('message', (task: ExtractTask) => parentPort?.postMessage(run(task)));
parentPort?.postMessage('ready' satisfies ExtractAnswer);
