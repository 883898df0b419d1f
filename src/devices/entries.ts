import type { FhirContext, Json } from '../fhir/context.ts';
import { measuring } from './device.ts';
import { aroundOf, itemOfResource } from './formats/fhir.ts';
import { hintOfDevice } from './formats/fhir-device.ts';
import type { FormatContext, LaterFormat } from './formats/format.ts';
import { isJson, objectsOf, unreadable } from './formats/json.ts';
import type { Link } from './passage.ts';
import type { DeviceHint, Item } from './reading.ts';
import { itemsOf, itemsOfLines } from './stream.ts';

/** The entries of a Bundle of readings, or of payloads in the shapes of others. */
export type Entries = {
  entries: readonly unknown[];
  devices: ReadonlyMap<string, DeviceHint>;
  /** What its first Observation is about, as it says. */
  subject: string | null;
};

/** What an entry refers to is looked for in the whole Bundle. */
export function entriesOf(bundle: Json): Entries {
  const entries: readonly unknown[] = Array.isArray(bundle.entry) ? bundle.entry : [];
  const { devices, subjects } = aroundOf(objectsOf(bundle.entry));
  let subject: string | null = null;
  for (const entry of entries) {
    const resource = isJson(entry) && isJson(entry.resource) ? entry.resource : {};
    const reference = isJson(resource.subject) ? resource.subject.reference : undefined;
    if (resource.resourceType !== 'Observation' || typeof reference !== 'string') continue;
    subject = subjects.get(reference) ?? reference;
    break;
  }
  return { entries, devices, subject };
}

/** The name of a format that a Binary says it is in; null: it says none. */
function formatIn(binary: Json): string | null {
  const meta = isJson(binary.meta) ? binary.meta : {};
  const tag = objectsOf(meta.tag).find(({ system }) => system === formatSystem);
  return typeof tag?.code === 'string' ? tag.code : null;
}

/** What a Binary is tagged with to say which shape its payload has. */
export const formatSystem = 'https://portico.dev/fhir/CodeSystem/device-format';

export type Reading = {
  /** A format by its name; null: there is none. */
  formatNamed: (name: string) => Promise<LaterFormat | null>;
  /** What the whole submission is in, where its payloads do not say it themselves. */
  usual: string | null;
  context: FormatContext;
};

async function* ofBinary(binary: Json, path: string, { formatNamed, usual, context }: Reading): AsyncIterable<Item> {
  const name = formatIn(binary) ?? usual;
  const format = name === null ? null : await formatNamed(name);
  if (format === null) {
    const why =
      name === null ? 'A payload says by a tag which format it is in' : `There is no format ${name.slice(0, 100)}`;
    yield unreadable(`${path}.meta.tag`, why, 'not-supported');
    return;
  }
  const { contentType, data } = binary;
  if (typeof data !== 'string' || !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(data)) {
    yield unreadable(`${path}.data`, 'A payload is base64', 'structure');
    return;
  }
  const bytes = Buffer.from(data, 'base64');
  const isLines = typeof contentType === 'string' && /ndjson/i.test(contentType);
  const items = isLines ? itemsOfLines(format, pieceOf(bytes), context) : itemsOf(format, bytes, context);
  const within = `${path}.data`;
  for await (const item of items) yield { ...item, path: item.path === '' ? within : `${within}.${item.path}` };
}

async function* pieceOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** The items of a Bundle, entry by entry. */
export async function* itemsOfEntries(
  context: FhirContext,
  link: Link,
  bundle: Json,
  { entries, devices }: Entries,
  reading: Reading,
): AsyncIterable<Item> {
  const around = aroundOf(objectsOf(bundle.entry));
  for (const [index, entry] of entries.entries()) {
    const path = `Bundle.entry[${index}].resource`;
    const resource = isJson(entry) ? entry.resource : undefined;
    if (isJson(resource) && resource.resourceType === 'Binary') yield* ofBinary(resource, path, reading);
    else if (isJson(resource) && resource.resourceType === 'Device') {
      const found = await measuring(context, link, { ...hintOfDevice(resource, null) });
      if (found.ok) yield { kind: 'nothing', path, why: `It is Device/${found.value.device} here` };
      else yield unreadable(path, 'A Device that is not known here', 'value');
    } else yield itemOfResource(resource, path, { ...around, devices });
  }
}
