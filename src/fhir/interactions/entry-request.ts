import type { FhirRequest } from '../request.ts';
import type { BundleEntry } from './bundle-entries.ts';

/** An entry as the request it would be alone; what holds for the whole Bundle holds for it. */
export function entryRequest(request: FhirRequest, entry: BundleEntry, more: Record<string, string> = {}): FhirRequest {
  return {
    method: entry.method,
    path: entry.path,
    query: entry.query,
    header: (name) =>
      more[name] ?? entry.headers.get(name) ?? (name === 'prefer' ? request.header('prefer') : undefined),
    body: entry.parsed?.text ?? '',
    grant: request.grant,
    base: request.base,
  };
}

/** Lets other requests have their turn in between, so that a large Bundle does not hold the server up. */
export function takeTurns(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < 10) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        since = performance.now();
        resolve();
      });
    });
  };
}
