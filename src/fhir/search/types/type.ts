import type { Definitions, SearchParameterDef, SearchParameterType } from '../../definitions/definitions.ts';
import type { Result } from '../../outcome.ts';
import type { Condition } from '../condition.ts';
import { type KeyKind, key } from '../hash.ts';

/** The parameter that is asked for, and where. */
export type Target = {
  tenant: number;
  /** The resource type that is searched. */
  type: string;
  parameter: SearchParameterDef;
  /** The name as it was asked, for messages. */
  name: string;
  definitions: Definitions;
  /** `http://host/fhir/R4`; what starts with it is a local reference. */
  base: string;
  /** ms since 1970. */
  now: number;
};

/**
 * What a search parameter type is to a query: how values that are asked for become a condition on rows.
 * What it stores is said in row.ts and hash.ts.
 */
export type ParameterType = {
  type: SearchParameterType;
  /** What a value looks like, for messages. */
  form: string;
  /** @returns the condition of any of the values (at least one); 400 for a value that is none. */
  condition(target: Target, values: readonly string[]): Result<Condition>;
};

export const keyOf = (target: Target, kind: KeyKind, text: string): number =>
  key(target.tenant, target.type, target.parameter.code, kind, text);
