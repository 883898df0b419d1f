import { cpus, platform, release, totalmem } from 'node:os';

/** The machine and the durability that the figures belong to, in lines for people. */
export function machine(settings: Readonly<Record<string, string>>): string[] {
  const [first] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const postgres = Object.entries(settings)
    .filter(([name]) => name !== 'server_version')
    .map(([name, value]) => `${name}=${value}`);
  return [
    `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}, ${gigabytes} GB, ${platform()} ${release()}`,
    `Node ${process.version}; server, Postgres, floors and load generator on the same machine`,
    settings.server_version
      ? `embedded Postgres ${settings.server_version}: ${postgres.join(', ')}`
      : 'no Postgres was used',
  ];
}
