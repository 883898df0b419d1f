import { Hono } from 'hono';

import type { DeviceDeps } from './deps.ts';

/** Where devices, apps and vendors send readings, and the pages of them; for every tenant: the first at the root, the others below /t. */
export function deviceRoutes(_deps: DeviceDeps, _isTenant: (tenant: number) => Promise<boolean>): Hono {
  const app = new Hono();
  return app;
}
