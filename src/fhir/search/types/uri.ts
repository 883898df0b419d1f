import { ok } from '../../outcome.ts';
import { keys } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { keyOf, type ParameterType } from './type.ts';

/** Precise and case-sensitive. https://hl7.org/fhir/R4/search.html#uri */
export const uri: ParameterType = {
  type: 'uri',
  form: 'a URI',
  condition: (target, values) =>
    ok(
      keys(
        values.map((value) => keyOf(target, 'u', unescaped(value))),
        true,
      ),
    ),
};
