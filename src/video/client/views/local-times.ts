import { dayAndClock } from './times.ts';

/** Instants are said as they are where the device is, and not as they are where the server is. */
for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-local]')) {
  time.textContent = dayAndClock(document.documentElement.lang === 'fr' ? 'fr' : 'en', time.dateTime);
}
