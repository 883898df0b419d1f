import type { VisitPage } from '../../pages/visit-page.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';

/** A number that a touch calls; nothing where none is known. */
export const phoneLink = (phone: string): HTMLAnchorElement =>
  h(
    'a',
    { class: 'phone', attributes: { href: `tel:${phone.replaceAll(/[^+0-9]/g, '')}` } },
    icon('phone'),
    h('span', { text: phone }),
  );

export const phoneLine = ({ phone }: VisitPage, text: string, more = ''): HTMLElement | null =>
  phone === null
    ? null
    : h(
        'p',
        { class: 'call' },
        h('span', { text: `${text} ` }),
        phoneLink(phone),
        h('span', { class: 'quiet', text: more === '' ? '' : ` ${more}` }),
      );
