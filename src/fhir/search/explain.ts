import type { Grant } from '../access.ts';
import type { FhirContext } from '../context.ts';
import { forbidden, ok, type Result } from '../outcome.ts';
import { pageStatement } from './compile.ts';
import { prepare, type SearchAsk } from './prepare.ts';

/**
 * How a search is answered: a Parameters resource with the statement, its plan as Postgres ran it, and how many rows it gave.
 * The only values in it are those that were asked for.
 *
 * @returns 403 to whoever is not an operator
 */
export async function explain(context: FhirContext, grant: Grant, ask: SearchAsk): Promise<Result<string>> {
  if (!grant.caller.operator) return forbidden('_explain is for operators');
  const prepared = await prepare(context, grant, ask);
  if (!prepared.ok) return prepared;
  const { request, parts, after } = prepared.value;
  const withKeys = request.includes.length > 0;
  const { text, params } = pageStatement({ parts, after, limit: request.count + 1, withKeys });
  const rows = parts.length === 0 ? [] : await context.database.planned.query(text, params);
  const plan =
    parts.length === 0 ? [] : await context.database.planned.query(`explain (analyze, buffers) ${text}`, params);
  return ok(
    JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: 'sql', valueString: text },
        { name: 'parameters', valueInteger: params.length },
        { name: 'rows', valueInteger: rows.length },
        { name: 'plan', valueString: plan.map(([line]) => String(line)).join('\n') },
      ],
    }),
  );
}
