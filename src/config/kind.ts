/** A kind of value that a key can have: how it is read, in words, and as JSON Schema for editors. */
import { isNothing, type Node, shown } from './node.ts';
import type { Report } from './report.ts';
import type { Scope } from './scope.ts';
import type { Place } from './source.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonSchema = { readonly [key: string]: Json };

export interface Reading {
  /** The key, as messages name it. */
  readonly name: string;
  /** Where the key stands: what to point at when something is missing. */
  readonly keyPlace: Place;
  /** For values that are no text: they are expanded before they are read. */
  readonly scope: Scope;
  readonly report: Report;
}

export interface Kind<T> {
  /** Completes `must be …`. */
  readonly label: string;
  readonly schema: JsonSchema;
  /** The value, or undefined after reporting what is wrong with it. */
  read(node: Node, reading: Reading): T | undefined;
  /** Whether a map of this kind would take such a key: it may have slipped out of it. */
  accepts?(key: string): boolean;
}

export type ValueOf<K> = K extends Kind<infer T> ? T : never;

/** The hint for a list where a map is wanted. */
export function noDashes(node: Node): string | undefined {
  return node.kind === 'list' ? 'a map has no dashes: write `name: value`, each on a line of its own' : undefined;
}

/** Reports that a value is not what it must be. */
export function mustBe(label: string, node: Node, { name, report }: Reading, hint?: string): undefined {
  const message = isNothing(node)
    ? `\`${name}\` has no value: it must be ${label}`
    : `\`${name}\` must be ${label}, not ${shown(node)}`;
  report.error(node.place, message, hint);
}
