import type { Queryable } from '../../../db/database.ts';
import type { Grant } from '../../access.ts';
import type { SearchParameterType } from '../../definitions/definitions.ts';
import type { Result } from '../../outcome.ts';
import type { Condition } from '../condition.ts';
import type { Target } from '../types/type.ts';

/** What a modifier may look up before the search itself runs. */
export type Lookup = { grant: Grant; on: Queryable };

/** What comes after the colon of a parameter's name, and how it changes what the values mean. */
export type Modifier = {
  code: string;
  /** The types of parameter it may follow. */
  types: readonly SearchParameterType[];
  /** Whether the matches are the others: `condition` says what they are not. */
  denies(values: readonly string[]): boolean;
  condition(target: Target, values: readonly string[], lookup: Lookup): Result<Condition> | Promise<Result<Condition>>;
};

export const never = (): boolean => false;
export const always = (): boolean => true;
