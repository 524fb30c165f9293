/**
 * A config file as a tree: every value with its place and the text it was written as. Aliases and merge keys are
 * resolved, so a node may hang in several branches; `load.ts` bounds how much the tree unfolds to.
 */
import { nearest } from '../core/nearest.ts';
import type { Place } from './source.ts';

export type Node = MapNode | ListNode | ScalarNode;

export interface MapNode {
  readonly kind: 'map';
  readonly place: Place;
  /** No two of the same key: explicit ones hide merged ones. */
  readonly entries: readonly Entry[];
  /** Entries whose key stands in the map already. They are not part of it, and a mistake. */
  readonly duplicates: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: Node;
}

export interface ListNode {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly Node[];
}

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly place: Place;
  /** Quotes and escapes undone; numbers and booleans as they were written. */
  readonly text: string;
  /** Plain scalars may be numbers, booleans or nothing; quoted and block ones are text. */
  readonly plain: boolean;
  /** Its text is shown nowhere. */
  readonly isSecret?: true;
}

/** Whether a value was left empty, or written as YAML's null. */
export function isNothing(node: Node): boolean {
  return node.kind === 'scalar' && node.plain && /^(?:|~|null|Null|NULL)$/.test(node.text);
}

/** The entry of a map, if it has one. */
export function entryOf(map: MapNode, key: string): Entry | undefined {
  return map.entries.find(entry => entry.key === key);
}

/** A value as a message shows it: short, and on one line. */
export function shown(node: Node): string {
  if (isNothing(node)) return 'nothing';
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'list') return 'a list';
  if (node.isSecret) return 'what it is';
  return quoted(node.text);
}

/** Longer values are cut off in messages: the line itself is printed below them. */
const MAX_SHOWN = 60;

/** Text of the user's in a message. */
export function quoted(text: string): string {
  const line = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return `\`${line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line}\``;
}

/** The hint that names what was probably meant, if anything is near. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const found = nearest(word, known);
  return found === undefined || found === word ? undefined : `did you mean \`${found}\`?`;
}
