import type { Database, Queryable } from '../db/database.ts';
import type { FhirContext } from '../fhir/context.ts';
import { createStore } from '../fhir/store/store.ts';

/** This context with a transaction in the place of its database: what is read and written is part of it. */
export function within(context: FhirContext, tx: Queryable): FhirContext {
  const database: Database = {
    ...tx,
    byKey: tx,
    planned: tx,
    transaction: (work) => work(tx),
    close: async () => {},
  };
  return { ...context, database, store: createStore(database) };
}
