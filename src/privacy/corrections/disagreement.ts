import type { DocumentReference } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { conflict, forbidden, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { requestParameters } from '../../fhir/parameters.ts';
import type { FhirRequest } from '../../fhir/request.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { storeMade } from '../made.ts';
import { changeRequest, parameterOf, parameterType } from '../requests/requests.ts';
import { answerable } from './decision.ts';
import { asksForThemself, whoOf } from './who.ts';
import { nameOf, sign } from './written.ts';

/** Characters. */
const LONGEST = 10_000;

const notTheirs = forbidden('Who disagrees is the person whose record it is, or who acts for them, and no app');

/**
 * Puts down, beside what was not corrected, that the person disagrees and why. It is a document of the record that names what it
 * is about, so that it is found and given away with it.
 *
 * @returns the document; 409 where nothing was refused, or it was put down before
 * @see https://www.ecfr.gov/current/title-45/section-164.526
 */
export async function disagree(context: FhirContext, request: FhirRequest): Promise<Result<DocumentReference>> {
  const { grant, path } = request;
  const { tenant, caller } = grant;
  const [, id = ''] = path;
  if (!asksForThemself(caller)) return notTheirs;
  const seen = await context.store.read(grant, 'Task', id);
  if (!seen.ok) return seen;
  const asked = await answerable(context, tenant, id);
  if (!asked.ok) return asked;
  const parameters = requestParameters(request, 'statement');
  if (!parameters.ok) return parameters;
  const statement = parameters.value.text('statement')?.trim() ?? '';
  if (statement === '' || statement.length > LONGEST)
    return invalid(`statement must say why you disagree, in at most ${LONGEST} characters`, 'Parameters.parameter');
  const { place, patient } = asked.value;
  const now = context.now();
  const document: DocumentReference & { id: string } = {
    resourceType: 'DocumentReference',
    id: uuid7(now),
    status: 'current',
    docStatus: 'final',
    type: { text: 'Statement of disagreement' },
    subject: { reference: `Patient/${patient}` },
    date: new Date(now).toISOString(),
    // The person, or who acts for them.
    author: [whoOf(context, caller)] as DocumentReference['author'],
    description: `The person disagrees with ${nameOf(place)}`,
    content: [
      { attachment: { contentType: 'text/plain; charset=utf-8', data: Buffer.from(statement).toString('base64') } },
    ],
    context: { related: [{ reference: nameOf(place) }] },
  };
  const name = `DocumentReference/${document.id}`;
  // The request is taken first, so that of two who do this at once one does.
  const taken = await changeRequest(context, tenant, id, (task) => {
    if (task.status !== 'rejected') return conflict(`Task/${id} was not refused: it is ${task.status}`);
    if (parameterOf(task.output, 'disagreement')) return conflict(`A statement was put down for Task/${id} before`);
    const output = { type: parameterType('disagreement'), valueReference: { reference: name } };
    return ok({ output: [...(task.output ?? []), output] });
  });
  if (!taken.ok) return taken;
  await storeMade(context, tenant, [document]);
  const signed = { tenant, patient, place, who: whoOf(context, caller), why: 'Statement of disagreement' };
  await sign(context, signed, null, [`Task/${id}`, name]);
  return ok(document);
}
