import type { Hono } from 'hono';

import { servedAsset } from '../../pages/assets.ts';
import { frameWords } from '../../privacy/pages/frame-words.ts';
import { mountPages } from '../../privacy/pages/mount.ts';
import { deadEnd } from '../../privacy/pages/sheet.ts';
import type { Visit } from '../../privacy/pages/visit.ts';
import type { DeviceDeps } from '../deps.ts';
import { clientAssets } from './client.ts';
import { guarded } from './guard.ts';
import { pages } from './index.ts';

/** Puts the pages of devices where they are. */
export function mountDevicePages(app: Hono, deps: DeviceDeps, isTenant: (tenant: number) => Promise<boolean>): void {
  app.get(
    '/assets/:folder{devices\\.[0-9a-f]{12}}/:file',
    (c) => servedAsset(clientAssets(), c.req.path) ?? c.notFound(),
  );
  mountPages(app, deps, isTenant, pages, async (page, request) => {
    const { token, cookies } = deps.signIn.csrfOf(request);
    const visit: Visit = { deps, request, csrf: token, cookies };
    if (request.refused !== null) return deadEnd(visit, frameWords[request.language].refused.form, request.refused);
    return guarded(page, visit, deps);
  });
}
