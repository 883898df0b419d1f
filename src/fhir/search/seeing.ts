import { forbidden, ok, type Result } from '../outcome.ts';
import type { Criterion } from './request.ts';
import type { Scan } from './scan.ts';

/** The parameters of the type it is asked of that a criterion looks at; what is behind a reference is another type's. */
export function codesOf(criterion: Criterion): readonly string[] {
  switch (criterion.kind) {
    case 'parameter':
    case 'chain':
      return [criterion.code];
    // It is the other resource that points here.
    case 'has':
      return [];
    case 'not':
      return codesOf(criterion.of);
    case 'all':
    case 'any':
      return criterion.of.flatMap(codesOf);
  }
}

/**
 * The rows of a scan that show what is looked at; else what is hidden could be found out by searching, sorting or chaining.
 *
 * @returns 403 where no row shows it, before any SQL
 */
export function seeing(scan: Scan, codes: readonly string[]): Result<Scan> {
  const seen = scan.seeing(codes);
  if (seen !== null) return ok(seen);
  const names = [...new Set(codes)].join(', ');
  return forbidden(`Your access does not cover searching ${scan.type} by ${names}: some of that is not shown to you`);
}
