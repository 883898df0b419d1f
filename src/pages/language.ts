export const languages = ['en', 'fr'] as const;

export type Language = (typeof languages)[number];

/** Keeps the language that somebody chose on a page. */
export const languageCookie = 'portico_language';

const isLanguage = (text: string): text is Language => languages.some((one) => one === text);

/**
 * The language of a page: the one asked for by name, else the best of Accept-Language, else English.
 *
 * @param asked the value of `?lang=`
 * @param accept an Accept-Language header: `fr-CA, en;q=0.8`
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-accept-language
 */
export function chooseLanguage(asked: string | undefined, accept: string | undefined): Language {
  if (asked !== undefined && isLanguage(asked)) return asked;
  const wishes = (accept ?? '').split(',').map((wish) => {
    const [tag = '', ...parameters] = wish.trim().toLowerCase().split(';');
    const weight = parameters.map((one) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(one)?.[1]).find((found) => found);
    return { language: tag.split('-')[0] ?? '', weight: weight === undefined ? 1 : Number(weight) };
  });
  // Sorting is stable: of equal wishes the first stays first.
  wishes.sort((a, b) => b.weight - a.weight);
  for (const { language, weight } of wishes) if (weight > 0 && isLanguage(language)) return language;
  return 'en';
}
