import { allows } from '../access.ts';
import { bundleText, historyEntry } from '../bundle.ts';
import { openCursor, sealCursor } from '../cursor.ts';
import { forbidden, invalid, notSupported, ok, type Result } from '../outcome.ts';
import { isStrict } from '../preferences.ts';
import { projected } from '../projected.ts';
import type { FhirRequest } from '../request.ts';
import { isWrittenByServer } from '../resources.ts';
import { interval } from '../search/dates.ts';
import { shown } from '../store/binary.ts';
import { type HistoryAsk, type HistoryPlace, placeOf, history as versions } from '../store/history.ts';
import { unknownId } from '../store/read.ts';
import type { FhirInteraction } from './interaction.ts';
import { resourceResponse } from './respond.ts';

const defaultCount = 50;
const maxCount = 1000;
const known = new Set(['_since', '_at', '_count', '_cursor', '_format', '_pretty', '_summary', '_elements']);

/** https://hl7.org/fhir/R4/http.html#history */
export const history: FhirInteraction = {
  code: 'history',
  level: 'type',
  routes: [
    ['GET', '[type]/[id]/_history'],
    ['GET', '[type]/_history'],
    ['GET', '_history'],
  ],
  async run(context, request) {
    const { grant } = request;
    const type = request.path.length === 1 ? null : (request.path[0] ?? null);
    const id = request.path.length === 3 ? (request.path[1] ?? null) : null;
    if (type !== null && id === null && isWrittenByServer(type)) {
      return notSupported(`${type} never changes and has no history; search ${type}?_sort=-_lastUpdated instead`);
    }
    if (type !== null && !allows(grant, type, id === null ? 's' : 'r')) {
      return forbidden(`Your access does not cover ${id === null ? 'searching' : 'reading'} ${type}`);
    }
    const parameters = new URLSearchParams(request.query);
    const cursor = parameters.get('_cursor');
    parameters.delete('_cursor');
    const owner = {
      key: context.settings.cursorKey,
      grantHash: grant.hash,
      query: `${request.path.join('/')}?${parameters}`,
    };
    const ask = asked(request, parameters, type, id);
    if (!ask.ok) return ask;
    if (cursor !== null) {
      const opened = openCursor(owner, cursor);
      if (!opened.ok) return opened;
      const [lastUpdated, number, place, version] = opened.value;
      // sealCursor below fixes the shape.
      ask.value.after = { lastUpdated, type: number, id: place, version } as HistoryPlace;
    }
    const found = await versions(context.database, grant, ask.value);
    if (id !== null && type !== null && found.length === 0 && cursor === null) {
      const current = await context.store.read(grant, type, id);
      if (!current.ok && current.status === 404) return unknownId(type, id);
    }
    const page = found.slice(0, ask.value.count);
    const entries: string[] = [];
    for (const version of page) {
      const whole = await shown(context, grant, version.type, version.content);
      const content = version.deleted ? ok('') : projected(context, request, whole);
      if (!content.ok) return content;
      entries.push(historyEntry(request.base, { ...version, content: content.value }));
    }
    const self = `${request.base}/${owner.query.replace(/\?$/, '')}`;
    const last = page.at(-1);
    let next: string | null = null;
    if (last && found.length > page.length) {
      const { lastUpdated, type: number, id: place, version } = placeOf(last);
      const sealed = sealCursor(owner, [lastUpdated, number, place, version]);
      next = `${self}${self.includes('?') ? '&' : '?'}_cursor=${sealed}`;
    }
    return ok(resourceResponse(200, bundleText('history', entries, { links: { self, next } })));
  },
};

function asked(
  request: FhirRequest,
  parameters: URLSearchParams,
  type: string | null,
  id: string | null,
): Result<HistoryAsk> {
  const unknown = [...parameters.keys()].find((name) => !known.has(name));
  if (unknown !== undefined && isStrict(request)) {
    return invalid(`${unknown} is not a parameter of a history; those are _since, _at and _count`, unknown);
  }
  const ask: HistoryAsk = { type, id, since: null, at: null, after: null, count: defaultCount };
  const since = parameters.get('_since');
  if (since !== null) {
    const range = interval(since);
    if (!range.ok) return invalid(`_since must be an instant such as 2026-01-31T12:00:00Z`, '_since');
    ask.since = range.value.start;
  }
  const at = parameters.get('_at');
  if (at !== null) {
    const range = interval(at);
    if (!range.ok) return invalid('_at must be a date or dateTime such as 2026-01-31', '_at');
    ask.at = range.value;
  }
  const count = parameters.get('_count');
  if (count !== null) {
    if (!/^\d{1,9}$/.test(count)) return invalid('_count must be a whole number, 0 or more', '_count');
    ask.count = Math.min(Number(count), maxCount);
  }
  return ok(ask);
}
