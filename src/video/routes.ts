import { type Context, Hono } from 'hono';

import { type Asset, servedAsset } from '../pages/assets.ts';
import { mountPages } from '../privacy/pages/mount.ts';
import { clientAssets } from './pages/client.ts';
import { deadEnd } from './pages/frame.ts';
import { frameWords } from './pages/frame-words.ts';
import { guarded } from './pages/guard.ts';
import { pages } from './pages/index.ts';
import { styleAssets } from './pages/styles.ts';
import type { Opened, VideoPagesDeps } from './pages/video-page.ts';

const serve = (assets: ReadonlyMap<string, Asset>, c: Context): Response | Promise<Response> =>
  servedAsset(assets, c.req.path) ?? c.notFound();

/** Where the pages of visits are. */
export function videoRoutes(deps: VideoPagesDeps, isTenant: (tenant: number) => Promise<boolean>): Hono {
  const app = new Hono();
  app.get('/assets/:sheet{video\\.[0-9a-f]{12}\\.css}', (c) => serve(styleAssets, c));
  app.get('/assets/:folder{video\\.[0-9a-f]{12}}/:module{.+}', (c) => serve(clientAssets(), c));
  mountPages(app, deps, isTenant, pages, async (page, request) => {
    const { token, cookies } = deps.signIn.csrfOf(request);
    const opened: Opened = { deps, request, csrf: token, cookies };
    if (request.refused !== null) return deadEnd(opened, frameWords[request.language].refused.form, request.refused);
    return guarded(page, opened);
  });
  return app;
}
