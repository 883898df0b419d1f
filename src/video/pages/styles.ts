import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { Asset } from '../../pages/assets.ts';

const body = ['video.css', 'visits.css'].map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('\n');
const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);

/** Where the stylesheet of visits is, beside that of all pages. */
export const videoStylesPath = `/assets/video.${hash}.css`;

/** The stylesheet, by its path. */
export const styleAssets: ReadonlyMap<string, Asset> = new Map([
  [videoStylesPath, { contentType: 'text/css; charset=utf-8', body }],
]);
