/** JSON text cut at its `{{name}}` places; ASCII, so that its length is its size in bytes. */
export type Template = { parts: readonly string[]; names: readonly string[] };

/** The text of a resource whose strings may hold `{{name}}`. Anything beyond ASCII is escaped. */
export function template(resource: object): Template {
  const ascii = JSON.stringify(resource).replace(
    /[\u0080-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  // A place that stands for a number is written "{{#name}}", and loses its quotes.
  const pieces = ascii.replace(/"\{\{#(\w+)\}\}"/g, '{{$1}}').split(/\{\{(\w+)\}\}/);
  return { parts: pieces.filter((_, at) => at % 2 === 0), names: pieces.filter((_, at) => at % 2 === 1) };
}

export function fill({ parts, names }: Template, values: Readonly<Record<string, string>>): string {
  let text = parts[0] ?? '';
  for (let i = 0; i < names.length; i++) text += (values[names[i] ?? ''] ?? '') + (parts[i + 1] ?? '');
  return text;
}
