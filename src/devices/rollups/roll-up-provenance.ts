import type { Observation, Provenance, Reference } from '@medplum/fhirtypes';

import { uuid7 } from '../../fhir/store/uuid.ts';

type Written = {
  patient: string;
  written: readonly (Observation & { id: string })[];
  /** The ids of the Devices that measured; null: one that is not known. */
  devices: readonly (string | null)[];
  isNew: boolean;
  /** ms since 1970. */
  now: number;
};

const participant = (code: string, display: string) => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code, display }],
});

/** The server, which is no resource. */
const portico: Reference = { display: 'Portico' };

/** What roll-ups are made from. https://hl7.org/fhir/R4/provenance.html */
export function rollUpProvenance({ patient, written, devices, isNew, now }: Written): Provenance & { id: string } {
  const operation = isNew ? { code: 'CREATE', display: 'create' } : { code: 'UPDATE', display: 'revise' };
  const known = [...new Set(devices)].filter((device) => device !== null);
  return {
    resourceType: 'Provenance',
    id: uuid7(now),
    target: written.map(({ id }) => ({ reference: `Observation/${id}` })),
    recorded: new Date(now).toISOString(),
    activity: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', ...operation }] },
    agent: [
      // It is none of the types that it may refer to, and only named.
      { type: participant('assembler', 'Assembler'), who: portico as Reference<never> },
      { type: participant('informant', 'Informant'), who: { reference: `Patient/${patient}` } },
    ],
    ...(known.length === 0
      ? {}
      : { entity: known.map((device) => ({ role: 'source' as const, what: { reference: `Device/${device}` } })) }),
  };
}
