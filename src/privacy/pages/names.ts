import type { HumanName } from '@medplum/fhirtypes';

/** What somebody is called officially, or by the first of their names; their id where they have none. */
export function nameOfPerson({ id = '', name = [] }: { id?: string; name?: HumanName[] }): string {
  const one = name.find(({ use }) => use === 'official') ?? name[0];
  const parts = [...(one?.prefix ?? []), ...(one?.given ?? []), one?.family ?? ''];
  return one?.text ?? (parts.join(' ').trim() || id);
}
