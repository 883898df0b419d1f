import { parseArgs } from 'node:util';

export type Options = {
  json: boolean;
  /** Beginnings of workload names; empty means all. */
  only: readonly string[];
  /** Of each measurement. */
  seconds: number;
  warmUp: number;
  /** How often a workload and its floor take turns. */
  rounds: number;
  quick: boolean;
  /** Flags of Node for the server under test, as --cpu-prof. */
  serverFlags: readonly string[];
};

/** @throws Error with a sentence where an option is not known or not a number */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'server-flags': { type: 'string', default: '' },
    },
  });
  const { quick } = values;
  const seconds = Number(values.seconds ?? (quick ? 0.8 : 2.5));
  if (!(seconds > 0)) throw new Error(`--seconds ${values.seconds}: must be a number above 0`);
  return {
    json: values.json,
    only: values.only.split(',').filter((name) => name !== ''),
    seconds,
    warmUp: quick ? 0.3 : 0.7,
    rounds: quick ? 1 : 2,
    quick,
    serverFlags: values['server-flags'].split(' ').filter((flag) => flag !== ''),
  };
}
