import { parseReference } from '../../fhir/reference.ts';

/** `Encounter/1` of a reference to this server, whatever version it names; null for any other. */
export function localName(text: unknown, base: string): string | null {
  if (typeof text !== 'string') return null;
  const reference = parseReference(text);
  if (reference?.kind !== 'literal' || (reference.base !== null && reference.base !== base)) return null;
  return `${reference.type}/${reference.id}`;
}

function collect(value: unknown, base: string, names: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value) collect(one, base, names);
    return;
  }
  for (const [name, one] of Object.entries(value)) {
    const local = name === 'reference' ? localName(one, base) : null;
    if (local !== null) names.add(local);
    else collect(one, base, names);
  }
}

/** Names of what a part of a resource refers to on this server. */
export function namesIn(value: unknown, base: string): ReadonlySet<string> {
  const names = new Set<string>();
  collect(value, base, names);
  return names;
}

/** JSON texts, read once where several ask of the same text one after the other. */
export function reader(): (content: string) => Record<string, unknown> {
  let last: { content: string; resource: Record<string, unknown> } | null = null;
  return (content) => {
    // What is stored is a resource; of what was deleted there is no text.
    if (last?.content !== content) last = { content, resource: content === '' ? {} : JSON.parse(content) };
    return last.resource;
  };
}
