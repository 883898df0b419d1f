import { carePages } from './care.ts';
import { connectPages } from './connect.ts';
import { connectionPages } from './connection.ts';
import type { DevicePage } from './device-page.ts';
import { homePages } from './home.ts';
import { ownReadingsPages } from './own-readings.ts';
import { recordChoicePage } from './record-choice.ts';

/** LIST: every page of devices and their readings, and every form of one. */
export const pages: readonly DevicePage[] = [
  ...homePages,
  recordChoicePage,
  ...ownReadingsPages,
  ...connectPages,
  ...connectionPages,
  ...carePages,
];
