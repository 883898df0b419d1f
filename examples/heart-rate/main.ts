import { serveHeartRate } from './serve.ts';

/** Where the demo world's registration of the app expects it. */
const { redirectUri } = await serveHeartRate(8104).catch((error: Error) => {
  process.stderr.write(`The app cannot start. ${error.message}\n`);
  process.exit(1);
});
process.stdout.write(`Heart Rate Diary is at ${redirectUri}\n`);
