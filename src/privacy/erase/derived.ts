import { addJob } from '../../db/jobs.ts';
import type { Actor, Grant } from '../../fhir/access.ts';
import type { FhirContext, Json, Resource } from '../../fhir/context.ts';
import { ok, type Result } from '../../fhir/outcome.ts';
import { typeNumber, typeOfNumber } from '../../fhir/resources.ts';
import { key } from '../../fhir/search/hash.ts';
import { numbers } from '../../fhir/store/arrays.ts';
import { literalReferences } from '../../fhir/store/referential.ts';
import { holdsOn } from '../hold/hold.ts';
import { isOwnWork } from '../retention/own-work.ts';
import { type Name, nameOf, parseName } from './inventory.ts';
import { purge } from './purge.ts';

export const FORGET_JOB = 'forget derived';

/** ms after which what was deleted is deleted, or will not be. */
const SETTLED = 2000;

const people: ReadonlySet<Actor> = new Set(['self', 'proxy', 'app']);

/**
 * Somebody deletes what they answered: soon after, what was concluded of it goes as well, and its versions. What they told was
 * theirs to tell.
 */
export async function willForget(context: FhirContext, grant: Grant, type: string, id: string): Promise<Result<null>> {
  if (type !== 'QuestionnaireResponse' || !people.has(grant.caller.actor)) return ok(null);
  const found = await context.store.read(grant, type, id, 'd');
  if (!found.ok || found.value.patient === null) return ok(null);
  await addJob(context.database, {
    tenant: grant.tenant,
    kind: FORGET_JOB,
    payload: { patient: found.value.patient, id },
    key: id,
    runAt: new Date(context.now() + SETTLED),
  });
  return ok(null);
}

const concluded = ['Observation', 'RiskAssessment'].map(typeNumber);

// Which of them are is found in their texts, which SQL may not be able to read.
const derivedSql =
  'select type, id, content from resource where tenant = $1 and type = any($2::smallint[]) and patient = $3';

const provenanceSql = 'select id, content from resource where tenant = $1 and type = $2 and keys && $3::bigint[]';

/** The resources that say they were made of a QuestionnaireResponse, or of which a Provenance says so. */
async function derivedOf(context: FhirContext, tenant: number, patient: string, id: string): Promise<Name[]> {
  const { database } = context;
  const name = `QuestionnaireResponse/${id}`;
  const isMadeOf = (resource: Json): boolean =>
    literalReferences([resource.derivedFrom, resource.basis], '').has(name) && isOwnWork(resource);
  const rows = await database.query(derivedSql, [tenant, concluded, patient]);
  const told = rows
    // What is stored is a resource.
    .filter(([, , content]) => String(content).includes(name) && isMadeOf(JSON.parse(String(content)) as Resource))
    .map(([type, other]) => ({ type: typeOfNumber(type as number), id: String(other) }));
  const entity = key(tenant, 'Provenance', 'entity', 'r', name);
  const provenances = await database.query(provenanceSql, [tenant, typeNumber('Provenance'), numbers([entity])]);
  const targets = provenances.flatMap(([, content]) => [
    ...literalReferences((JSON.parse(String(content)) as Json).target, '').keys(),
  ]);
  const made = targets.map(parseName).filter(({ type }) => concluded.includes(typeNumber(type)));
  const theirs = await database.query(
    'select type, id, content from resource where tenant = $1 and type = any($2::smallint[]) and patient = $3 and id = any($4::text[])',
    [tenant, concluded, patient, made.map((one) => one.id)],
  );
  const named = theirs
    .filter(([, , content]) => isOwnWork(JSON.parse(String(content)) as Resource))
    .map(([type, other]) => ({ type: typeOfNumber(type as number), id: String(other) }))
    .filter((one) => targets.includes(nameOf(one)));
  return [...new Map([...told, ...named].map((one) => [nameOf(one), one])).values()];
}

/** Deletes what was concluded of a QuestionnaireResponse that is deleted, and the versions of both; nothing while a hold stands. */
export async function forgetDerived(context: FhirContext, tenant: number, patient: string, id: string): Promise<void> {
  const { database } = context;
  const type = typeNumber('QuestionnaireResponse');
  const [stored] = await database.query('select 1 from resource where tenant = $1 and type = $2 and id = $3', [
    tenant,
    type,
    id,
  ]);
  if (stored || (await holdsOn(database, tenant, [patient], context.now())).length > 0) return;
  const derived = await derivedOf(context, tenant, patient, id);
  await purge(context, tenant, [{ type: 'QuestionnaireResponse', id }, ...derived]);
}
