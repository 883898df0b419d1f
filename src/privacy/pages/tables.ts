import { html } from 'hono/html';

import type { Html } from '../../pages/layout.ts';

type Cell = Html | string;

/** A table whose rows a phone shows as cards. The roles are written out because browsers forget them then. */
export function table(caption: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  return html`<table role="table"><caption class="unseen">${caption}</caption>
    <thead role="rowgroup"><tr role="row">${columns.map((name) => html`<th scope="col" role="columnheader">${name}</th>`)}</tr></thead>
    <tbody role="rowgroup">${rows.map(
      ([first = '', ...rest]) => html`<tr role="row"><th scope="row" role="rowheader">${first}</th>
      ${rest.map((cell, at) => html`<td role="cell" data-label="${columns[at + 1] ?? ''}">${cell}</td>`)}</tr>`,
    )}</tbody>
  </table>`;
}
