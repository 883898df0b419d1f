import { SaxesParser } from 'saxes';

import type { Definitions } from '../../src/fhir/definitions/definitions.ts';

/** One element of XML: text is kept as children of type string. */
export type XmlNode = { name: string; attributes: Record<string, string>; children: (XmlNode | string)[] };

export function readXml(text: string): XmlNode {
  const parser = new SaxesParser();
  const top: XmlNode = { name: '', attributes: {}, children: [] };
  const stack = [top];
  parser.on('opentag', ({ name, attributes }) => {
    const node: XmlNode = { name, attributes: attributes as Record<string, string>, children: [] };
    stack.at(-1)?.children.push(node);
    stack.push(node);
  });
  parser.on('closetag', () => stack.pop());
  for (const event of ['text', 'cdata'] as const) parser.on(event, (chunk) => stack.at(-1)?.children.push(chunk));
  parser.write(text.replace(/^\uFEFF/, '')).close();
  return childrenOf(top)[0] ?? top;
}

export const childrenOf = (node: XmlNode, name?: string): XmlNode[] =>
  node.children.filter((child): child is XmlNode => typeof child !== 'string' && (!name || child.name === name));

export const textOf = (node: XmlNode): string =>
  node.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');

function xhtml(node: XmlNode): string {
  const attributes = Object.entries(node.attributes).map(([name, value]) => ` ${name}="${value}"`);
  const inner = node.children.map((child) => (typeof child === 'string' ? child : xhtml(child))).join('');
  return `<${node.name}${attributes.join('')}>${inner}</${node.name}>`;
}

type Json = Record<string, unknown>;
const numbers = new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt']);

function elementOf(definitions: Definitions, path: string, name: string) {
  const elements = definitions.elements.get(path);
  const own = elements?.get(name);
  if (own) return { element: own, type: own.types[0] ?? '' };
  for (const [base, element] of elements ?? []) {
    const type =
      element.choice && element.types.find((one) => base + one.charAt(0).toUpperCase() + one.slice(1) === name);
    if (type) return { element, type };
  }
  throw new Error(`${path} has no element ${name}`);
}

function objectOf(definitions: Definitions, node: XmlNode, path: string): Json {
  const json: Json = {};
  for (const [name, value] of Object.entries(node.attributes)) if (name === 'id' || name === 'url') json[name] = value;
  for (const child of childrenOf(node)) {
    const { element, type } = elementOf(definitions, path, child.name);
    const put = (key: string, value: unknown, index: number): void => {
      if (!element.many) {
        json[key] = value;
        return;
      }
      const list = (json[key] ?? []) as unknown[];
      json[key] = list;
      while (list.length < index) list.push(null);
      list[index] = value;
    };
    const count = Math.max(
      ...[json[child.name], json[`_${child.name}`]].map((one) => (Array.isArray(one) ? one.length : 0)),
    );
    if (type === 'xhtml') put(child.name, xhtml(child), count);
    else if (type === 'Resource') {
      const [inner] = childrenOf(child);
      if (inner) put(child.name, resourceOf(definitions, inner), count);
    } else if (definitions.primitives.has(type)) {
      const { value } = child.attributes;
      const typed = numbers.has(type) ? JSON.rawJSON(value ?? '0') : type === 'boolean' ? value === 'true' : value;
      if (value !== undefined) put(child.name, typed, count);
      const side = objectOf(
        definitions,
        { ...child, attributes: child.attributes.id ? { id: child.attributes.id } : {} },
        'Element',
      );
      if (Object.keys(side).length > 0) put(`_${child.name}`, side, count);
    } else put(child.name, objectOf(definitions, child, type), count);
  }
  return json;
}

/** A resource in FHIR's XML → the same in FHIR's JSON, numbers as written. */
export const resourceOf = (definitions: Definitions, node: XmlNode): Json => ({
  resourceType: node.name,
  ...objectOf(definitions, node, node.name),
});
