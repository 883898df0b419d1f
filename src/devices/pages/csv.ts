import { privatePageHeaders } from '../../pages/headers.ts';
import type { Language } from '../../pages/language.ts';
import type { Reply } from '../../privacy/pages/visit.ts';
import type { Measure } from '../measures.ts';
import { csvWords } from './csv-words.ts';
import { linesOf, type Point, pointsOf } from './point.ts';
import { deviceNames, type Looking, observationsOf } from './readings.ts';
import { unitInWords } from './unit-words.ts';

/**
 * A field of https://www.rfc-editor.org/rfc/rfc4180. What a spreadsheet would take for a formula is made a text of.
 */
export function csvField(text: string): string {
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  // Of the wide signs, and of those behind white space, some make formulas as well.
  const safe = !isNumber && /^(\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const csvLine = (fields: readonly string[]): string => `${fields.map(csvField).join(',')}\r\n`;

function headOf(language: Language, measure: Measure): string {
  const say = csvWords[language];
  const lines = linesOf(measure).map((line) => {
    const unit = unitInWords(language, line);
    return unit === '' ? line.title[language] : `${line.title[language]} (${unit})`;
  });
  return csvLine([say.start, say.end, ...lines, say.source, say.status, say.id]);
}

function rowOf(point: Point, names: ReadonlyMap<string, string>): string {
  const { observation, values, said, device } = point;
  const { effectiveDateTime, effectiveInstant, effectivePeriod, valueSampledData } = observation;
  // Values of a curve have no text of their own for their time.
  const clock = (at: number): string => new Date(at).toISOString().slice(0, 23);
  const start = valueSampledData
    ? clock(point.start)
    : (effectiveDateTime ?? effectiveInstant ?? effectivePeriod?.start ?? '');
  const end = valueSampledData ? '' : (effectivePeriod?.end ?? '');
  const texts = values.map((value) => (value === null ? (said ?? '') : String(value)));
  return csvLine([
    start,
    end,
    ...texts,
    device === null ? '' : (names.get(device) ?? device),
    observation.status,
    observation.id,
  ]);
}

const MARK = '\ufeff';

async function* linesFor(looking: Looking, measure: Measure): AsyncGenerator<string> {
  const names = await deviceNames(looking);
  // Spreadsheets take a file without this mark for one that is not in UTF-8.
  yield MARK + headOf(looking.request.language, measure);
  for await (const page of observationsOf(looking, measure, { sort: 'date' })) {
    const rows = page.flatMap((one) => pointsOf(measure, one)).map((point) => rowOf(point, names));
    if (rows.length > 0) yield rows.join('');
  }
}

/** Every reading of a measure, the oldest first, as they are read page by page: however many there are. */
export function csvReply(looking: Looking, measure: Measure): Reply {
  const lines = linesFor(looking, measure);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
  return {
    status: 200,
    headers: {
      ...privatePageHeaders(),
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${measure.id}.csv"`,
    },
    body,
  };
}
