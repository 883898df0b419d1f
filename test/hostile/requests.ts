import type { Sent } from './trap-world.ts';

export const observation = (more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'written by A' },
  ...more,
});
export const of = (patient: string) => ({ subject: { reference: `Patient/${patient}` } });
export const entry = (method: string, url: string, resource?: object, more: object = {}, fullUrl?: string) => ({
  ...(fullUrl ? { fullUrl } : {}),
  ...(resource ? { resource } : {}),
  request: { method, url, ...more },
});
export const bundle = (type: 'batch' | 'transaction', ...entries: object[]): Sent => ({
  body: { resourceType: 'Bundle', type, entry: entries },
});
export const jsonPatch = (...operations: object[]): Sent => ({
  body: JSON.stringify(operations),
  headers: { 'content-type': 'application/json-patch+json' },
});
