import type { Model, Row } from './model.ts';

/** The process that the bar is on, or the whole group of a heading; none when nothing is selected. */
export function chosenRows({ selected, rows }: Pick<Model, 'selected' | 'rows'>): readonly Row[] {
  if (selected === undefined) return [];
  if (selected.kind === 'group') return rows.filter(({ info }) => info.group === selected.name);
  return rows.filter(({ info }) => info.name === selected.name);
}

/** The process that the bar is on; undefined on a heading. */
export function chosenProcess(model: Pick<Model, 'selected' | 'rows'>): Row | undefined {
  return model.selected?.kind === 'process' ? chosenRows(model)[0] : undefined;
}
