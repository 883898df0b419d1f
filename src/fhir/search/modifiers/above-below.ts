import { notSupported, ok } from '../../outcome.ts';
import { anyOf, type Condition, conceptKeys, keys, side, written } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { longestString } from '../folding.ts';
import { parameterId } from '../hash.ts';
import type { Place } from '../statement.ts';
import { keyOf, type Target } from '../types/type.ts';
import { type Modifier, never } from './modifier.ts';

const noHierarchy = ({ name }: Target) =>
  notSupported(`${name} needs the hierarchy of a code system, which is not known here; list the codes instead`);

/** `url:above=http://a/b/c`: the resource's URI is that or one that it lies under. Of tokens it is refused. */
export const above: Modifier = {
  code: 'above',
  types: ['uri', 'token'],
  denies: never,
  condition(target, values) {
    if (target.parameter.type === 'token') return noHierarchy(target);
    return ok(
      keys(
        values.flatMap((value) => ancestors(unescaped(value))).map((one) => keyOf(target, 'u', one)),
        true,
      ),
    );
  },
};

/** The URI and every one that it lies under, which ends at a `/` of the path: OIDs have no above and below. */
function ancestors(uri: string): string[] {
  const found = [uri];
  for (let at = uri.lastIndexOf('/'); at > 0 && uri[at - 1] !== '/' && found.length < 100; ) {
    found.push(uri.slice(0, at), uri.slice(0, at + 1));
    at = uri.lastIndexOf('/', at - 1);
  }
  return found;
}

/** `url:below=http://a/b`: the resource's URI is that or lies under it. Of tokens it is refused. */
export const below: Modifier = {
  code: 'below',
  types: ['uri', 'token'],
  denies: never,
  condition(target, values) {
    if (target.parameter.type === 'token') return noHierarchy(target);
    const { code } = target.parameter;
    const under = code === '_profile' || code === '_source' ? sharedUnder : rowUnder;
    return ok(anyOf(values.map((value) => under(parameterId(code), unescaped(value).replace(/\/$/, '')))));
  },
};

/** The uri itself or one that lies under it. A side row keeps the beginning of a uri, which is where it is compared. */
const beneath = (column: string, uri: string, { statement }: Place): string => {
  const same = statement.bind(uri.slice(0, longestString), 'text');
  const from = statement.bind(`${uri}/`.slice(0, longestString), 'text');
  const to = statement.bind(`${`${uri}/`.slice(0, longestString)}\u{10ffff}`, 'text');
  return `(${column} = ${same} or ${column} >= ${from} collate "C" and ${column} < ${to} collate "C")`;
};

const rowUnder = (param: number, uri: string): Condition =>
  side('resource_string', param, null, (row, place) => beneath(`${row}.value`, uri, place));

/** The uris that many resources share are kept once, with the key that finds the resources. */
const sharedUnder = (param: number, uri: string): Condition =>
  written((place) => `${place.row}.keys && ${conceptKeys(place, param, (value) => beneath(value, uri, place))}`);
