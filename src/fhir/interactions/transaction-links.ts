import { parseReference } from '../reference.ts';
import type { Lookup } from './rewrite.ts';

/** What the entries of a transaction are called before they have ids, and conditional references, as they become known. */
export type Links = {
  /** An entry's fullUrl stands for this resource from now on. */
  set(fullUrl: string | null, type: string, id: string): void;
  /** A conditional reference stands for this resource. */
  resolve(conditional: string, type: string, id: string): void;
  /** For the references of an entry with this fullUrl: relative ones are relative to it. */
  lookup(fullUrl: string | null): Lookup;
  /** What a link that may have to change begins with. */
  marks(): string[];
};

const restful = /^(https?:\/\/.+)\/([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/;

/**
 * @see https://hl7.org/fhir/R4/bundle.html#references for how a reference finds an entry
 */
export function createLinks(): Links {
  const whole = new Map<string, string>();
  const relative = new Map<string, Map<string, string>>();
  const marks = new Set<string>();
  return {
    set(fullUrl, type, id) {
      if (fullUrl === null) return;
      const name = `${type}/${id}`;
      const [, base, local] = restful.exec(fullUrl) ?? [];
      if (base === undefined || local === undefined) {
        whole.set(fullUrl, name);
        marks.add(/^urn:(?:uuid|oid):/.exec(fullUrl)?.[0] ?? fullUrl);
        return;
      }
      // What is updated under its own id is still to be found where it says.
      if (local === name) return;
      whole.set(`${base}/${local}`, name);
      marks.add(`${base}/`);
      const ofBase = relative.get(base) ?? new Map<string, string>();
      relative.set(base, ofBase.set(local, name));
    },
    resolve(conditional, type, id) {
      whole.set(conditional, `${type}/${id}`);
    },
    lookup(fullUrl) {
      const own = relative.get(restful.exec(fullUrl ?? '')?.[1] ?? '');
      return own === undefined ? (text) => whole.get(text) : (text) => whole.get(text) ?? own.get(text);
    },
    marks: () => [...marks],
  };
}

/** Type and query of a conditional reference, null for any other reference. */
export function conditionalReference(text: string): { type: string; query: string } | null {
  if (!text.includes('?')) return null;
  const reference = parseReference(text);
  return reference?.kind === 'conditional' ? reference : null;
}

/** Criteria with the links in their values put right: `subject=urn:uuid:…` becomes `subject=Patient/1`. */
export function rewriteCriteria(query: string, lookup: Lookup): string {
  if (!query.includes('urn') && !query.includes('/') && !query.includes('%')) return query;
  return query
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const raw = pair.slice(equals + 1);
      let value: string;
      try {
        value = decodeURIComponent(raw);
      } catch {
        return pair;
      }
      const found = lookup(value);
      return found === undefined ? pair : `${pair.slice(0, equals + 1)}${found}`;
    })
    .join('&');
}

/** The same criteria in another order or escaping have the same name. */
export function criteriaName(type: string, query: string): string {
  const parameters = new URLSearchParams(query);
  parameters.sort();
  return `${type}?${parameters}`;
}
