import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';

import { sendFor } from '../../privacy/pages/ask.ts';
import type { RecordVisit } from '../../privacy/pages/visit.ts';

/** A source of readings as `$device-connections` tells of it. */
export type ShownConnection = {
  id: string;
  kind: string;
  source: string;
  name: string;
  state: string;
  /** Ids of measures; null: whichever. */
  measures: readonly string[] | null;
  priority: number;
  /** Instants of FHIR; null: not yet. */
  lastSync: string | null;
  lastReading: string | null;
  until: string | null;
  problem: string | null;
  /** `Device/1` */
  device: string | null;
};

function shownOf({ part = [] }: ParametersParameter): ShownConnection {
  const of = (name: string): ParametersParameter | undefined => part.find((one) => one.name === name);
  const text = (name: string): string | null => of(name)?.valueString ?? of(name)?.valueCode ?? null;
  const instant = (name: string): string | null => of(name)?.valueInstant ?? null;
  const measures = part.flatMap(({ name, valueCode }) => (name === 'measure' && valueCode ? [valueCode] : []));
  return {
    id: text('id') ?? '',
    kind: text('kind') ?? '',
    source: text('source') ?? '',
    name: text('name') ?? '',
    state: text('state') ?? '',
    measures: of('all')?.valueBoolean === true ? null : measures,
    priority: of('priority')?.valueInteger ?? 0,
    lastSync: instant('lastSync'),
    lastReading: instant('lastReading'),
    until: instant('until'),
    problem: text('problem'),
    device: of('device')?.valueReference?.reference ?? null,
  };
}

/** What is connected to a record, and what was. */
export async function connectionsFor(visit: RecordVisit): Promise<ShownConnection[]> {
  const path = ['Patient', visit.record.id, '$device-connections'];
  const answer = await sendFor<Parameters>(visit, { path });
  return answer.ok ? (answer.value.parameter ?? []).map(shownOf) : [];
}

export const isOpen = ({ state }: ShownConnection): boolean => state === 'active' || state === 'expired';
