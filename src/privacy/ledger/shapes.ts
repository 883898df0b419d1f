import { hash } from 'node:crypto';

import type { Database } from '../../db/database.ts';
import type { Caller } from '../../fhir/access.ts';
import { NotRecorded } from '../../fhir/audit/not-recorded.ts';
import { auditEventOf } from '../../fhir/audit/render.ts';
import type { AuditShape, AuditUse } from '../../fhir/audit/used.ts';
import type { Index, Resource } from '../../fhir/context.ts';
import { numbers } from '../../fhir/store/arrays.ts';
import { useKeys } from './audit-keys.ts';

/** A shape that is in the database. */
export type KnownShape = { id: number; digest: string };

/** What a shape says of one deed, beside who did it. */
export type Doing = Pick<AuditShape, 'deed' | 'via' | 'outcome' | 'has'>;

/** What the digest of a shape is of. */
export const shapeText = (
  tenant: number,
  code: number | null,
  present: readonly number[],
  keys: readonly number[],
  content: string,
): string => [tenant, code ?? '', present.join(','), keys.join(','), content].join('\n');

/** Its id: 53 bits of its digest, so that it is a Number here. */
export const shapeId = (digest: string): number => Number.parseInt(digest.slice(0, 14), 16) % 2 ** 53;

/** One of each entity that a row of the shape can have. */
function sampleOf(has: string): { use: AuditUse; patient: string } {
  const use: AuditUse = {
    ...(has.includes('1') || has.includes('m') ? { what: { Basic: ['sample'] } } : {}),
    ...(has.includes('q') ? { query: 'Basic' } : {}),
    ...(has.includes('b') ? { basis: ['Consent/sample'] } : {}),
    ...(has.includes('r') ? { request: 'sample' } : {}),
  };
  return { use, patient: has.includes('p') ? 'sample' : '' };
}

const insertSql = `insert into ledger_shape (tenant, id, code, present, keys, content)
  values ($1, $2::bigint, $3::bigint, $4::int[], $5::bigint[], $6) on conflict do nothing`;

export type Shapes = {
  /** The shape of what a caller did, stored. A promise only the first time. */
  of(caller: Caller, doing: Doing): KnownShape | Promise<KnownShape>;
};

/** @param issuerOf `https://host` of a tenant */
export function createShapes(database: Database, index: Index, issuerOf: (tenant: number) => string): Shapes {
  const byCaller = new WeakMap<Caller, Map<string, KnownShape | Promise<KnownShape>>>();

  async function store(caller: Caller, doing: Doing): Promise<KnownShape> {
    const { tenant, actor, fhirUser, subject, clientId, purpose, organization, grantId } = caller;
    const shape: AuditShape = {
      ...doing,
      actor,
      who: fhirUser,
      subject,
      client: clientId,
      purpose,
      organization,
      grant: grantId,
      issuer: issuerOf(tenant),
    };
    const { use, patient } = sampleOf(doing.has);
    // A sample has what the indexer is to find, and the shape of AuditEvent.
    const sample = auditEventOf(shape, use, 'sample', 0, patient) as Resource & ReturnType<typeof auditEventOf>;
    const row = index(tenant, sample);
    const own = new Set(useKeys(tenant, use, doing.has.includes('1'), patient === '' ? null : patient));
    const keys = row.keys.filter((one) => !own.has(one));
    const content = JSON.stringify(shape);
    const digest = hash('sha256', shapeText(tenant, row.code, row.present, keys, content));
    const id = shapeId(digest);
    try {
      await database.byKey.query(insertSql, [tenant, id, row.code, numbers(row.present), numbers(keys), content]);
    } catch (error) {
      throw new NotRecorded(error);
    }
    return { id, digest };
  }

  return {
    of(caller, doing) {
      let known = byCaller.get(caller);
      if (!known) {
        known = new Map();
        byCaller.set(caller, known);
      }
      const { deed, via, outcome, has } = doing;
      const name = `${deed} ${via} ${outcome} ${has}`;
      let found = known.get(name);
      if (found === undefined) {
        const shapes = known;
        found = store(caller, doing).then(
          (shape) => {
            shapes.set(name, shape);
            return shape;
          },
          (error) => {
            // The next to come tries again.
            shapes.delete(name);
            throw error;
          },
        );
        known.set(name, found);
      }
      return found;
    },
  };
}
