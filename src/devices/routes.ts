import { Hono } from 'hono';

import type { DeviceDeps } from './deps.ts';
import { mountPages } from './pages/mount.ts';

/** Where devices, apps and vendors send readings, and the pages of them; for every tenant: the first at the root, the others below /t. */
export function deviceRoutes(deps: DeviceDeps, isTenant: (tenant: number) => Promise<boolean>): Hono {
  const app = new Hono();
  mountPages(app, deps, isTenant);
  return app;
}
