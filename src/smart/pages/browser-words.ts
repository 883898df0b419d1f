import type { Language } from '../../pages/language.ts';
import { accountWords } from './account-words.ts';

/** The first that is found counts: most browsers claim to be several. */
const browsers: readonly [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(HeadlessChrome|Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
];

const systems: readonly [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const found = (table: readonly [RegExp, string][], text: string): string | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1];

/** `Firefox on Windows`: what a User-Agent header says, in words; it is what the browser claims to be. */
export function browserInWords(language: Language, agent: string | null): string {
  const say = accountWords[language].sessions;
  const browser = found(browsers, agent ?? '') ?? say.unknownBrowser;
  const system = found(systems, agent ?? '');
  return system === undefined ? browser : say.browserOn(browser, system);
}
