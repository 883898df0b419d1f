import type { SearchParameterType } from '../../definitions/definitions.ts';
import { composite } from './composite.ts';
import { date } from './date.ts';
import { number } from './number.ts';
import { quantity } from './quantity.ts';
import { reference } from './reference.ts';
import { special } from './special.ts';
import { string } from './string.ts';
import { token } from './token.ts';
import type { ParameterType } from './type.ts';
import { uri } from './uri.ts';

/** Every type of search parameter. https://hl7.org/fhir/R4/search.html#ptypes */
export const parameterTypes: Readonly<Record<SearchParameterType, ParameterType>> = {
  composite,
  date,
  number,
  quantity,
  reference,
  special,
  string,
  token,
  uri,
};
