import { type Config, readConfig, unknownSettings } from './config.ts';
import { boundHeap } from './heap.ts';
import { type Running, start } from './start.ts';
import { createLog } from './web/log.ts';

/** Ends the process with one sentence, where it has one, and the whole of it where it is a fault of ours. */
function fail(error: unknown): never {
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Portico cannot start. ${sentence}\n`);
  if (process.env.PORTICO_LOG === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}

function configured(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    return fail(error);
  }
}

boundHeap();
const config = configured();
const log = createLog(config.log);
for (const name of unknownSettings(process.env)) log.warn(`${name} is no setting of Portico`);

const starting: Promise<Running> = start(config, log);

let stopping = false;
async function stop(): Promise<void> {
  // Asked twice, the person does not want to wait.
  if (stopping) process.exit(1);
  stopping = true;
  const running = await starting.catch(() => null);
  await running?.stop();
  process.exit(0);
}
process.on('SIGTERM', stop).on('SIGINT', stop);

try {
  await starting;
  process.stdout.write(
    `Portico is ready at ${config.baseUrl}\n` +
      `  FHIR R4   ${config.baseUrl}/fhir/R4\n` +
      '  a token   npm run -s token -- --scope "system/*.cruds"\n',
  );
} catch (error) {
  if (!stopping) fail(error);
}
