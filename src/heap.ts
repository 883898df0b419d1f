import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the memory of the process near what it holds. V8 lets a heap grow several times over before it collects, and its nursery to
 * 128 MB, where memory is plenty; but this server shares the machine with its Postgres, which makes better use of it. Called
 * when the imports are loaded, by when the nursery has the 32 MB that are enough for it.
 */
export function boundHeap(): void {
  setFlagsFromString('--heap-growing-percent=100');
  setFlagsFromString('--semi-space-growth-factor=1');
}
