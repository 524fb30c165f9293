/**
 * Keeps secrets of a config out of what is printed about it. A mistake is shown with the line it stands on, and that line
 * may hold a password: it is shown with as many asterisks. What is a secret is told by the tree where there is one, and by
 * the names of keys where YAML's rules are broken and there is none to trust.
 */
import { originOf } from '../core/alertvia.ts';
import { type Entry, isNothing, type MapNode, type Node, type ScalarNode } from './node.ts';
import type { Place, Source } from './source.ts';

/** Keys that are called like a secret hold one, wherever they stand; programs have such variables. */
const SECRET_NAME = /(?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|authorization|credentials?|cookie)$/i;

/** Keys of an alert whose values are no secrets. All others are taken for some, so that a misspelt `passwrod` is one. */
const HARMLESS = new Set(
  'to from smtp host port tls user syslog address facility command on programs every ends within output match'.split(
    ' ',
  ),
);

/** Keys of an alert whose value is a URL. */
const URL_KEYS = new Set(['http', 'url']);

/** A whole value that names a variable holds no secret itself, and is what the message is about. */
const VARIABLE_ALONE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;

/** Whether a key is called like a secret. */
export function isSecretName(key: string): boolean {
  return SECRET_NAME.test(key);
}

/** The tree with its secrets marked, whose text its sources do not show any more. */
export function hideSecrets(root: Node): Node {
  if (root.kind !== 'map') return root;
  return mapEntries(root, entry =>
    entry.key === 'alerts' ? hideInAlert(entry.value, 'alerts') : hideNamed(entry.value, new Set()),
  );
}

/** Outside alerts: values whose key says it. */
function hideNamed(node: Node, seen: Set<Node>): Node {
  // A node that hangs in several branches is the same in all.
  if (node.kind === 'scalar' || seen.has(node)) return node;
  seen.add(node);
  if (node.kind === 'list') return mapItems(node, item => hideNamed(item, seen));
  return mapEntries(node, ({ key, value }) =>
    isSecretName(key) && value.kind === 'scalar' ? hideScalar(value) : hideNamed(value, seen),
  );
}

function hideInAlert(node: Node, key: string): Node {
  if (node.kind === 'list') return mapItems(node, item => hideInAlert(item, key));
  if (node.kind === 'scalar') return HARMLESS.has(key) || URL_KEYS.has(key) ? hideUrl(node, key) : hideScalar(node);
  return mapEntries(node, ({ key: inner, keyPlace, value }) => {
    if (isPieceOfSecret(inner, value, node) || !isWord(inner)) hide(keyPlace);
    if (isSecretName(inner) && value.kind !== 'scalar') hide(value.place);
    return hideInAlert(value, key === 'headers' ? key : inner);
  });
}

/** Whether a key is one that somebody may have meant: a broken quote makes keys of whatever follows. */
export function isWord(key: string): boolean {
  return /^[A-Za-z_][\w-]*$/.test(key);
}

/** In braces, what follows a comma of an unquoted password is a key without a value. */
export function isPieceOfSecret(key: string, value: Node, { entries }: MapNode): boolean {
  return isNothing(value) && !HARMLESS.has(key) && !isSecretName(key) && entries.some(other => isSecretName(other.key));
}

function hideScalar(node: ScalarNode): ScalarNode {
  if (node.text === '' || VARIABLE_ALONE.test(node.text)) return node;
  hide(node.place);
  return { ...node, isSecret: true };
}

/** A URL is a secret from its path on; whole, where it names a user, or is meant to be a URL and is none. */
function hideUrl(node: ScalarNode, key: string): ScalarNode {
  const origin = originOf(node.text);
  if (origin === '') return URL_KEYS.has(key) ? hideScalar(node) : node;
  if (node.text === origin) return node;
  const { source, start, end } = node.place;
  const at = source.text.slice(start, end).indexOf(origin);
  hide({ source, start: at < 0 ? start : start + at + origin.length, end });
  return { ...node, isSecret: true };
}

/** The text of a place is not shown any more, but for line ends and indentation. */
export function hide({ source, start, end }: Place): void {
  const { shown } = source;
  source.shown = shown.slice(0, start) + asterisks(shown.slice(start, end)) + shown.slice(end);
}

function asterisks(text: string): string {
  return text.replace(/(\n[ \t]*)|[^\r\n]/g, (_char, blanks: string | undefined) => blanks ?? '*');
}

const KEY = /(?:^|[\s{,[#])["']?([A-Za-z_][\w.-]*)["']?[ \t]*:/g;

/**
 * Hides by the names of keys what could be a secret of a source that is no YAML: the rest of a line after such a name, and
 * the lines below it that are indented further; and URLs from their path on.
 */
export function hideByName(source: Source): void {
  const lines = source.text.split('\n');
  let below: number | undefined;
  const shown = lines.map(line => {
    const indent = line.search(/\S/);
    if (below !== undefined && indent >= 0 && indent <= below) below = undefined;
    if (below !== undefined) return asterisks(line);
    if (secretFrom(line) !== undefined) below = Math.max(0, indent);
    return hiddenByName(line);
  });
  source.shown = shown.join('\n');
}

/** The same for a line, or for words that may quote one. */
export function hiddenByName(line: string): string {
  const from = secretFrom(line);
  if (from === undefined) return withoutPaths(line);
  const rest = line.slice(from);
  const isVariable = VARIABLE_ALONE.test(rest.trim().replace(/^"(.*)"$|^'(.*)'$/, '$1$2'));
  return isVariable ? line : withoutPaths(line.slice(0, from)) + asterisks(rest);
}

/** Hides by the names of keys what could be a secret in a comment, of which the tree knows nothing. */
export function hideInComments(source: Source): void {
  const lines = source.shown.split('\n');
  const shown = lines.map(line => {
    const at = line.indexOf('#');
    return at < 0 ? line : line.slice(0, at) + hiddenByName(line.slice(at));
  });
  source.shown = shown.join('\n');
}

/** Where the value begins of the first key that is called like a secret. */
function secretFrom(line: string): number | undefined {
  for (const found of line.matchAll(KEY)) {
    const key = found[1] ?? '';
    if (isSecretName(key) || key === 'headers') return found.index + found[0].length;
  }
  return undefined;
}

function withoutPaths(line: string): string {
  return line.replace(/[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'{},]+/gi, url => {
    const origin = originOf(url);
    return url.startsWith(origin) ? origin + asterisks(url.slice(origin.length)) : asterisks(url);
  });
}

function mapEntries(map: MapNode, change: (entry: Entry) => Node): MapNode {
  const entries = map.entries.map(entry => withValue(entry, change(entry)));
  const duplicates = map.duplicates.map(entry => withValue(entry, change(entry)));
  const isSame = (after: readonly Entry[], before: readonly Entry[]): boolean =>
    after.every((entry, i) => entry === before[i]);
  return isSame(entries, map.entries) && isSame(duplicates, map.duplicates) ? map : { ...map, entries, duplicates };
}

function withValue(entry: Entry, value: Node): Entry {
  return value === entry.value ? entry : { ...entry, value };
}

function mapItems(list: Extract<Node, { kind: 'list' }>, change: (item: Node) => Node): Node {
  const items = list.items.map(change);
  return items.every((item, i) => item === list.items[i]) ? list : { ...list, items };
}
