import { template } from './template.ts';

const fullUrl = 'urn:uuid:5b1c2f54-3c43-4d0e-9c7e-0f6f7b1d2a11';

/** A Patient and one blood pressure of theirs, as the load test of Blaze posts them (WORKLOADS W5). */
export const smallTransaction = template({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      fullUrl,
      resource: { resourceType: 'Patient', gender: 'male', birthDate: '{{birthDate}}' },
      request: { method: 'POST', url: 'Patient' },
    },
    {
      resource: {
        resourceType: 'Observation',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '8480-6', display: 'Systolic blood pressure' }] },
        subject: { reference: fullUrl },
        valueQuantity: { value: '{{#value}}', unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
      },
      request: { method: 'POST', url: 'Observation' },
    },
  ],
});
