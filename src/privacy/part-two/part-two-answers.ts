import type { Actor } from '../../fhir/access.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { ok } from '../../fhir/outcome.ts';
import { holdsPartTwo, withPart2Notice } from './part-two.ts';

/** Who takes what they read elsewhere: to these a record is disclosed. */
const elsewhere: ReadonlySet<Actor> = new Set<Actor>(['system', 'carrier', 'contractor', 'legal']);

/**
 * Answers that disclose records of Part 2 carry the notice that the law wants with them, and name the Consents under which they
 * are disclosed. A single resource carries its labels.
 *
 * @see https://www.ecfr.gov/current/title-42/section-2.32
 */
export function noticed(context: Pick<FhirContext, 'now'>, dispatch: FhirContext['dispatch']): FhirContext['dispatch'] {
  return async (request, within) => {
    const answer = await dispatch(request, within);
    if (!answer.ok || !elsewhere.has(request.grant.caller.actor)) return answer;
    const { body } = answer.value;
    if (typeof body !== 'string' || !holdsPartTwo(body)) return answer;
    const consents = request.grant.basis.flatMap((one) => /^Consent\/[^ ]+/.exec(one)?.[0] ?? []);
    return ok({ ...answer.value, body: withPart2Notice(body, { consents, now: context.now() }) });
  };
}
