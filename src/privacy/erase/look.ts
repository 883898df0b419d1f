import type { FhirContext, Resource } from '../../fhir/context.ts';
import { contentsOf } from './erase-rows.ts';
import { binariesIn, binariesOf, filesIn, onlyTheirs } from './files.ts';
import { type Inventory, type Name, nameOf } from './inventory.ts';
import { isAboutErased, outsidersOf } from './outside.ts';
import { termsOf } from './scrub.ts';

/** What is to be done to erase a record, as it stands now. */
export type Look = {
  /** Resources that are to go: those of the record, and what is about nothing else. */
  going: readonly Name[];
  /** Resources of others that name the patient, or something of the record. */
  naming: readonly Name[];
  /** sha-256 of the files that go with them, if nobody else needs them. */
  files: readonly string[];
  /** Keys of the texts of their codes. */
  texts: readonly number[];
  /** What the patient is called and known by. */
  terms: readonly string[];
};

/**
 * Looks at all that has to do with a record.
 *
 * @param names of what is known to belong to it, whether or not it is there any more
 * @param staying `Type/id` of what is left as it is
 */
export async function look(
  context: FhirContext,
  tenant: number,
  { own, shared }: Pick<Inventory, 'own' | 'shared'>,
  names: readonly Name[],
  staying: ReadonlySet<string>,
): Promise<Look> {
  const { database } = context;
  const going = new Map([...names, ...own].map((one) => [nameOf(one), one]));
  const naming = new Map(shared.map((one) => [nameOf(one), one]));
  const [files, texts, terms] = [new Set<string>(), new Set<number>(), new Set<string>()];
  // What is about them brings what is about that.
  for (let pending = [...going.values()]; pending.length > 0; ) {
    const erased = new Set(going.keys());
    const attached = new Set<string>();
    for await (const { type, content } of contentsOf(database.byKey, tenant, pending)) {
      // What is stored is a resource.
      const resource = JSON.parse(content) as Resource;
      for (const { key } of context.index(tenant, resource).texts) texts.add(key);
      for (const id of binariesIn(content)) attached.add(id);
      if (type === 'Binary') for (const file of filesIn(content)) files.add(file);
      if (type === 'Patient') for (const term of termsOf(resource)) terms.add(term);
    }
    const more: Name[] = [
      ...(await binariesOf(database, tenant, new Set(pending.map(nameOf)))),
      ...(await onlyTheirs(database, tenant, [...attached], erased)),
    ];
    for (const one of await outsidersOf(context, tenant, pending, erased)) {
      if (staying.has(nameOf(one))) continue;
      if (isAboutErased(context, one, erased)) more.push(one);
      else naming.set(nameOf(one), { type: one.type, id: one.id });
    }
    pending = more.flatMap(({ type, id }) => (erased.has(`${type}/${id}`) ? [] : [{ type, id }]));
    for (const one of pending) {
      going.set(nameOf(one), one);
      naming.delete(nameOf(one));
    }
  }
  return {
    going: [...going.values()],
    naming: [...naming.values()],
    files: [...files],
    texts: [...texts],
    terms: [...terms],
  };
}
