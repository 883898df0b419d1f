import { hash } from 'node:crypto';

import type { Caller, Denial, Rows } from '../../fhir/access.ts';
import { noParties } from '../parties/facts.ts';
import type { ConsentEffect, Facts } from './facts.ts';
import { listName, rowsName } from './rules.ts';

/**
 * The same for the same person with the same scopes, class, purpose and facts, whichever token says so, and in whatever order:
 * a cursor that was given out under other rights is no good any more.
 */
export function grantHash(caller: Caller, facts: Facts): string {
  const { tenant, actor, purpose, organization, subject, clientId, patient, fhirUser, identified, operator } = caller;
  const scopes = caller.scopes.map(({ context, type, interactions, query }) =>
    JSON.stringify([context, type, [...interactions].sort().join(''), query]),
  );
  const who = [tenant, actor, purpose, organization, subject, clientId, patient, fhirUser, identified, operator];
  const known = caller.reach === 'all' ? caller.reach : listName(caller.reach);
  const whole = [who, known, [...new Set(scopes)].sort(), factsName(facts)];
  return hash('sha256', JSON.stringify(whole), 'base64url').slice(0, 22);
}

const factsName = ({ consents, duties, wards = [], registration = null, parties = noParties }: Facts): unknown => [
  consents.map(effectName).sort(),
  [duties.assigned, duties.tasks ?? []].map((ids) => [...ids].sort()),
  duties.emergencies.map(({ patient }) => patient).sort(),
  wards,
  [parties.members, parties.coverages, parties.places].map(listName),
  registration && [[...registration.types].sort(), [...registration.elements].sort()],
];

function effectName({ consent, patient, permits, opens, denials }: ConsentEffect): string {
  const given = [...permits].map(([type, rows]) => [type, rows.map(rowsName)]);
  const taken = [...denials].map(([type, rows]) => [type, rows.map(denialName)]);
  return JSON.stringify([consent, patient, given, opens, taken]);
}

const denialName = (denial: Denial): unknown => [rowsName(denial), denial.except.map((rows: Rows) => rowsName(rows))];
