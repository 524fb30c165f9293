/** Maps with known keys, one row a key: kind, default and help, in one place. */
import type { JsonSchema, Kind, Reading, ValueOf } from './kind.ts';
import { mustBe, noDashes } from './kind.ts';
import { strayKey } from './misplaced.ts';
import { type Entry, isNothing, type MapNode, type Node } from './node.ts';
import { createReport } from './report.ts';
import { scopeOf } from './scope.ts';
import { isWord } from './secrets.ts';
import { lineOf, type Place, sourceOf } from './source.ts';

export interface Row<T> {
  readonly kind: Kind<T>;
  readonly help: string;
  /** The default as one would write it; it is read by `kind` like any value. */
  readonly default?: string;
  /** The default in words, where it is no value. */
  readonly otherwise?: string;
  /** A value worth showing, in flow style. */
  readonly example?: string;
  readonly required?: true;
}

export type Rows = Readonly<Record<string, Row<unknown>>>;

export interface Table<R extends Rows> {
  /** `a program`: what such a map describes. */
  readonly what: string;
  readonly rows: R;
  /** Keys that are refused, each with the reason. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Keys of this form are ignored: a place for anchors. */
  readonly ignored?: RegExp;
  /** What to say of an entry with an unknown key, where there is more to say than that. */
  readonly stray?: (entry: Entry, node: MapNode) => string | undefined;
  /** Looks at the map as a whole first; true when it has said all there is to say. */
  readonly inspect?: (node: MapNode, reading: Reading) => boolean;
}

/** A value with where it stands: paths are relative to its file, and mistakes found later point at it. */
export interface Field<T> {
  readonly value: T;
  readonly node: Node;
  readonly keyPlace: Place;
}

export type Fields<R extends Rows> = { readonly [K in keyof R]?: Field<ValueOf<R[K]['kind']>> };

export interface Named<T> {
  readonly name: string;
  readonly keyPlace: Place;
  readonly value: T;
}

/** A map that a table describes; nothing is an empty one. */
export function tableOf<R extends Rows>(table: Table<R>): Kind<Fields<R>> {
  const label = 'a map of keys';
  return {
    label,
    schema: tableSchema(table),
    accepts: key => Object.hasOwn(table.rows, key),
    read: (node, reading) => {
      if (node.kind !== 'map' && !isNothing(node)) return mustBe(label, node, reading, noDashes(node));
      const entries = node.kind === 'map' ? node : { ...node, kind: 'map' as const, entries: [], duplicates: [] };
      return readTable(table, entries, reading);
    },
  };
}

/** A map from names that the user chose; `check` says what is wrong with one. */
export function mapOf<T>(
  kind: Kind<T>,
  options: { label: string; check(name: string): string | undefined; inspect?: Table<Rows>['inspect'] },
): Kind<readonly Named<T>[]> {
  return {
    label: options.label,
    schema: { type: ['object', 'null'], additionalProperties: kind.schema },
    read: (node, reading) => {
      if (isNothing(node)) return [];
      if (node.kind !== 'map') return mustBe(options.label, node, reading, noDashes(node));
      if (options.inspect?.(node, reading)) return undefined;
      reportDuplicates(node, reading);
      return node.entries.flatMap(({ key, keyPlace, value: valueNode }) => {
        const problem = options.check(key);
        if (problem !== undefined) reading.report.error(keyPlace, problem);
        const value = kind.read(valueNode, { ...reading, name: key, keyPlace });
        return value === undefined || problem !== undefined ? [] : [{ name: key, keyPlace, value }];
      });
    },
  };
}

/** Reports keys that stand twice in one map. */
export function reportDuplicates(node: MapNode, { report }: Reading): void {
  for (const { key, keyPlace } of node.duplicates) {
    const first = node.entries.find(entry => entry.key === key);
    const where =
      first === undefined ? '' : `: it stands on line ${lineOf(first.keyPlace.source, first.keyPlace.start)}`;
    report.error(keyPlace, `duplicate key \`${key}\`${where} already`, 'keep one of the two');
  }
}

function readTable<R extends Rows>(table: Table<R>, node: MapNode, reading: Reading): Fields<R> | undefined {
  if (table.inspect?.(node, reading)) return undefined;
  reportDuplicates(node, reading);
  const fields: Record<string, Field<unknown>> = {};
  for (const entry of node.entries) {
    const row = Object.hasOwn(table.rows, entry.key) ? table.rows[entry.key] : undefined;
    if (row === undefined) refuse(table, { entry, node }, reading);
    else {
      const value = row.kind.read(entry.value, { ...reading, name: entry.key, keyPlace: entry.keyPlace });
      if (value !== undefined) fields[entry.key] = { value, node: entry.value, keyPlace: entry.keyPlace };
    }
  }
  reportMissing(table, node, reading);
  // Each value was read by the kind of its row, which is where its type comes from.
  return fields as Fields<R>;
}

/** The values of a table, with the defaults of the rows that have one. */
export type Settled<R extends Rows> = {
  readonly [K in keyof R]: R[K] extends { readonly default: string }
    ? ValueOf<R[K]['kind']>
    : ValueOf<R[K]['kind']> | undefined;
};

/** Fills the gaps of `fields` with defaults. */
export function settle<R extends Rows>(rows: R, fields: Fields<R>): Settled<R> {
  const values: Record<string, unknown> = {};
  for (const [key, row] of Object.entries(rows)) {
    values[key] = fields[key]?.value ?? (row.default === undefined ? undefined : defaultOf(key, row));
  }
  // As above: each value comes from the kind of its row, be it the default.
  return values as Settled<R>;
}

function defaultOf(key: string, row: Row<unknown>): unknown {
  const source = sourceOf('built-in defaults', row.default ?? '');
  const place: Place = { source, start: 0, end: source.text.length };
  const report = createReport();
  const node: Node = { kind: 'scalar', place, text: source.text, plain: true };
  const value = row.kind.read(node, { name: key, keyPlace: place, scope: scopeOf({}, {}), report });
  if (value === undefined) throw new Error(`the default of \`${key}\` does not fit its kind`);
  return value;
}

function refuse<R extends Rows>(table: Table<R>, at: { entry: Entry; node: MapNode }, { report }: Reading): void {
  const { key, keyPlace } = at.entry;
  if (table.ignored?.test(key)) return;
  const refused = table.refused !== undefined && Object.hasOwn(table.refused, key) ? table.refused[key] : undefined;
  const reason = refused ?? table.stray?.(at.entry, at.node);
  if (reason !== undefined) report.error(keyPlace, reason);
  // What a broken quote has made a key of may be a secret.
  else if (!isWord(key)) report.error(keyPlace, `this is no key of ${table.what}`);
  else report.error(keyPlace, `unknown key \`${key}\` in ${table.what}`, strayKey(at, table.rows));
}

function reportMissing<R extends Rows>(table: Table<R>, node: MapNode, { report, keyPlace, name }: Reading): void {
  for (const [key, row] of Object.entries(table.rows)) {
    const missing = row.required && !node.entries.some(entry => entry.key === key);
    if (missing && report.trusts(node.place)) report.error(keyPlace, `\`${name}\` has no \`${key}\``);
  }
}

/** The JSON Schema of such a map. */
function tableSchema<R extends Rows>(table: Table<R>): JsonSchema {
  const rows = Object.entries(table.rows);
  const required = rows.filter(([, row]) => row.required).map(([key]) => key);
  return {
    type: required.length > 0 ? 'object' : ['object', 'null'],
    properties: Object.fromEntries(rows.map(([key, row]) => [key, rowSchema(row)])),
    ...(required.length > 0 ? { required } : {}),
    ...(table.ignored === undefined ? {} : { patternProperties: { [table.ignored.source]: {} } }),
    additionalProperties: false,
  };
}

function rowSchema(row: Row<unknown>): JsonSchema {
  return {
    description: row.help,
    ...row.kind.schema,
    ...(row.default === undefined ? {} : { default: defaultJson(row.default) }),
  };
}

/** A default as JSON: `1` is a number, `true` a boolean, and `TERM` a text. */
function defaultJson(written: string): string | number | boolean {
  if (/^(?:0|[1-9][0-9]*)$/.test(written)) return Number(written);
  return written === 'true' || written === 'false' ? written === 'true' : written;
}
