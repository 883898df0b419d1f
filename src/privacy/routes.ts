import { Hono } from 'hono';

import { frameWords } from './pages/frame-words.ts';
import { guarded } from './pages/guard.ts';
import { pages } from './pages/index.ts';
import { mountPages } from './pages/mount.ts';
import { deadEnd } from './pages/sheet.ts';
import type { PrivacyPagesDeps, Visit } from './pages/visit.ts';

/** Where the pages about privacy are. */
export function privacyRoutes(deps: PrivacyPagesDeps, isTenant: (tenant: number) => Promise<boolean>): Hono {
  const app = new Hono();
  mountPages(app, deps, isTenant, pages, async (page, request) => {
    const { token, cookies } = deps.signIn.csrfOf(request);
    const visit: Visit = { deps, request, csrf: token, cookies };
    if (request.refused !== null) return deadEnd(visit, frameWords[request.language].refused.form, request.refused);
    return guarded(page, visit);
  });
  return app;
}
