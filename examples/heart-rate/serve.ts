import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const types: Record<string, string> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };

const files: Record<string, string> = {
  'fhir-client.js': createRequire(import.meta.url).resolve('fhirclient/build/fhir-client.js'),
};
for (const name of ['index.html', 'heart-rate.js', 'launch.html', 'launch.js', 'style.css']) {
  files[name] = join(import.meta.dirname, name);
}

export type HeartRateApp = {
  /** Where it comes back to; to be registered. */
  redirectUri: string;
  /** Where an EHR starts it; to be registered. */
  launchUri: string;
  close(): Promise<void>;
};

/** Serves the app's few files on this computer; what it does is done in the browser. @param port 0: any that is free */
export async function serveHeartRate(port: number): Promise<HeartRateApp> {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://app').pathname.slice(1) || 'index.html';
    const file = Object.hasOwn(files, name) ? files[name] : undefined;
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', `${types[name.split('.').at(-1) ?? '']}; charset=utf-8`);
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: own } = server.address() as AddressInfo; // it listens on TCP
  return {
    redirectUri: `http://127.0.0.1:${own}/`,
    launchUri: `http://127.0.0.1:${own}/launch.html`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
