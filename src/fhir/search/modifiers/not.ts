import { parameterTypes } from '../types/index.ts';
import { always, type Modifier } from './modifier.ts';

/** None of the values; resources without any value are among the matches. */
export const not: Modifier = {
  code: 'not',
  types: ['token'],
  denies: always,
  condition: (target, values) => parameterTypes[target.parameter.type].condition(target, values),
};
