import { denied } from './denied.ts';

/** What sends our own marketing: whom it may write to it asks by $marketing-audience. */
export const marketing = denied('marketing', 'HMARKT');
