import { fitsFilter } from './filter.ts';
import type { Model, Row, Selected } from './model.ts';

/** One line of the process table. */
export type TableLine =
  | {
      readonly kind: 'group';
      readonly name: string;
      /** Its processes, those that the filter hides left out. */
      readonly rows: readonly Row[];
      /** Only this heading is shown of it. */
      readonly isCollapsed: boolean;
    }
  | {
      readonly kind: 'process';
      readonly row: Row;
      /** It stands under the heading of its group. */
      readonly isMember: boolean;
    };

/**
 * The lines of the table, those that are scrolled out included. A group of more than one process has a heading and stands
 * together, where its first process would. What the filter hides is left out; while there is a filter no group is
 * collapsed, as one looks for what is in them.
 */
export function rowsOf(model: Pick<Model, 'rows' | 'collapsed' | 'filter'>): TableLine[] {
  const sizes = new Map<string, number>();
  for (const { info } of model.rows) sizes.set(info.group, (sizes.get(info.group) ?? 0) + 1);
  const groups = new Map<string, Row[]>();
  for (const row of model.rows) {
    if (!fitsFilter(model.filter, row.info)) continue;
    const members = groups.get(row.info.group);
    if (members) members.push(row);
    else groups.set(row.info.group, [row]);
  }
  const lines: TableLine[] = [];
  for (const [name, rows] of groups) {
    const isGroup = (sizes.get(name) ?? 0) > 1;
    const isCollapsed = isGroup && model.filter === '' && model.collapsed.has(name);
    if (isGroup) lines.push({ kind: 'group', name, rows, isCollapsed });
    if (!isCollapsed) for (const row of rows) lines.push({ kind: 'process', row, isMember: isGroup });
  }
  return lines;
}

/** The line that the table's bar is on; -1 when it is on none that is shown. */
export function lineOf(lines: readonly TableLine[], selected: Selected | undefined): number {
  if (!selected) return -1;
  return lines.findIndex(line =>
    line.kind === 'group'
      ? selected.kind === 'group' && line.name === selected.name
      : selected.kind === 'process' && line.row.info.name === selected.name,
  );
}

/** What the bar is on when it is on this line. */
export function selectedBy(line: TableLine): Selected {
  return line.kind === 'group' ? { kind: 'group', name: line.name } : { kind: 'process', name: line.row.info.name };
}
