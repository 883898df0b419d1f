import { Hono } from 'hono';

import type { CastMember } from '../../demo/cast.ts';
import { assets, servedAsset } from '../../pages/assets.ts';
import { pageHeaders } from '../../pages/headers.ts';
import { chooseLanguage } from '../../pages/language.ts';
import { errorPage, prefersHtml } from './error.ts';
import { landingPage } from './landing.ts';

export type PagesDeps = {
  origin: string;
  /** The FHIR base. */
  base: string;
  version: string;
  demo: readonly CastMember[] | null;
  healthy: () => Promise<boolean>;
  /** Current resources by type; null when nobody should see them. */
  counts: () => Promise<Readonly<Record<string, number>> | null>;
  now: () => number;
};

/** ms for which counts are kept: counting everything for every visitor would be a gift to those who mean harm. */
const KEPT = 30_000;

/** Asks again once what it was told is too old; those who come meanwhile wait for the same answer. */
function remembered<T>(ask: () => Promise<T>, now: () => number): () => Promise<T> {
  let answer: Promise<T> | null = null;
  let until = 0;
  return () => {
    if (answer && now() < until) return answer;
    const asked = ask();
    answer = asked;
    until = now() + KEPT;
    asked.catch(() => {
      answer = null;
    });
    return asked;
  };
}

/** `/` and what it needs, and a page for people who came to an address that there is not. */
export function pages(deps: PagesDeps): Hono {
  const counted = remembered(deps.counts, deps.now);
  return new Hono()
    .get('/', async (c) => {
      const language = chooseLanguage(c.req.query('lang'), c.req.header('accept-language'));
      const healthy = await deps.healthy();
      const { origin, base, version, demo } = deps;
      const counts = healthy ? await counted() : null;
      const page = landingPage({ origin, base, version, demo, language, healthy, counts, now: new Date(deps.now()) });
      return c.html(page, 200, { ...pageHeaders, 'Content-Language': language });
    })
    .get('/assets/:file', (c) => servedAsset(assets, c.req.path) ?? c.notFound())
    .get('*', (c, next) => {
      if (!prefersHtml(c.req.header('accept'))) return next();
      const language = chooseLanguage(c.req.query('lang'), c.req.header('accept-language'));
      return c.html(errorPage(404, language), 404, { ...pageHeaders, 'Content-Language': language });
    });
}
