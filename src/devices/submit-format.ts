import type { Readable } from 'node:stream';

import type { FhirContext } from '../fhir/context.ts';
import { mediaType } from '../fhir/interactions/body.ts';
import { invalid, notFound, ok, type Result, tooLarge, unprocessable, unsupportedMediaType } from '../fhir/outcome.ts';
import type { FhirRequest, FhirResponse } from '../fhir/request.ts';
import { inflated } from './body.ts';
import { formatNamed } from './format-named.ts';
import { hintOfDevice } from './formats/fhir-device.ts';
import type { FormatContext, LaterFormat } from './formats/format.ts';
import { isJson, textOf } from './formats/json.ts';
import type { Limits } from './limits.ts';
import { patientOf } from './passage.ts';
import { forgetSpooled, type Spooled, spool, spooledBytes } from './payloads.ts';
import type { DeviceHint, Item } from './reading.ts';
import { itemsOf, itemsOfLines, itemsOfStream, WHOLE } from './stream.ts';
import { admitSubmission, submit } from './submit.ts';

/** A body in the shape of a format. */
export type Sent = {
  format: string;
  body: Readable;
  /** `subject`: whose readings they are, where the readings do not say it; `zone`: minutes from UTC of local times in them. */
  query: URLSearchParams;
};

const lines = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl']);
const isJsonType = (type: string): boolean =>
  type === 'application/json' || type === 'text/json' || /\+json$/.test(type);

/** Devices are told of before what they measured, in a body that is read once. */
function remember(devices: Map<string, DeviceHint>, element: unknown): void {
  const entry = isJson(element) ? element : {};
  const resource = isJson(entry.resource) ? entry.resource : entry;
  if (resource.resourceType !== 'Device') return;
  const id = textOf(resource.id);
  const names = [textOf(entry.fullUrl), id === null ? null : `Device/${id}`].filter((one) => one !== null);
  for (const name of names) devices.set(name, hintOfDevice(resource, names[0] ?? null));
}

type Read = { items: AsyncIterable<Item>; devices: Map<string, DeviceHint> };

async function read(
  context: FhirContext,
  tenant: number,
  { format, sent, type, of }: { format: LaterFormat; sent: Spooled; type: string; of: FormatContext },
): Promise<Result<Read>> {
  const devices = new Map<string, DeviceHint>();
  const pieces = spooledBytes(context, tenant, sent);
  if (lines.has(type)) return ok({ items: itemsOfLines(format, pieces, of), devices });
  if (sent.size <= WHOLE) {
    const all: Uint8Array[] = [];
    for await (const piece of pieces) all.push(piece);
    return ok({ items: itemsOf(format, Buffer.concat(all), of), devices });
  }
  if (format.elements === undefined)
    return tooLarge(
      `A body of ${format.name} is read whole, up to ${WHOLE} bytes; send it in parts, or a line each as ndjson`,
    );
  const top = format.name === 'fhir' ? 'Bundle' : '';
  return ok({ items: itemsOfStream(format, pieces, of, (element) => remember(devices, element), top), devices });
}

/** Items that are looked through for whom they are about. */
const LOOKED = 1000;

/** The first that says whom it is about, and all of them again. */
async function aboutWhom(items: AsyncIterable<Item>): Promise<{ subject: string | null; items: AsyncIterable<Item> }> {
  const rest = items[Symbol.asyncIterator]();
  const first: Item[] = [];
  let subject: string | null = null;
  while (subject === null && first.length < LOOKED) {
    const next = await rest.next();
    if (next.done === true) break;
    first.push(next.value);
    if (next.value.kind === 'reading' || next.value.kind === 'whole') subject = next.value.subject ?? null;
  }
  async function* again(): AsyncIterable<Item> {
    yield* first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  }
  return { subject, items: again() };
}

/** Minutes from UTC: `zone=120`. */
function zoneOf(query: URLSearchParams): Result<number> {
  const text = query.get('zone') ?? '0';
  if (/^-?\d{1,3}$/.test(text) && Math.abs(Number(text)) <= 14 * 60) return ok(Number(text));
  return invalid('zone is a number of minutes from UTC, from -840 to 840', 'zone');
}

/**
 * Takes in a body of any length in the shape of a format.
 *
 * @returns as $submit-device-data, an item of the body in the place of an entry
 */
export async function submitFormat(
  context: FhirContext,
  request: FhirRequest,
  limits: Limits,
  { format: name, body, query }: Sent,
): Promise<Result<FhirResponse>> {
  const { grant } = request;
  const { tenant, caller } = grant;
  const admitted = admitSubmission(context, request, limits);
  if (!admitted.ok) return admitted;
  const format = await formatNamed(context, tenant, name);
  if (format === null) return notFound(`There is no format ${name.slice(0, 100)} here`);
  const type = mediaType(request);
  if (!lines.has(type) && !isJsonType(type))
    return unsupportedMediaType('Send application/json, or application/x-ndjson with a payload in each line');
  const zone = zoneOf(query);
  if (!zone.ok) return zone;
  const coming = inflated(body, request.header('content-encoding'));
  if (!coming.ok) return coming;
  const sent = await spool(context, tenant, coming.value.pieces);
  const forgotten = async (refusal: Result<never>): Promise<Result<never>> => {
    await forgetSpooled(context, sent);
    return refusal;
  };
  const fault = coming.value.fault();
  if (fault !== null) return forgotten(fault);
  if (sent.size === 0) return forgotten(unprocessable('The body is empty'));
  const of: FormatContext = { received: context.now(), zone: zone.value };
  const found = await read(context, tenant, { format, sent, type, of });
  if (!found.ok) return forgotten(found);
  const { subject, items } = await aboutWhom(found.value.items);
  const said = query.get('subject') ?? subject;
  const patient = caller.patient ?? (said === null ? null : await patientOf(context, tenant, grant, said));
  if (patient === null)
    return forgotten(
      unprocessable('Whose readings they are is not said: send ?subject=Patient/[id], or by a token of a patient'),
    );
  return submit(context, request, limits, {
    patient,
    format: name,
    sent,
    items: () => items,
    devices: found.value.devices,
  });
}
