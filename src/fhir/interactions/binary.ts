import type { FhirContext } from '../context.ts';
import type { Parsed } from '../json.ts';
import { ok, type Result, unsupportedMediaType } from '../outcome.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import { addressText, blobOwner, bytesOf, unshelved } from '../store/binary.ts';
import type { Stored } from '../store/release.ts';
import { checked, checkedBody, mediaType } from './body.ts';
import { resourceResponse, versionHeaders } from './respond.ts';

/** The body of a create or update, checked; of a Binary that came as bytes, these are in the blob store unless they are text. */
export async function sentBody(context: FhirContext, request: FhirRequest, type: string): Promise<Result<Parsed>> {
  if (type === 'Binary' && request.bytes && !mediaType(request).includes('json')) {
    return rawBinary(context, request, request.bytes);
  }
  return checkedBody(context, request, type);
}

/**
 * Bytes as they are, with their Content-Type and perhaps X-Security-Context, become a Binary.
 *
 * @see https://hl7.org/fhir/R4/binary.html#rest
 */
async function rawBinary(context: FhirContext, request: FhirRequest, bytes: Uint8Array): Promise<Result<Parsed>> {
  const contentType = request.header('content-type');
  if (!contentType) return unsupportedMediaType('Content-Type is missing: it says what the bytes are');
  const securityContext = request.header('x-security-context');
  const [, id] = request.path;
  const resource = {
    resourceType: 'Binary',
    ...(id === undefined ? {} : { id }),
    contentType,
    ...(securityContext === undefined ? {} : { securityContext: { reference: securityContext } }),
  };
  const valid = checked(context, { text: JSON.stringify(resource), resource });
  if (!valid.ok || bytes.length === 0) return valid;
  if (contentType.startsWith('text/')) {
    // What it says is looked at as what any resource says is.
    const whole = { ...resource, data: Buffer.from(bytes).toString('base64') };
    return ok({ text: JSON.stringify(whole), resource: whole });
  }
  const { sha256 } = await context.blobs.put(bytes, undefined, blobOwner(request.grant.tenant, resource));
  const text = `${valid.value.text.slice(0, -1)},"data":${addressText(sha256)}}`;
  return ok({ text, resource: { ...resource, data: `blob:${sha256}` } });
}

/** Whether the caller wants the resource and not its bytes. */
const wantsResource = (request: FhirRequest): boolean =>
  /json|fhir/i.test(request.header('accept') ?? '') || /(^|&)_format=[^&]*json/.test(request.query);

/** A Binary as its own bytes, or as FHIR when JSON is asked for. A browser never runs what comes out. */
export async function binaryResponse(context: FhirContext, request: FhirRequest, found: Stored): Promise<FhirResponse> {
  const headers = versionHeaders(found);
  if (wantsResource(request))
    return resourceResponse(200, await unshelved(context, found.type, found.content), headers);
  const { contentType, securityContext } = JSON.parse(found.content) as {
    contentType: string;
    securityContext?: { reference?: string };
  };
  return {
    status: 200,
    headers: {
      ...headers,
      'Content-Type': contentType,
      'Content-Disposition': 'attachment',
      'Content-Security-Policy': "sandbox; default-src 'none'",
      ...(securityContext?.reference ? { 'X-Security-Context': securityContext.reference } : {}),
    },
    body: await bytesOf(context, found.content),
  };
}
