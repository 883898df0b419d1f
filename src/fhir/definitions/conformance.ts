/** A definition as it is kept: what the server uses of a StructureDefinition, ValueSet, CodeSystem and so on. */
export type Definition = { resourceType: string; url: string; version?: string; [element: string]: unknown };

export type DefinitionType =
  | 'StructureDefinition'
  | 'ValueSet'
  | 'CodeSystem'
  | 'SearchParameter'
  | 'CompartmentDefinition';

/** Definitions of one source, R4 itself or one package: an index, and the JSON of each, parsed when it is asked for. */
export type Shelf = { index: readonly Entry[]; texts: Buffer };

type Entry = { type: string; url: string; version: string; at: number; length: number };

/** Definitions by canonical URL. */
export type Conformance = {
  /**
   * @param canonical `url` or `url|version`; without a version, or with one that is not there, the newest
   */
  find(type: DefinitionType, canonical: string): Definition | undefined;
  /** Of every URL the newest version. */
  all(type: DefinitionType): Definition[];
  /** `url|version` for each version that is there, the newest first; `url` alone where it has none. */
  versions(type: DefinitionType, url: string): string[];
};

export function createShelf(definitions: Iterable<Definition>): Shelf {
  const index: Entry[] = [];
  const texts: Buffer[] = [];
  let at = 0;
  for (const definition of definitions) {
    const bytes = Buffer.from(JSON.stringify(definition));
    const { resourceType: type, url, version = '' } = definition;
    index.push({ type, url, version, at, length: bytes.length });
    texts.push(bytes);
    at += bytes.length;
  }
  return { index, texts: Buffer.concat(texts) };
}

/** The bytes of a shelf for a cache: the length of the index in 8 digits, the index, the texts. */
export function shelfBytes({ index, texts }: Shelf): Buffer {
  const head = Buffer.from(JSON.stringify(index));
  return Buffer.concat([Buffer.from(String(head.length).padStart(8, '0')), head, texts]);
}

export function shelfOf(bytes: Buffer): Shelf {
  const length = Number(bytes.toString('latin1', 0, 8));
  return { index: JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Entry[], texts: bytes.subarray(8 + length) }; // what shelfBytes wrote
}

/** 8.0.0 after 8.0.0-ballot, 10 after 9. */
export function compareVersions(left: string, right: string): number {
  const [leftNumbers = '', ...leftLabel] = left.split('-');
  const [rightNumbers = '', ...rightLabel] = right.split('-');
  const numbers = leftNumbers.localeCompare(rightNumbers, 'en', { numeric: true });
  if (numbers !== 0) return numbers;
  if (leftLabel.length === 0 || rightLabel.length === 0) return rightLabel.length - leftLabel.length;
  return leftLabel.join('-').localeCompare(rightLabel.join('-'), 'en', { numeric: true });
}

/** Looks through the shelves; of the same URL and version the first shelf has precedence. */
export function createConformance(shelves: readonly Shelf[]): Conformance {
  type Place = { entry: Entry; shelf: Shelf };
  const places = new Map<string, Place[]>();
  for (const shelf of shelves) {
    for (const entry of shelf.index) {
      const key = `${entry.type} ${entry.url}`;
      const known = places.get(key);
      if (known === undefined) places.set(key, [{ entry, shelf }]);
      else known.push({ entry, shelf });
    }
  }
  for (const list of places.values())
    if (list.length > 1) list.sort((left, right) => compareVersions(right.entry.version, left.entry.version));
  const parsed = new WeakMap<Entry, Definition>();

  function open({ entry, shelf }: Place): Definition {
    const known = parsed.get(entry);
    if (known !== undefined) return known;
    const definition = JSON.parse(shelf.texts.toString('utf8', entry.at, entry.at + entry.length)) as Definition; // what createShelf wrote
    parsed.set(entry, definition);
    return definition;
  }

  return {
    find(type, canonical) {
      const [url = '', version] = canonical.split('|');
      const list = places.get(`${type} ${url}`);
      if (list === undefined) return undefined;
      const place = list.find(({ entry }) => entry.version === version) ?? list[0];
      return place && open(place);
    },
    versions: (type, url) =>
      (places.get(`${type} ${url}`) ?? []).map(({ entry }) => (entry.version === '' ? url : `${url}|${entry.version}`)),
    all: (type) =>
      [...places]
        .filter(([key]) => key.startsWith(`${type} `))
        .flatMap(([, [newest]]) => (newest === undefined ? [] : [open(newest)])),
  };
}
