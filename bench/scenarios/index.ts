import type { Plan } from '../load/plan.ts';
import type { User } from '../load/scenario.ts';
import { bundles } from './bundles.ts';
import { create } from './create.ts';
import { crud } from './crud.ts';
import { token } from './token.ts';
import { transaction } from './transaction.ts';
import { walk } from './walk.ts';

/** What each word of a plan does. */
export function scenarioOf(plan: Plan): User {
  const { work } = plan;
  switch (work.scenario) {
    case 'create':
      return create(plan, work);
    case 'walk':
      return walk(plan, work);
    case 'crud':
      return crud(plan);
    case 'token':
      return token(plan, work);
    case 'transaction':
      return transaction(plan);
    case 'bundles':
      return bundles(plan, work);
  }
}
