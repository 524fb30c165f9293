/** A value that is short for a map: a path alone, or the path with what goes with it. */
import type { Kind } from './kind.ts';
import { mustBe } from './kind.ts';
import { isNothing, type ScalarNode } from './node.ts';
import { type Fields, type Rows, type Table, tableOf } from './table.ts';
import { text } from './text.ts';

export type TextOr<R extends Rows> =
  | { readonly kind: 'text'; readonly node: ScalarNode }
  | { readonly kind: 'map'; readonly fields: Fields<R> };

/** A text, or a map that `table` describes. */
export function textOr<R extends Rows>(label: string, table: Table<R>): Kind<TextOr<R>> {
  const short = text(label);
  const long = tableOf(table);
  const both = `${label}, or a map of ${Object.keys(table.rows).join(', ')}`;
  return {
    label: both,
    schema: { anyOf: [short.schema, { ...long.schema, type: 'object' }] },
    accepts: key => Object.hasOwn(table.rows, key),
    read: (node, reading) => {
      if (node.kind === 'list' || isNothing(node)) return mustBe(both, node, reading);
      if (node.kind === 'map') {
        const fields = long.read(node, reading);
        return fields === undefined ? undefined : { kind: 'map', fields };
      }
      const read = short.read(node, reading);
      return read === undefined ? undefined : { kind: 'text', node: read };
    },
  };
}
