import { create } from './create.ts';
import { remove } from './delete.ts';
import { history } from './history.ts';
import type { FhirInteraction } from './interaction.ts';
import { patch } from './patch.ts';
import { read } from './read.ts';
import { search, searchSystem } from './search.ts';
import { batch, transaction } from './transaction.ts';
import { update } from './update.ts';
import { vread } from './vread.ts';

/** Every interaction there is; /metadata and the routes are made from this list. */
export const interactions: readonly FhirInteraction[] = [
  read,
  vread,
  update,
  patch,
  remove,
  history,
  create,
  search,
  searchSystem,
  batch,
  transaction,
];
