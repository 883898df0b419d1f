import type { DevicePage } from './device-page.ts';

/** LIST: every page of devices and their readings, and every form of one. */
export const pages: readonly DevicePage[] = [];
