import { type Caller, everyRow, type Grant, type Interaction } from '../access.ts';

const everything: ReadonlySet<Interaction> = new Set(['c', 'r', 'u', 'd', 's']);

/**
 * The grant of the server itself, for what it reads and writes on its own account: whose patients a practitioner has, the
 * Consent that an app was given. Never for what somebody asked for. A test lists who may import this.
 */
export function systemGrant(tenant: number, types: readonly string[]): Grant {
  const caller: Caller = {
    tenant,
    actor: 'server',
    purpose: 'HOPERAT',
    organization: null,
    subject: 'system',
    clientId: null,
    scopes: [],
    patient: null,
    fhirUser: null,
    identified: false,
    reach: 'all',
    grantId: null,
    operator: false,
  };
  const rules = [everyRow(everything)];
  return {
    tenant,
    caller,
    types: new Map(types.map((type) => [type, rules])),
    denials: new Map(),
    forbiddenLabels: 0,
    basis: [],
    hash: `system ${[...types].sort().join()}`,
  };
}
