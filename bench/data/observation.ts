import { template } from './template.ts';

/** A heart rate as devices send it, about 1.1 kB: `patient` is an id, `effective` an instant, `value` a number. */
export const observationTemplate = template({
  resourceType: 'Observation',
  identifier: [{ system: 'https://portico.example/readings', value: '{{patient}}-{{effective}}' }],
  status: 'final',
  category: [
    {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/observation-category',
          code: 'vital-signs',
          display: 'Vital Signs',
        },
      ],
      text: 'Vital Signs',
    },
  ],
  code: {
    coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }],
    text: 'Heart rate',
  },
  subject: { reference: 'Patient/{{patient}}', display: 'Mrs. Ilse Marrow' },
  encounter: { reference: 'Encounter/visit-of-{{patient}}' },
  performer: [{ reference: 'Practitioner/nurse-1', display: 'Nurse Odile Fenn' }],
  effectiveDateTime: '{{effective}}',
  issued: '{{effective}}',
  valueQuantity: {
    value: '{{#value}}',
    unit: 'beats/minute',
    system: 'http://unitsofmeasure.org',
    code: '/min',
  },
  device: { display: 'Wristband of the second generation' },
});
