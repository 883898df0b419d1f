import { extract, validate } from './compiled.ts';
import { creates } from './create.ts';
import { crud, memory } from './crud.ts';
import { devicePosts } from './device-post.ts';
import { deviceStores } from './device-store.ts';
import { everything } from './everything.ts';
import { importOwn, importSynthea } from './import.ts';
import { recordedReads } from './ledger.ts';
import { readById, readPatient, searchPatientCode } from './read.ts';
import { searchMix } from './search-mix.ts';
import { coldStart, warmStart } from './start.ts';
import { tokens } from './token.ts';
import { smallTransactions } from './transaction.ts';
import { firstFrame, firstFrameRelayed } from './video-first-frame.ts';
import { idle, joins, messages } from './video-signalling.ts';
import type { Workload } from './workload.ts';

/** In the order they run: what needs data comes after what makes it. */
export const workloads: readonly Workload[] = [
  coldStart,
  warmStart,
  validate,
  extract,
  ...creates,
  smallTransactions,
  crud,
  memory,
  readById,
  readPatient,
  searchPatientCode,
  recordedReads,
  tokens,
  ...deviceStores,
  ...devicePosts,
  importSynthea,
  importOwn,
  everything,
  searchMix,
  joins,
  messages,
  idle,
  firstFrame,
  firstFrameRelayed,
];
