import type { Task } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import { ok } from '../../fhir/outcome.ts';
import { notify } from './notices.ts';
import { displays } from './request-codes.ts';
import { type Clock, changeRequest, codeOf, openRequests, parameterOf, parameterType } from './requests.ts';

/** Who answers for requests; whoever has the office finds what is sent to it. */
const officers = { display: 'Privacy officers' };

const said: Record<Exclude<Clock, 'in time' | 'ended'>, (what: string, due: string) => string> = {
  alert: (what, due) => `${what}: an answer is due by ${due}.`,
  breach: (what, due) => `${what}: the answer was due by ${due} and is overdue.`,
};

const noticed = (task: Task): string => parameterOf(task.output, 'clock')?.valueCode ?? 'in time';

/** Tells the privacy officers of each request that has become due soon, or overdue, once for either. */
export async function overdueNotices(context: FhirContext, tenant: number): Promise<void> {
  for (const { task, due, clock } of await openRequests(context, tenant)) {
    if (clock === 'in time' || clock === 'ended' || noticed(task) === clock) continue;
    const code = codeOf(task);
    const what = code === null ? 'Request' : displays[code];
    const text = said[clock](what, due.slice(0, 10));
    // Rather twice than not at all.
    await notify(context, { tenant, recipient: officers, about: `Task/${task.id}`, text });
    await changeRequest(context, tenant, task.id, (now) => {
      const others = (now.output ?? []).filter(({ type }) => type.coding?.[0]?.code !== 'clock');
      return ok({ output: [...others, { type: parameterType('clock'), valueCode: clock }] });
    });
  }
}
