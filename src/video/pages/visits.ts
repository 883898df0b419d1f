import type { VideoPage } from './video-page.ts';
import { visitsBookPages } from './visits-book.ts';
import { visitsChangePages } from './visits-change.ts';
import { visitsFilePage } from './visits-file.ts';
import { visitsListPage } from './visits-list.ts';

/** LIST: the pages on which visits are booked, put off and called off. */
export const visitsPages: readonly VideoPage[] = [
  visitsListPage,
  ...visitsBookPages,
  ...visitsChangePages,
  visitsFilePage,
];
