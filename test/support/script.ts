import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a command of scripts/ prints that is run beside a server with the same settings. */
export async function runScript(script: string, settings: Record<string, string>, ...words: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, ...settings };
  const { stdout } = await promisify(execFile)(process.execPath, [`scripts/${script}.ts`, ...words], { env });
  return stdout.trim();
}
