import type { FhirContext, Resource } from '../../fhir/context.ts';
import { contentsOf, eraseRows, markErased } from './erase-rows.ts';
import { binariesIn, binariesOf, filesIn, onlyTheirs, unneeded } from './files.ts';
import { type Name, nameOf } from './inventory.ts';
import { eraseTexts } from './texts-of-codes.ts';

/** Deletes resources as if they had never been, with their files; who refers to them refers to nothing. */
export async function purge(context: FhirContext, tenant: number, names: readonly Name[]): Promise<void> {
  const { database } = context;
  const going = new Set(names.map(nameOf));
  const attached = new Set<string>();
  const [files, texts] = [new Set<string>(), new Set<number>()];
  const look = async (some: readonly Name[]): Promise<void> => {
    for await (const { type, content } of contentsOf(database.byKey, tenant, some)) {
      for (const id of binariesIn(content)) attached.add(id);
      if (type === 'Binary') for (const file of filesIn(content)) files.add(file);
      // What is stored is a resource.
      for (const { key } of context.index(tenant, JSON.parse(content) as Resource).texts) texts.add(key);
    }
  };
  await look(names);
  const binaries = [
    ...(await binariesOf(database, tenant, going)),
    ...(await onlyTheirs(database, tenant, [...attached], going)),
  ].filter((one) => !going.has(nameOf(one)));
  await look(binaries);
  const all = [...names, ...binaries];
  await markErased(database, tenant, all);
  await eraseRows(database.byKey, tenant, all);
  await eraseTexts(database, tenant, [...texts]);
  for (const file of await unneeded(database, [...files])) await context.blobs.delete(file);
}
