import type { Provenance, Reference } from '@medplum/fhirtypes';

import { uuid7 } from '../fhir/store/uuid.ts';
import type { Connection } from './connections/connection.ts';

/** The identifiers of what was sent, as it was sent. */
export const payloadSystem = 'https://portico.dev/fhir/sid/device-payload';

/** Observations that are named one by one; of more the Device that brought them is named as well. */
const NAMED = 100;

export type Brought = {
  connection: Connection;
  /** The payload that they were in. */
  payload: { id: string; hash: string };
  /** The ids of the Observations that were written. */
  written: readonly string[];
  /** ms since 1970: the first instant and the last that was measured. */
  period: { start: number; end: number };
  /** ms since 1970. */
  now: number;
};

const participant = (code: string, display: string) => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code, display }],
});

/** Where readings are from: what was sent, who brought it, and for whom. https://hl7.org/fhir/R4/provenance.html */
export function provenanceOf({ connection, payload, written, period, now }: Brought): Provenance & { id: string } {
  const { device, patient, name } = connection;
  const source: Reference = device === null ? { display: name } : { reference: `Device/${device}`, display: name };
  const targets = written.slice(0, NAMED).map((id) => `Observation/${id}`);
  if (written.length > NAMED && device !== null) targets.push(`Device/${device}`);
  return {
    resourceType: 'Provenance',
    id: uuid7(now),
    target: targets.map((reference) => ({ reference })),
    occurredPeriod: { start: new Date(period.start).toISOString(), end: new Date(period.end).toISOString() },
    recorded: new Date(now).toISOString(),
    activity: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: 'CREATE', display: 'create' }],
    },
    agent: [
      // A source of readings is a Device.
      { type: participant('assembler', 'Assembler'), who: source as Reference<never> },
      { type: participant('informant', 'Informant'), who: { reference: `Patient/${patient}` } },
    ],
    entity: [
      {
        role: 'source',
        what: {
          identifier: { system: payloadSystem, value: payload.id },
          display: `What was sent, sha-256 ${payload.hash}`,
        },
      },
    ],
  };
}
