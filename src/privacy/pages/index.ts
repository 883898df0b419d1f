import { homePages } from './home.ts';
import type { Page } from './visit.ts';

/** LIST: every page about privacy, and every form of one. */
export const pages: readonly Page[] = [...homePages];
