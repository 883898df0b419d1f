import type { Account } from '@medplum/fhirtypes';

import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, type Result } from '../../fhir/outcome.ts';
import { parametersText } from '../../fhir/parameters.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { unknownId } from '../../fhir/store/read.ts';
import { note } from '../../fhir/store/release.ts';
import { balanceOf } from '../parties/balance.ts';
import { patientOf } from '../parties/coverage.ts';

async function run(context: FhirContext, { grant, path }: FhirRequest): Promise<Result<FhirResponse>> {
  const { tenant, caller } = grant;
  const [, id = ''] = path;
  if (caller.actor !== 'self') return forbidden('Who holds an account sees how it stands');
  const self = caller.fhirUser?.startsWith('Patient/') ? caller.fhirUser.slice('Patient/'.length) : caller.patient;
  const found = await context.store.read(grant, 'Account', id);
  if (!found.ok) return found;
  // What is stored has been checked to be of its type.
  const account = JSON.parse(found.value.content) as Account;
  const isHolder = account.subject?.some((one) => patientOf(one) === self) ?? false;
  if (self === null || !isHolder) return unknownId('Account', id);
  note(grant, { ...found.value, patient: self, patients: null }, 'r');
  const { balance, deductibleMet, outOfPocketMet, period } = await balanceOf(context, tenant, account, self);
  return operationResponse(
    parametersText([
      ['balance', 'valueMoney', JSON.stringify(balance)],
      ['deductible-met', 'valueMoney', JSON.stringify(deductibleMet)],
      ['oop-met', 'valueMoney', JSON.stringify(outOfPocketMet)],
      ...(period === null ? [] : [['period', 'valuePeriod', JSON.stringify(period)] as const]),
    ]),
  );
}

/** How an account stands that several people hold, without what each of them did. */
export const balanceSummary: Operation = {
  code: 'balance-summary',
  definition: 'https://portico.dev/fhir/OperationDefinition/Account-balance-summary',
  description: 'How a spending account stands; what other holders spent counts from the next day on',
  on: { instances: ['Account'] },
  affectsState: false,
  parameters: [
    { name: 'balance', use: 'out', min: 1, max: '1', type: 'Money' },
    { name: 'deductible-met', use: 'out', min: 1, max: '1', type: 'Money' },
    { name: 'oop-met', use: 'out', min: 1, max: '1', type: 'Money' },
    { name: 'period', use: 'out', min: 0, max: '1', type: 'Period' },
  ],
  run,
};
