import type { Grant } from '../../fhir/access.ts';
import { bundleText } from '../../fhir/bundle.ts';
import type { FhirContext } from '../../fhir/context.ts';
import { openCursor, sealCursor } from '../../fhir/cursor.ts';
import type { Operation } from '../../fhir/operations/operation.ts';
import { operationResponse } from '../../fhir/operations/operation-response.ts';
import { forbidden, invalid, ok, type Result } from '../../fhir/outcome.ts';
import { type Parameters, requestParameters } from '../../fhir/parameters.ts';
import { tiersOf, typeNumber } from '../../fhir/resources.ts';
import { note, type Stored, stored } from '../../fhir/store/release.ts';
import { type DeIdentifying, deIdentified } from '../de-identify/de-identify.ts';
import { deIdentifiedElements } from '../de-identify/de-identify-elements.ts';

const known = Object.keys(deIdentifiedElements);

const counts = { usual: 100, most: 500 };

/** Where a page ended. */
type Place = { type: string; tier: string; id: string };

type Placed = Stored & { tier: string };

function typesOf(parameters: Parameters): Result<readonly string[]> {
  const asked = parameters.texts('type').flatMap((text) => text.split(','));
  const other = asked.find((type) => !known.includes(type));
  if (other !== undefined) return invalid(`${other} is not de-identified here; these are: ${known.join(', ')}`, 'type');
  return ok(asked.length > 0 ? known.filter((type) => asked.includes(type)) : known);
}

/**
 * To whom it goes. Who asks for themselves is the one: under the name of another they could put together what both were given.
 */
function recipientOf({ caller }: Grant, parameters: Parameters): Result<string> {
  const named = parameters.text('recipient');
  if (caller.actor === 'analytics') {
    return named === null
      ? ok(caller.organization ?? caller.clientId ?? caller.subject)
      : forbidden('Who receives it is who asks; leave recipient out');
  }
  if (named === null || named.trim() === '') return invalid('Say who will receive it', 'recipient');
  return ok(named.trim());
}

/** The rows behind a place, over the types in their order, and over the tiers of each. */
async function page(
  { database }: FhirContext,
  tenant: number,
  types: readonly string[],
  from: Place | null,
  count: number,
): Promise<Placed[]> {
  const rows: Placed[] = [];
  const all = types.flatMap((type) => tiersOf(type).map((tier) => ({ type, tier })));
  const begin = from === null ? 0 : all.findIndex(({ type, tier }) => type === from.type && tier === from.tier);
  for (const { type, tier } of all.slice(begin)) {
    const after = from?.type === type && from.tier === tier ? from.id : '';
    const found = await database.query(
      `select id, version, last_updated, patient, patients, labels::float8, content from ${tier}
       where tenant = $1 and type = $2 and id > $3 order by id limit $4`,
      [tenant, typeNumber(type), after, count - rows.length],
    );
    rows.push(...found.map(([id, ...columns]) => ({ ...stored(type, String(id), columns), tier })));
    if (rows.length >= count) break;
  }
  return rows;
}

function countOf(parameters: Parameters): Result<number> {
  const text = parameters.text('_count');
  if (text === null) return ok(counts.usual);
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) return invalid('_count is a whole number of 1 or more', '_count');
  return ok(Math.min(count, counts.most));
}

/** What it is shown under, and in which order: not that in which it was stored. */
function entriesOf(rows: readonly Stored[], by: DeIdentifying): string[] {
  return rows
    .flatMap(({ content }) => deIdentified(content, by) ?? [])
    .sort()
    .map((resource) => `{"resource":${resource},"search":{"mode":"match"}}`);
}

export const deIdentify: Operation = {
  code: 'de-identify',
  definition: 'https://portico.dev/fhir/OperationDefinition/de-identify',
  description: 'What is measured and coded, page by page, without anything that tells whose it is',
  on: { system: true },
  affectsState: false,
  parameters: [
    { name: 'type', use: 'in', min: 0, max: '*', type: 'code', documentation: `Absent: ${known.join(', ')}` },
    { name: 'recipient', use: 'in', min: 0, max: '1', type: 'string', documentation: 'Who will receive it' },
    { name: '_count', use: 'in', min: 0, max: '1', type: 'integer', documentation: `At most ${counts.most}` },
    { name: '_cursor', use: 'in', min: 0, max: '1', type: 'string', documentation: 'Out of the link to the next page' },
    { name: 'return', use: 'out', min: 1, max: '1', type: 'Bundle' },
  ],
  async run(context, request) {
    const { grant, base } = request;
    const { actor } = grant.caller;
    if (actor !== 'analytics' && actor !== 'privacy-officer' && actor !== 'operator')
      return forbidden('Your access does not cover what is de-identified');
    const parameters = requestParameters(request, 'type');
    if (!parameters.ok) return parameters;
    const types = typesOf(parameters.value);
    if (!types.ok) return types;
    const recipient = recipientOf(grant, parameters.value);
    if (!recipient.ok) return recipient;
    const count = countOf(parameters.value);
    if (!count.ok) return count;

    const query = JSON.stringify(['de-identify', recipient.value, types.value]);
    const owner = { key: context.settings.cursorKey, grantHash: grant.hash, query };
    const cursor = parameters.value.text('_cursor');
    const opened = cursor === null ? null : openCursor(owner, cursor);
    if (opened !== null && !opened.ok) return opened;
    const [type = '', id = '', tier = ''] = (opened?.value ?? []).map(String);
    const from = opened === null ? null : { type, id, tier };

    const rows = await page(context, grant.tenant, types.value, from, count.value + 1);
    const shown = rows.slice(0, count.value);
    const last = rows.length > count.value ? shown.at(-1) : undefined;
    for (const row of shown) note(grant, row, 'r');
    const key = context.settings.keyOf('de-identify');
    const by = { key, tenant: grant.tenant, recipient: recipient.value, now: context.now() };
    const next = new URLSearchParams(types.value.map((type) => ['type', type]));
    if (actor !== 'analytics') next.set('recipient', recipient.value);
    next.set('_count', String(count.value));
    if (last) next.set('_cursor', sealCursor(owner, [last.type, last.id, last.tier]));
    const links = last ? { next: `${base}/$de-identify?${next}` } : {};
    return operationResponse(bundleText('searchset', entriesOf(shown, by), { links }));
  },
};
