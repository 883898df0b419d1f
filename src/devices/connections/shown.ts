import type { ParametersParameter } from '@medplum/fhirtypes';

import type { Connection } from './connection.ts';

const instant = (ms: number): string => new Date(ms).toISOString();

/**
 * A connection as a parameter with parts, without its secrets.
 *
 * @param isConsented whether the Consent that it stands on is in force: without it, it is ended, and soon says so itself
 */
export function shownConnection(one: Connection, isConsented: boolean): ParametersParameter {
  const { id, kind, source, name, state, consent, device, statement, measures, priority } = one;
  const { lastSync, lastReading, problem, createdAt, endedAt } = one;
  const shown = (state === 'active' || state === 'expired') && !isConsented ? 'revoked' : state;
  return {
    name: 'connection',
    part: [
      { name: 'id', valueString: id },
      { name: 'kind', valueCode: kind },
      { name: 'source', valueString: source },
      { name: 'name', valueString: name },
      { name: 'state', valueCode: shown },
      ...(measures ?? []).map((measure) => ({ name: 'measure', valueCode: measure })),
      { name: 'all', valueBoolean: measures === null },
      { name: 'priority', valueInteger: priority },
      { name: 'since', valueInstant: instant(createdAt) },
      ...(endedAt === null ? [] : [{ name: 'until', valueInstant: instant(endedAt) }]),
      ...(lastSync === null ? [] : [{ name: 'lastSync', valueInstant: instant(lastSync) }]),
      ...(lastReading === null ? [] : [{ name: 'lastReading', valueInstant: instant(lastReading) }]),
      ...(problem === null ? [] : [{ name: 'problem', valueString: problem }]),
      ...(consent === null ? [] : [{ name: 'consent', valueReference: { reference: `Consent/${consent}` } }]),
      ...(device === null ? [] : [{ name: 'device', valueReference: { reference: `Device/${device}` } }]),
      ...(statement === null
        ? []
        : [{ name: 'statement', valueReference: { reference: `DeviceUseStatement/${statement}` } }]),
    ],
  };
}
