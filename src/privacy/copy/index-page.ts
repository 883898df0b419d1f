import { type CopyLanguage, typeWord, words } from './index-words.ts';
import type { Summary } from './summary.ts';

/** A file of a copy, as the manifest and the page list it. */
export type FileNote = { name: string; sha256: string; size: number; count: number; kind: FileKind };

/** Where a file is from: the record, what it refers to, a document of it, the account, the ledger, or the requests. */
export type FileKind =
  | { of: 'record' | 'related'; type: string }
  | { of: 'bytes' | 'account' | 'accounting' | 'requests' };

export type IndexPage = {
  /** Name of the patient; '' where none is known. */
  name: string;
  /** The day it was made: `2026-02-03`. */
  made: string;
  /** What tells this copy from any other. */
  mark: string;
  files: readonly FileNote[];
  /** Documents that are not in it. */
  omitted: number;
  summary: Summary;
};

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => escapes[one] ?? one);

const style = `body{font:1.0625rem/1.5 system-ui,sans-serif;max-width:52rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #767676;overflow-wrap:anywhere}
a{color:#0b4f9e}li{overflow-wrap:anywhere}td:last-child,th:last-child{text-align:right}`;

export const indexNames: Record<CopyLanguage, string> = { en: 'index.html', fr: 'index.fr.html' };

function kindWord(kind: FileKind, language: CopyLanguage): string {
  const said = words[language];
  if (kind.of === 'record' || kind.of === 'related') return said[kind.of](typeWord(kind.type, language));
  return said[kind.of];
}

function fileRow({ name, count, kind }: FileNote, language: CopyLanguage): string {
  const href = name.split('/').map(encodeURIComponent).join('/');
  return `<tr><td><a href="${escaped(href)}">${escaped(name)}</a></td><td>${escaped(kindWord(kind, language))}</td><td>${count}</td></tr>`;
}

function years(summary: Summary, language: CopyLanguage): string {
  const said = words[language];
  const sections = summary.years().map(({ year, lines, more }) => {
    const items = lines.map(({ date, type, title }) => {
      const when = date === '' ? '' : `<time datetime="${date}">${date}</time> `;
      const what = title === '' ? typeWord(type, language) : `${typeWord(type, language)}: ${title}`;
      return `<li>${when}${escaped(what)}</li>`;
    });
    const rest = more === 0 ? '' : `<p>${escaped(said.more(more))}</p>`;
    return `<h3>${year === '' ? said.undated : year}</h3><ul>${items.join('\n')}</ul>${rest}`;
  });
  return sections.join('\n');
}

/** The page by which a person reads their copy: complete by itself, without scripts, and nothing in it is fetched. */
export function indexPage(page: IndexPage, language: CopyLanguage): string {
  const said = words[language];
  const other: CopyLanguage = language === 'en' ? 'fr' : 'en';
  const omitted = page.omitted === 0 ? '' : `<p>${escaped(said.omitted(page.omitted))}</p>`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(said.title)}</title><style>${style}</style></head><body>
<header><p><a href="${indexNames[other]}" lang="${other}" hreflang="${other}">${escaped(said.other)}</a></p></header>
<main><h1>${escaped(said.title)}</h1>
<p>${page.name === '' ? '' : `${escaped(said.of(page.name))}<br>`}${escaped(said.made(page.made))}<br>${escaped(said.mark(page.mark))}</p>
<p>${escaped(said.intro)}</p><p><strong>${escaped(said.care)}</strong></p>
<h2>${escaped(said.inside)}</h2>
<table><thead><tr><th scope="col">${escaped(said.file)}</th><th scope="col">${escaped(said.what)}</th><th scope="col">${escaped(said.count)}</th></tr></thead>
<tbody>
${page.files.map((file) => fileRow(file, language)).join('\n')}
</tbody></table>
${omitted}<p>${escaped(said.check)}</p>
<h2>${escaped(said.byYear)}</h2>
${years(page.summary, language)}
</main></body></html>
`;
}
