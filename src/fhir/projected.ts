import type { FhirContext } from './context.ts';
import { invalid, ok, type Result } from './outcome.ts';
import { type Projection, project } from './projection.ts';
import type { FhirRequest } from './request.ts';

const summaries = ['true', 'text', 'data', 'count', 'false'] as const;

/** `_summary` and `_elements` as asked; null when neither is, or when they ask for everything. */
export function askedProjection(request: FhirRequest): Result<Projection | null> {
  if (!request.query.includes('_summary') && !request.query.includes('_elements')) return ok(null);
  const query = new URLSearchParams(request.query);
  const summary = query.get('_summary');
  const elements = query
    .getAll('_elements')
    .flatMap((list) => list.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (summary === null || summary === 'false') return ok(elements.length > 0 ? { elements } : null);
  const known = summaries.find((one) => one === summary);
  if (!known) return invalid(`_summary must be one of ${summaries.join(', ')}`, '_summary');
  return ok({ summary: known, ...(elements.length > 0 ? { elements } : {}) });
}

/** The stored text, or what `_summary` and `_elements` leave of it. */
export function projected(context: FhirContext, request: FhirRequest, content: string): Result<string> {
  const asked = askedProjection(request);
  if (!asked.ok) return asked;
  return ok(asked.value === null ? content : project(content, asked.value, context.definitions));
}
