import type { Seen } from '../../fhir/access.ts';
import { type AuditUse, type Deed, emergency, isSearch, mostIds } from '../../fhir/audit/used.ts';
import type { FhirContext, Record } from '../../fhir/context.ts';
import type { Result } from '../../fhir/outcome.ts';
import { isId } from '../../fhir/reference.ts';
import type { FhirRequest, FhirResponse } from '../../fhir/request.ts';
import { isResourceType } from '../../fhir/resources.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { useKeys } from './audit-keys.ts';
import { basisFor } from './basis.ts';
import { asked } from './deeds.ts';
import { ledgerOf } from './ledger.ts';
import { askedText } from './queries.ts';
import type { LedgerRow } from './row.ts';
import { createShapes, type Doing } from './shapes.ts';

/** What is told of one patient, or of nobody, in one row. */
type Told = { patient: string | null; deed: Deed; via: string | null; rows: Seen[] };

const written: { readonly [interaction: string]: Deed } = { c: 'create', u: 'update', d: 'delete' };

/** The rows that a request let go or wrote, by whom they are about and what was done. */
function tell(seen: readonly Seen[], deed: Deed, via: string | null): Told[] {
  const told = new Map<string, Told>();
  const add = (patient: string | null, row: Seen): void => {
    const change = written[row.interaction];
    const isAsked =
      change === undefined ? !isWriting(deed) : change === deed || (change === 'update' && deed === 'patch');
    const done = isAsked ? deed : (change ?? 'read');
    const name = `${patient ?? ''} ${done}`;
    const found = told.get(name);
    if (found) found.rows.push(row);
    else told.set(name, { patient, deed: done, via: isAsked ? via : (via ?? deed), rows: [row] });
  };
  for (const row of seen) {
    const { patient, patients } = row;
    if (patient !== null) add(patient, row);
    if (patients !== null) for (const one of patients) if (one !== patient) add(one, row);
    if (patient === null && (patients === null || patients.length === 0)) add(null, row);
  }
  return [...told.values()];
}

const isWriting = (deed: Deed): boolean =>
  deed === 'create' ||
  deed === 'update' ||
  deed === 'patch' ||
  deed === 'delete' ||
  deed === 'transaction' ||
  deed === 'batch';

/** Ids by type, each once, as many as are told; and how many there were. */
function whatOf(rows: readonly Seen[]): Pick<AuditUse, 'what' | 'count'> {
  const [first] = rows;
  if (rows.length === 1 && first?.counted === undefined && first) return { what: { [first.type]: [first.id] } };
  const all = new Map<string, Set<string>>();
  const count: { [type: string]: number } = {};
  for (const { type, id, counted } of rows) {
    if (counted !== undefined) {
      count[type] = counted;
      continue;
    }
    const ids = all.get(type) ?? new Set();
    all.set(type, ids.add(id));
  }
  const what: { [type: string]: string[] } = {};
  let left = mostIds;
  for (const [type, ids] of all) {
    const some = [...ids].slice(0, left);
    left -= some.length;
    if (some.length > 0) what[type] = some;
    if (ids.size > some.length) count[type] = ids.size;
  }
  return { what, ...(Object.keys(count).length > 0 ? { count } : {}) };
}

/** The one resource that was named and not given. */
function named({ path }: FhirRequest): Pick<AuditUse, 'what'> {
  const [type = '', id = ''] = path;
  return isResourceType(type) && isId(id) ? { what: { [type]: [id] } } : {};
}

type Made = { doing: Doing; use: AuditUse; patient: string | null };

function made(told: Pick<Told, 'deed' | 'via' | 'patient'>, use: AuditUse, outcome: Doing['outcome']): Made {
  const { deed, via, patient } = told;
  const ids = Object.values(use.what ?? {}).reduce((sum, some) => sum + some.length, 0);
  const data = use.count !== undefined || ids > 1 || (ids === 1 && isSearch(deed)) ? 'm' : ids === 1 ? '1' : '';
  const has = `${patient === null ? '' : 'p'}${data}${use.query === undefined ? '' : 'q'}${use.basis?.some((one) => one !== emergency) ? 'b' : ''}${
    use.request === undefined ? '' : 'r'
  }`;
  return { doing: { deed, via, outcome, has }, use, patient };
}

/** What the ledger is told of one request: nothing of a Bundle whose entries are told of one by one. */
function rowsOf(request: FhirRequest, answer: Result<FhirResponse>, seen: readonly Seen[]): Made[] {
  const { deed, via } = asked(request);
  const identified: Pick<AuditUse, 'request'> = request.id === undefined ? {} : { request: request.id };
  if (!answer.ok) {
    const outcome = answer.status < 500 ? '4' : '8';
    const use = { ...queried(request, deed, null), ...named(request), status: answer.status };
    return [made({ deed, via, patient: null }, use, outcome)];
  }
  const part = deed === 'batch' ? partOf(answer.value) : via;
  const told = tell(seen, deed, part);
  if (told.length > 0) return told.map((one, at) => done(request, one, at === 0 ? {} : identified));
  return deed === 'batch' ? [] : [made({ deed, via, patient: null }, queried(request, deed, null), '0')];
}

/** What was written of a Bundle at once: all of a transaction, conditional creates of a batch. */
const partOf = ({ body }: FhirResponse): string =>
  typeof body === 'string' && body.slice(0, 200).includes('"batch-response"') ? 'batch' : 'transaction';

const queried = (request: FhirRequest, deed: Deed, patient: string | null): Pick<AuditUse, 'query'> =>
  isSearch(deed) || deed === 'operation' ? { query: askedText(request, patient) } : {};

function done(request: FhirRequest, told: Told, identified: Pick<AuditUse, 'request'>): Made {
  const { patient, deed, rows } = told;
  const basis = patient === null ? undefined : basisFor(request.grant, patient);
  const query = queried(request, deed, patient);
  return made(told, { ...whatOf(rows), ...query, ...(basis ? { basis } : {}), ...identified }, '0');
}

/**
 * The ledger as routes.ts tells it: each request that somebody sent, before its answer leaves, and each entry of a batch as
 * one. One row for each patient in what went out; one about nobody for the rest, and for what was refused.
 *
 * @throws NotRecorded, which keeps the answer back
 */
export function createRecord(context: Pick<FhirContext, 'database' | 'index' | 'settings' | 'now'>): Record {
  const ledger = ledgerOf(context.database, context.now);
  const issuerOf = (tenant: number): string => context.settings.baseOf(tenant).replace(/\/fhir\/R4$/, '');
  const shapes = createShapes(context.database, context.index, issuerOf);
  return async (request, answer, seen) => {
    if (request.path[0] === 'metadata') return;
    const { tenant, caller } = request.grant;
    const rows: LedgerRow[] = [];
    let { id } = request;
    for (const { doing, use, patient } of rowsOf(request, answer, seen)) {
      const known = shapes.of(caller, doing);
      rows.push({
        id: id ?? uuid7(context.now()),
        recorded: null,
        patient,
        shape: known instanceof Promise ? await known : known,
        keys: useKeys(tenant, use, doing.has.includes('1'), patient),
        content: JSON.stringify(use),
      });
      id = undefined;
    }
    if (rows.length > 0) await ledger.append(tenant, rows);
  };
}
