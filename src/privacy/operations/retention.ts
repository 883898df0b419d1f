import type { FhirContext } from '../../fhir/context.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid, type Result } from '../../fhir/outcome.ts';
import { parametersText, requestParameters } from '../../fhir/parameters.ts';
import type { FhirResponse } from '../../fhir/request.ts';
import { typeOfNumber } from '../../fhir/resources.ts';
import { ruleForm, rulesInForce, setRule } from '../retention/rules-in-force.ts';

const mayAsk: ReadonlySet<string> = new Set(['privacy-officer', 'operator']);
const refused = forbidden('Only a privacy officer may look at what is kept and purged');

async function report(context: FhirContext, tenant: number): Promise<Result<FhirResponse>> {
  const rules = await rulesInForce(context.database, tenant);
  const purges = await context.database.query(
    'select day::text, rule, type, rows, held from retention_purge where tenant = $1 order by day desc, rule, type limit 1000',
    [tenant],
  );
  const told = purges.map(([day, rule, type, rows, held]) => ({
    day,
    rule,
    type: typeOfNumber(type as number),
    purged: rows,
    held,
  }));
  return operationResponse(
    parametersText([
      ...rules.map((rule): [string, string, string] => ['rule', 'valueString', JSON.stringify(JSON.stringify(rule))]),
      ...told.map((one): [string, string, string] => ['purge', 'valueString', JSON.stringify(JSON.stringify(one))]),
    ]),
  );
}

/** What is kept for how long, and what has been purged. */
export const retentionReport: Operation = {
  code: 'retention-report',
  definition: 'https://portico.dev/fhir/OperationDefinition/retention-report',
  description: 'The rules by which resources are kept, and how many were purged by each on which day, or held',
  on: { system: true },
  affectsState: false,
  parameters: [
    { name: 'rule', use: 'out', min: 0, max: '*', type: 'string', documentation: 'JSON of a rule' },
    {
      name: 'purge',
      use: 'out',
      min: 0,
      max: '*',
      type: 'string',
      documentation: 'JSON: day, rule, type, how many were purged, and how many were not because of a hold',
    },
  ],
  async run(context, { grant }) {
    return mayAsk.has(grant.caller.actor) ? report(context, grant.tenant) : refused;
  },
};

/** A tenant keeps by other rules than the server's. */
export const setRetentionRule: Operation = {
  code: 'set-retention-rule',
  definition: 'https://portico.dev/fhir/OperationDefinition/set-retention-rule',
  description: 'Puts a rule of how long resources are kept in the place of the one of the same name, or takes it off',
  on: { system: true },
  affectsState: true,
  parameters: [
    { name: 'name', use: 'in', min: 1, max: '1', type: 'string' },
    {
      name: 'rule',
      use: 'in',
      min: 0,
      max: '1',
      type: 'string',
      documentation: 'JSON as in $retention-report, without the name; absent: the rule is taken off',
    },
    { name: 'rule', use: 'out', min: 0, max: '*', type: 'string', documentation: 'All rules as they are now' },
  ],
  async run(context, request) {
    const { tenant, caller } = request.grant;
    if (!mayAsk.has(caller.actor)) return refused;
    const parameters = requestParameters(request, 'resource');
    if (!parameters.ok) return parameters;
    const name = parameters.value.text('name')?.trim() ?? '';
    if (name === '' || name.length > 200) return invalid('name is missing: which rule is meant', 'name');
    const text = parameters.value.text('rule');
    const rule = text === null ? null : ruleForm.safeParse(jsonOf(text));
    if (rule !== null && !rule.success) {
      const [issue] = rule.error.issues;
      return invalid(`rule is no rule: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, 'rule');
    }
    await setRule(context.database, tenant, name, rule?.data ?? null, caller.subject, context.now());
    return report(context, tenant);
  },
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
