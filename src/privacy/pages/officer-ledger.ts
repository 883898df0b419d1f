import { html } from 'hono/html';

import { button, csrfInput, notice } from '../../pages/form.ts';
import type { Html } from '../../pages/layout.ts';
import { checkpointKey } from '../ledger/checkpoint-key.ts';
import { checkpointsInDatabase } from '../ledger/checkpoints.ts';
import { type Verified, verifyLedger } from '../ledger/verify.ts';
import { ledgerWords } from './ledger-words.ts';
import { pathIn } from './links.ts';
import { officerPart, officerPath } from './officer-frame.ts';
import { officerWords } from './officer-words.ts';
import { table } from './tables.ts';
import { momentInWords, numberInWords } from './times.ts';
import type { OfficerVisit, Page, Reply } from './visit.ts';

const path = `${officerPath}/ledger`;
const SHOWN = 20;

function found({ request: { language } }: OfficerVisit, verified: Verified): Html {
  const say = ledgerWords[language];
  if (!verified.ok) return notice(say.broken(verified.problem), 'bad');
  return notice(say.whole(numberInWords(language, verified.rows), numberInWords(language, verified.blocks)), 'good');
}

async function show(visit: OfficerVisit, verified: Verified | null): Promise<Reply> {
  const { request, deps, csrf } = visit;
  const { language } = request;
  const say = ledgerWords[language];
  const all = await checkpointsInDatabase(deps.fhir.database, request.tenant);
  const { columns } = say;
  const rows = all
    .slice(-SHOWN)
    .toReversed()
    .map(({ recorded, number, hash }) => [
      momentInWords(language, new Date(recorded)),
      numberInWords(language, number),
      html`<code>${hash.slice(0, 16)}</code>`,
    ]);
  const content = html`${verified === null ? '' : found(visit, verified)}
    <form method="post" action="${pathIn(request, path)}">${csrfInput(csrf)}
      <p>${say.verifyHint}</p>${button(say.verify, { look: 'quiet' })}</form>
    <section aria-labelledby="checkpoints"><h2 id="checkpoints">${say.checkpoints}</h2>
      ${
        rows.length === 0
          ? html`<p>${officerWords[language].none.ledger}</p>`
          : html`${all.length > SHOWN ? html`<p class="quiet">${say.last}</p>` : ''}
            ${table(say.checkpoints, [columns.when, columns.block, columns.hash], rows)}`
      }</section>`;
  return officerPart(visit, 'ledger', content);
}

/** Looks the ledger through, and says what was found: nothing is changed by it. */
async function verify(visit: OfficerVisit): Promise<Reply> {
  const { request, deps } = visit;
  const { database, settings } = deps.fhir;
  const checkpoints = await checkpointsInDatabase(database, request.tenant);
  return show(visit, await verifyLedger(database, request.tenant, checkpointKey(settings.keyOf), checkpoints));
}

/** Where the chain of the ledger is, and whether it is whole. */
export const officerLedgerPages: readonly Page[] = [
  { method: 'GET', path, whom: 'officer', run: (visit) => show(visit, null) },
  { method: 'POST', path, whom: 'officer', run: verify },
];
