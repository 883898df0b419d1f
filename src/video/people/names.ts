import type { HumanName } from '@medplum/fhirtypes';

/** How people are called who are let in and spoken to; characters that could pass for something else are left out. */
export function nameOf({ name }: { name?: HumanName[] }): string {
  const best = name?.find(({ use }) => use === 'official') ?? name?.find(({ use }) => use === 'usual') ?? name?.[0];
  const text = best?.text ?? [...(best?.prefix ?? []), ...(best?.given ?? []), best?.family ?? ''].join(' ');
  return plainName(text);
}

/** Characters. */
const LONGEST = 80;

/** A name as it is shown: one line, without marks that turn the direction of text or show nothing. */
export const plainName = (text: string): string =>
  text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST);
