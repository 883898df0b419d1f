import type { Json } from '../../fhir/context.ts';
import type { SmartContext } from '../context.ts';
import { type Viewer, viewerGrant } from '../records.ts';

/** Something in a patient's record, as a line to choose. */
export type RecordLine = { reference: string; what: string; when: string | null };

/** The search parameter by which the newest come first, of each type that an app may be opened with. */
const dates = {
  Encounter: 'date',
  DiagnosticReport: 'date',
  DocumentReference: 'date',
  ImagingStudy: 'started',
} as const;
export type LineType = keyof typeof dates;

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The words of a CodeableConcept, or of the first of a list of them. */
function conceptOf(value: unknown): string | null {
  const [concept] = [value].flat() as (Json | undefined)[]; // stored resources were checked
  if (!concept) return null;
  const codings = (concept.coding ?? []) as Json[];
  return (
    textOf(concept.text) ?? codings.map(({ display, code }) => textOf(display) ?? textOf(code)).find(Boolean) ?? null
  );
}

function lineOf(resource: Json): RecordLine {
  const {
    resourceType,
    id,
    type,
    code,
    description,
    class: kind,
    period,
    effectiveDateTime,
    issued,
    date,
    started,
  } = resource;
  const what = conceptOf(type) ?? conceptOf(code) ?? textOf(description) ?? textOf((kind as Json | undefined)?.display);
  const when = [(period as Json | undefined)?.start, effectiveDateTime, issued, date, started]
    .map(textOf)
    .find(Boolean);
  return { reference: `${resourceType}/${id}`, what: what ?? String(resourceType), when: when?.slice(0, 10) ?? null };
}

/** The newest of a type in a patient's record, as far as the viewer may see them. */
export async function recordLines(
  context: SmartContext,
  viewer: Viewer,
  base: string,
  patient: string,
  type: LineType,
  most: number,
): Promise<RecordLine[]> {
  const answer = await context.fhir.dispatch({
    method: 'GET',
    path: [type],
    query: new URLSearchParams({ patient, _sort: `-${dates[type]}`, _count: String(most) }).toString(),
    header: () => undefined,
    body: '',
    grant: await viewerGrant(context, viewer, [type]),
    base,
  });
  if (!answer.ok || typeof answer.value.body !== 'string') return [];
  // The core's own Bundle.
  const { entry = [] } = JSON.parse(answer.value.body) as { entry?: { resource: Json }[] };
  return entry.filter(({ resource }) => resource.resourceType === type).map(({ resource }) => lineOf(resource));
}
