import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The server as a process of its own, started as `npm start` starts it. */
export type ServerProcess = {
  child: ChildProcess;
  output(): string;
  errors(): string;
  /** Its exit code; null when a signal ended it. */
  ended: Promise<number | null>;
  /** Resolves to the ms until /readyz answered 200. */
  ready(): Promise<number>;
  /** SIGTERM. */
  stop(): Promise<number | null>;
};

/** @param settings by their names in config.ts, PORT among them; nothing else reaches it but PATH */
export function startProcess(settings: Record<string, string>): ServerProcess {
  const env = { PATH: process.env.PATH, ...settings };
  const child = spawn(process.execPath, ['src/main.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    output: () => output,
    errors: () => errors,
    ended,
    async ready() {
      const begun = performance.now();
      for (;;) {
        if (child.exitCode !== null) throw new Error(`It ended: ${errors}`);
        if (performance.now() - begun > 60_000) throw new Error(`It is not ready: ${errors}`);
        const answer = await fetch(`http://127.0.0.1:${settings.PORT}/readyz`).catch(() => null);
        if (answer?.status === 200) return performance.now() - begun;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
