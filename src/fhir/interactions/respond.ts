import type { FhirContext } from '../context.ts';
import { type Issue, outcomeText } from '../outcome.ts';
import { preferredReturn } from '../preferences.ts';
import type { FhirRequest, FhirResponse } from '../request.ts';
import { unshelved } from '../store/binary.ts';
import type { Stored } from '../store/release.ts';
import type { Written } from '../store/write.ts';

export const fhirJson = 'application/fhir+json; charset=utf-8';

/** ETag and Last-Modified of a version. The tag is the version alone: it tells nothing of what a caller may not see. */
export const versionHeaders = ({
  version,
  lastUpdated,
}: {
  version: number;
  lastUpdated: Date;
}): Record<string, string> => ({
  ETag: `W/"${version}"`,
  'Last-Modified': lastUpdated.toUTCString(),
});

export const resourceResponse = (
  status: number,
  content: string,
  headers: Record<string, string> = {},
): FhirResponse => ({
  status,
  headers: { 'Content-Type': fhirJson, ...headers },
  body: content,
});

export const versionUrl = (base: string, { type, id, version }: Pick<Stored, 'type' | 'id' | 'version'>): string =>
  `${base}/${type}/${id}/_history/${version}`;

/** 201 or 200 for what was written, with as much of it as `Prefer: return` asks for. */
export async function writtenResponse(
  context: FhirContext,
  request: FhirRequest,
  written: Written,
  warnings: readonly Issue[] = [],
): Promise<FhirResponse> {
  const url = versionUrl(request.base, written);
  const headers = {
    ...versionHeaders(written),
    ...(written.created ? { Location: url } : { 'Content-Location': url }),
  };
  const status = written.created ? 201 : 200;
  const wanted = preferredReturn(request);
  if (wanted === 'minimal') return { status, headers, body: null };
  if (wanted === 'representation') {
    return resourceResponse(status, await unshelved(context, written.type, written.content), headers);
  }
  const diagnostics = `${written.type}/${written.id} is stored as version ${written.version}`;
  const stored: Issue = { severity: 'information', code: 'informational', diagnostics };
  return resourceResponse(status, outcomeText([stored, ...warnings]), headers);
}
