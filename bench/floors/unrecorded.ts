/**
 * The floor under the ledger: the server itself, but for its ledger, which is taken out of it here once it has started. There
 * is no setting that does so. It is run as src/main.ts is.
 */
import { readConfig } from '../../src/config.ts';
import { boundHeap } from '../../src/heap.ts';
import { start } from '../../src/start.ts';
import { createLog } from '../../src/web/log.ts';

boundHeap();
const config = readConfig(process.env);
const running = await start(config, createLog(config.log));
delete running.smart.fhir.record;

async function stop(): Promise<void> {
  await running.stop();
  process.exit(0);
}
process.on('SIGTERM', stop).on('SIGINT', stop);
