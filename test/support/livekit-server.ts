import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const found = [
  process.env.LIVEKIT_SERVER,
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'livekit-server')),
].find((path) => path && existsSync(path));

/** Whether LiveKit itself can be run here; where not, what is not tested is said. */
export function hasLiveKit(untested: string): boolean {
  if (found === undefined) {
    console.warn(
      `SKIPPED: ${untested}, because no livekit-server was found. Install it (https://github.com/livekit/livekit/releases) or name it in LIVEKIT_SERVER.`,
    );
  }
  return found !== undefined;
}

export type LiveKitServer = { url: string; key: string; secret: string; stop(): Promise<void> };

/** LiveKit itself, as README says to set it up. @param webhook where it tells what happens */
export async function startLiveKitServer(port: number, webhook: string): Promise<LiveKitServer> {
  const [key, secret] = ['APItest', 'a secret of the media server, of enough characters'];
  const configuration = {
    port,
    bind_addresses: ['127.0.0.1'],
    rtc: { tcp_port: port + 1, udp_port: port + 2, use_external_ip: false, node_ip: '127.0.0.1' },
    keys: { [key]: secret },
    room: { auto_create: false },
    webhook: { api_key: key, urls: [webhook] },
  };
  // JSON is YAML.
  const child = spawn(found ?? 'livekit-server', ['--config-body', JSON.stringify(configuration)], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) break;
    if (child.exitCode !== null) throw new Error(`livekit-server ended with ${child.exitCode}`);
    await sleep(50);
  }
  return {
    url,
    key,
    secret,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
