import type { Json } from '../context.ts';

/** The parts of a Meta that $meta, $meta-add and $meta-delete are about; each is a set. */
export const metaSets = ['profile', 'security', 'tag'] as const;

const listOf = (meta: Json, name: string): unknown[] => (Array.isArray(meta[name]) ? meta[name] : []);

/** What makes two members of a set the same: of a Coding system and code, of a profile its URL. */
function identity(member: unknown): string {
  if (typeof member !== 'object' || member === null) return String(member);
  const { system, code } = member as Json;
  return `${String(system ?? '')}|${String(code ?? '')}`;
}

function changed(meta: Json, change: (name: string, list: unknown[]) => unknown[]): Json {
  const result: Json = { ...meta };
  for (const name of metaSets) {
    const list = change(name, listOf(meta, name));
    if (list.length > 0) result[name] = list;
    else delete result[name];
  }
  return result;
}

/** What is in both, once. */
export const addMeta = (meta: Json, more: Json): Json =>
  changed(meta, (name, list) => {
    const known = new Set(list.map(identity));
    return [
      ...list,
      ...listOf(more, name).filter((member) => !known.has(identity(member)) && known.add(identity(member))),
    ];
  });

/** What is in the first and not in the second. */
export const removeMeta = (meta: Json, less: Json): Json =>
  changed(meta, (name, list) => {
    const gone = new Set(listOf(less, name).map(identity));
    return list.filter((member) => !gone.has(identity(member)));
  });
