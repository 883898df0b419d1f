import type { Deed } from '../../fhir/audit/used.ts';
import type { FhirRequest } from '../../fhir/request.ts';

/** What a request asks for, in the words of https://hl7.org/fhir/R4/valueset-system-restful-interaction.html */
export function asked({ method, path }: Pick<FhirRequest, 'method' | 'path'>): { deed: Deed; via: string | null } {
  const last = path.at(-1) ?? '';
  if (last.startsWith('$'))
    return { deed: 'operation', via: /^\$[A-Za-z-]{1,40}$/.test(last) ? last.slice(1) : 'unknown' };
  return { deed: method === 'GET' || method === 'HEAD' ? got(path, last) : sent(method, path, last), via: null };
}

function got(path: readonly string[], last: string): Deed {
  const { length } = path;
  if (last === '_history') return length === 1 ? 'history-system' : length === 2 ? 'history-type' : 'history-instance';
  if (length === 0) return 'search-system';
  if (length === 2) return 'read';
  return length === 4 && path[2] === '_history' ? 'vread' : 'search-type';
}

function sent(method: FhirRequest['method'], path: readonly string[], last: string): Deed {
  if (last === '_search') return path.length === 1 ? 'search-system' : 'search-type';
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return 'patch';
  if (method === 'DELETE') return 'delete';
  // Of a batch the entries are told of; of a transaction what it wrote.
  return path.length === 0 ? 'batch' : 'create';
}
