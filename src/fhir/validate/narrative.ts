import { SaxesParser, type SaxesTagNS } from 'saxes';

import { type Check, error } from './check.ts';
import { entities } from './entities.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** https://hl7.org/fhir/R4/narrative.html#rules and the lists of txt-1. */
const elements = words(
  'a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li map ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var',
);
const attributes = words(
  'abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules scope shape span src start style summary tabindex title type usemap valign value vspace width xml:lang xml:space',
);
const links = words('href src cite longdesc');
const xhtml = 'http://www.w3.org/1999/xhtml';

// Browsers skip control characters inside a scheme, and so does this.
const skipped = /[\0-\x20]/g;
const scheme = /^([a-z][a-z0-9+.-]*):/i;
const schemes = words('http https mailto tel ftp urn cid data');
const image = /^data:image\/(?:png|jpeg|jpg|gif|webp|bmp)[;,]/i;
const style = /expression\s*\(|javascript:|vbscript:|@import|behavior\s*:|-moz-binding|\\/i;

function wrongLink(name: string, value: string): boolean {
  const text = value.replace(skipped, '');
  const named = scheme.exec(text)?.[1]?.toLowerCase();
  if (named === undefined) return false;
  if (!schemes.has(named)) return true;
  return named === 'data' && !(name === 'src' && image.test(text));
}

function wrongTag(tag: SaxesTagNS, isRoot: boolean): string | null {
  if (isRoot && tag.name !== 'div') return `The narrative begins with <${tag.name}>; it must be one <div>`;
  if (tag.uri !== xhtml) return `<${tag.name}> is not of the namespace ${xhtml}, which the narrative must declare`;
  if (!elements.has(tag.local) || tag.prefix !== '')
    return `<${tag.name}> is not allowed in a narrative, only ${[...elements].join(' ')}`;
  for (const [name, { value, prefix }] of Object.entries(tag.attributes)) {
    if (name === 'xmlns' || prefix === 'xmlns') continue;
    if (!attributes.has(name)) return `The attribute "${name}" of <${tag.name}> is not allowed in a narrative`;
    if (links.has(name) && wrongLink(name, value))
      return `The "${name}" of <${tag.name}> has a scheme that is not allowed; allowed are ${[...schemes].join(' ')}, data only for images`;
    if (name === 'style' && style.test(value)) return `The style of <${tag.name}> runs code or loads a style sheet`;
  }
  return null;
}

/** The first thing that is wrong with a narrative's XHTML, or null. */
function narrativeFault(text: string): string | null {
  let fault: string | null = null;
  let depth = 0;
  let hasContent = false;
  const found = (what: string): void => {
    fault ??= what;
  };
  const parser = new SaxesParser({ xmlns: true });
  Object.assign(parser.ENTITIES, entities);
  parser.on('error', ({ message }) =>
    found(`The narrative is not well-formed XHTML: ${message.replace(/^\d+:\d+: /, '')}`),
  );
  parser.on('doctype', () => found('A narrative has no DOCTYPE'));
  parser.on('processinginstruction', () => found('A narrative has no processing instructions'));
  parser.on('opentag', (tag) => {
    const wrong = wrongTag(tag, depth === 0);
    if (wrong !== null) found(wrong);
    depth++;
    hasContent ||= tag.local === 'img';
  });
  parser.on('closetag', () => depth--);
  parser.on('text', (content) => {
    hasContent ||= content.trim() !== '';
  });
  parser.write(text).close();
  return fault ?? (hasContent ? null : 'The narrative has no content; it must have text or an image (rule txt-2)');
}

const open = `<div xmlns="${xhtml}">`;
const close = '</div>';

/** One div with plain text, as most generated narratives are; what is not that is parsed. */
function isPlain(text: string): boolean {
  if (!text.startsWith(open) || text.indexOf('<', open.length) !== text.length - close.length) return false;
  return text.endsWith(close) && !text.includes('&') && text.slice(open.length, -close.length).trim() !== '';
}

// The same generated narratives come again and again: from one EHR, from one form.
const recent = new Map<string, string | null>();
const maxRecent = 500;
const maxLength = 4096;

/** Narrative.div: well-formed, of the allowed elements and attributes, with nothing that runs. */
export function narrative(text: string, check: Check, path: string): void {
  if (isPlain(text)) return;
  let fault = recent.get(text);
  if (fault === undefined) {
    fault = narrativeFault(text);
    if (recent.size >= maxRecent) recent.clear();
    if (text.length <= maxLength) recent.set(text, fault);
  }
  if (fault !== null) error(check, 'invariant', path, fault);
}
