import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { requestDisclosure } from '../disclosures/request.ts';

/** Writes down what an authority has ordered to be told of a patient. */
export const requestDisclosureOperation: Operation = {
  code: 'request-disclosure',
  definition: 'https://portico.dev/fhir/OperationDefinition/request-disclosure',
  description: 'Writes down what an authority has ordered to be told of a patient',
  on: { system: true },
  affectsState: true,
  parameters: [
    { name: 'patient', use: 'in', min: 1, max: '1', type: 'string', documentation: 'The id of the patient' },
    { name: 'agency', use: 'in', min: 1, max: '1', type: 'string', documentation: 'The name of the authority' },
    { name: 'agency-address', use: 'in', min: 0, max: '1', type: 'string' },
    { name: 'order', use: 'in', min: 1, max: '1', type: 'Attachment', documentation: 'The order itself' },
    { name: 'order-number', use: 'in', min: 1, max: '1', type: 'string' },
    {
      name: 'kind',
      use: 'in',
      min: 1,
      max: '1',
      type: 'code',
      documentation: 'court-order, warrant, subpoena or administrative',
    },
    { name: 'type', use: 'in', min: 1, max: '*', type: 'code', documentation: 'Types of the record that it names' },
    { name: 'start', use: 'in', min: 0, max: '1', type: 'date' },
    { name: 'end', use: 'in', min: 0, max: '1', type: 'date' },
    {
      name: 'suspend-until',
      use: 'in',
      min: 0,
      max: '1',
      type: 'date',
      documentation: 'Until when the agency has stated that the patient must not be told',
    },
    {
      name: 'oral',
      use: 'in',
      min: 0,
      max: '1',
      type: 'boolean',
      documentation: 'It was stated by word of mouth, and so holds for 30 days at most',
    },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Task' },
  ],
  async run(context, request) {
    const result = await requestDisclosure(context, request);
    return result.ok ? operationResponse(JSON.stringify(result.value)) : result;
  },
};
