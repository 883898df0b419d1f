import type { AuditEvent, AuditEventAgent, AuditEventEntity } from '@medplum/fhirtypes';

import type { Queryable } from '../../db/database.ts';
import type { FhirContext, Resource } from '../../fhir/context.ts';
import { uuid7 } from '../../fhir/store/uuid.ts';
import { networkPart } from './addresses.ts';
import { appendBlock } from './block.ts';
import { ledgerOf } from './ledger.ts';
import type { LedgerRow } from './row.ts';

export type AppendOptions = {
  /**
   * A transaction in which it is written, as its last statement: until the commit everybody else who is to be recorded waits.
   * Left out: at once, with what others write.
   */
  on?: Queryable;
  /** Nobody but the privacy officer sees it until then, as the law may order. */
  suspendedUntil?: Date;
};

/** A user of ours who has no resource is named by their account. */
const isAccount = (who: { identifier?: { system?: string } }): boolean =>
  who.identifier?.system?.endsWith('/oauth2/users') ?? false;

/**
 * The ledger outlives the erasure of a record: who a patient, or who speaks for one, is called is not in it. To whom something
 * was disclosed may have no other name than what they are called.
 */
function unnamed<T extends { reference?: string; display?: string; identifier?: { system?: string } }>(who: T): T {
  const isPerson = /^(Patient|RelatedPerson|Person)\//.test(who.reference ?? '') || isAccount(who);
  if (!isPerson || who.display === undefined) return who;
  const { display: _, ...rest } = who;
  // What is left of it has the same shape: display is optional.
  return rest as T;
}

const people: ReadonlySet<string> = new Set(['Patient', 'RelatedPerson', 'Person']);

type Contained = NonNullable<AuditEvent['contained']>[number];

/** Of a person that is told of within an event: that there is one. */
const keptContained = (one: Contained): Contained =>
  // Of a resource the type and an id are one.
  people.has(one.resourceType) ? ({ resourceType: one.resourceType, id: one.id } as Contained) : one;

function keptAgent(agent: AuditEventAgent, contained: readonly Contained[]): AuditEventAgent {
  const { who, name: _, altId, network, ...others } = agent;
  const isPerson = contained.some(({ resourceType, id }) => people.has(resourceType) && who?.reference === `#${id}`);
  const rest = altId === undefined || isPerson ? others : { ...others, altId };
  const address = network?.address;
  return {
    ...rest,
    ...(who ? { who: isPerson ? { reference: who.reference } : unnamed(who) } : {}),
    ...(network
      ? { network: { ...network, ...(address === undefined ? {} : { address: networkPart(address) }) } }
      : {}),
  };
}

const patientOf = (entity: AuditEventEntity): string | null =>
  /^Patient\/([A-Za-z0-9.-]{1,64})$/.exec(entity.what?.reference ?? '')?.[1] ?? null;

function keptEntity(entity: AuditEventEntity): AuditEventEntity {
  if (patientOf(entity) === null) return entity;
  const { name: _, description: __, ...rest } = entity;
  // What is left of a reference is one.
  return { ...rest, ...(rest.what ? { what: unnamed(rest.what) } : {}) };
}

/** The patients that it is about: those among its entities, else those who did it. */
function patientsOf({ entity = [], agent = [] }: AuditEvent): string[] {
  const about = entity.flatMap((one) => patientOf(one) ?? []);
  const acting = agent.flatMap(({ who }) => /^Patient\/([A-Za-z0-9.-]{1,64})$/.exec(who?.reference ?? '')?.[1] ?? []);
  return [...new Set(about.length > 0 ? about : acting)];
}

/** The event as it is about one patient: of the others in it nothing is said. */
function aboutOne(event: AuditEvent, patient: string | null): AuditEvent {
  if (patient === null || event.entity === undefined) return event;
  const entity = event.entity.filter((one) => [null, patient].includes(patientOf(one)));
  return { ...event, entity };
}

function rowOf(
  context: FhirContext,
  tenant: number,
  event: AuditEvent,
  patient: string | null,
  options: AppendOptions,
) {
  const now = context.now();
  const id = event.id ?? uuid7(now);
  const { resourceType, id: _, meta, recorded: ____, ...rest } = event;
  const { versionId: __, lastUpdated: ___, ...kept } = meta ?? {};
  const stamped = { versionId: '1', lastUpdated: new Date(now).toISOString(), ...kept };
  // An AuditEvent is a resource.
  const resource = { resourceType, id, meta: stamped, recorded: new Date(now).toISOString(), ...rest } as Resource &
    AuditEvent;
  const { code, present, keys } = context.index(tenant, resource);
  const row: LedgerRow = {
    id,
    recorded: now,
    patient,
    shape: null,
    keys,
    content: JSON.stringify(resource),
    whole: { code, present, suspendedUntil: options.suspendedUntil?.getTime() ?? null },
  };
  return row;
}

/**
 * Writes an AuditEvent into the ledger: one for each patient it is about, each without the others; without the names of people
 * and the ends of addresses. `recorded` becomes now; when it happened, where that is not now, is its `period`.
 *
 * @returns their ids
 * @throws NotRecorded; within a transaction DatabaseError
 */
export async function appendAuditEvent(
  context: FhirContext,
  tenant: number,
  event: AuditEvent,
  options: AppendOptions = {},
): Promise<string[]> {
  // Lists keep their lengths, which the type counts.
  const { text: _, contained = [], ...told } = event;
  const kept = {
    ...told,
    ...(contained.length > 0 ? { contained: contained.map(keptContained) } : {}),
    agent: event.agent?.map((one) => keptAgent(one, contained)),
    ...(event.entity ? { entity: event.entity.map(keptEntity) } : {}),
  } as AuditEvent;
  const patients = patientsOf(kept);
  const about = patients.length === 0 ? [null] : patients;
  const rows = about.map((patient, at) => {
    const { id, ...rest } = aboutOne(kept, patient);
    return rowOf(context, tenant, at === 0 && id !== undefined ? { ...rest, id } : rest, patient, options);
  });
  const ledger = ledgerOf(context.database, context.now);
  if (options.on) {
    await appendBlock(options.on, tenant, rows, context.now());
    ledger.later(tenant);
  } else await ledger.append(tenant, rows);
  return rows.map(({ id }) => id);
}
