import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const paths = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = paths.find((path) => path !== undefined && existsSync(path));

/** Whether pages can be looked at here; where not, what is not tested is said. */
export function hasChromium(untested: string): boolean {
  if (executablePath === undefined) {
    console.warn(
      `SKIPPED: ${untested}, because no Chromium was found. Install it (apt-get install chromium) or name it in CHROMIUM.`,
    );
  }
  return executablePath !== undefined;
}

const args = [
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Root, as in a container, has no sandbox to offer.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** A camera and a microphone that show and sound, and that nobody is asked for. */
export const fakeDevices = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

export const openChromium = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath: executablePath ?? '', args: [...args, ...more] });
