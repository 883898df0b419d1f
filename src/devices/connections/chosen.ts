import { invalid, ok, type Result } from '../../fhir/outcome.ts';
import type { Parameters } from '../../fhir/parameters.ts';
import { measureOf, measures } from '../measures.ts';

/** The measures that a caller has chosen by their ids, each once; null: none was named, which is whichever. */
export function chosenMeasures(parameters: Parameters): Result<readonly string[] | null> {
  const named = [...new Set(parameters.texts('measure'))];
  const unknown = named.findIndex((id) => measureOf(id) === undefined);
  if (unknown >= 0) {
    const known = measures.map(({ id }) => id).join(', ');
    return invalid(`measure must be one of: ${known}`, `Parameters.parameter.where(name = 'measure')[${unknown}]`);
  }
  return ok(named.length === 0 ? null : named);
}
