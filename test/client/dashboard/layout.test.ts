import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contains, innerOf, layoutOf, splitAt, tableBodyOf } from '../../../src/client/dashboard/layout.ts';
import type { Mode, Model } from '../../../src/client/dashboard/model.ts';
import type { Layout, Rect } from '../../../src/client/dashboard/rect.ts';
import { modelOf, namesOf, withProcesses } from './fixtures.ts';

const PAGE: Mode = {
  kind: 'page',
  page: { title: 'help', lines: Array(50).fill('text'), top: 0, isFollowed: false },
};
const QUESTION: Mode = { kind: 'confirm', question: 'Stop 12 processes: '.repeat(9), command: ['stop', 'all'] };
const MODES: readonly Mode[] = [{ kind: 'normal' }, PAGE, QUESTION];

const split = fc.option(fc.integer({ min: -5, max: 300 }), { nil: undefined });

const models: fc.Arbitrary<Model> = fc
  .record({
    size: fc.record({ cols: fc.integer({ min: 1, max: 260 }), rows: fc.integer({ min: 1, max: 90 }) }),
    processes: fc.integer({ min: 0, max: 40 }),
    tiles: fc.integer({ min: 0, max: 12 }),
    selected: fc.integer({ min: 0, max: 39 }),
    screenful: fc.constantFrom('list' as const, 'tiles' as const),
    isZoomed: fc.boolean(),
    splits: fc.record({ tableCols: split, tableRows: split, eventsRows: split }),
    mode: fc.constantFrom(...MODES),
  })
  .map(({ processes, tiles, selected, ...model }) =>
    modelOf({
      ...withProcesses(processes),
      ...model,
      tiles: namesOf(tiles),
      selected: { kind: 'process', name: namesOf(40)[selected] ?? '' },
    }),
  );

function panes(layout: Layout): Rect[] {
  const { header, footer, table, console, events, tiles } = layout;
  const all = [header, footer, table, console, events, ...tiles.map(tile => tile.rect)];
  return all.filter(rect => rect !== undefined);
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.cols && b.x < a.x + a.cols && a.y < b.y + b.rows && b.y < a.y + a.rows;
}

function isInside({ x, y, cols, rows }: Rect, size: Model['size']): boolean {
  return x >= 0 && y >= 0 && cols >= 0 && rows >= 0 && x + cols <= size.cols && y + rows <= size.rows;
}

describe('layout', () => {
  test('nothing overlaps, nothing is outside of the screen, nothing is negative', () => {
    fc.assert(
      fc.property(models, model => {
        const layout = layoutOf(model);
        const all = panes(layout);
        const dividers = layout.dividers.map(divider => divider.rect);
        for (const rect of [...all, ...dividers, ...(layout.overlay ? [layout.overlay] : [])]) {
          expect(isInside(rect, model.size), JSON.stringify(rect)).toBe(true);
        }
        for (const rect of all)
          expect(isInside(innerOf(rect), model.size) || rect.rows < 2 || rect.cols < 2).toBe(true);
        if (layout.table) expect(tableBodyOf(layout.table).rows).toBeGreaterThan(0);
        for (const [i, a] of all.entries()) for (const b of all.slice(i + 1)) expect(overlap(a, b)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('a screen that has room for panes is filled by them', () => {
    fc.assert(
      fc.property(models, model => {
        fc.pre(model.size.rows >= 5 && model.size.cols >= 3);
        const cells = panes(layoutOf(model)).reduce((sum, { cols, rows }) => sum + cols * rows, 0);
        expect(cells).toBe(model.size.cols * model.size.rows);
      }),
    );
  });

  test('60x15 has all that is of use: three processes, and a console with some lines', () => {
    const { table, console, header, footer } = layoutOf(modelOf({ ...withProcesses(9), size: { cols: 60, rows: 15 } }));
    expect([header.rows, footer.rows]).toEqual([1, 1]);
    expect(table && tableBodyOf(table).rows).toBeGreaterThanOrEqual(3);
    expect(console && innerOf(console).rows).toBeGreaterThanOrEqual(5);
  });

  test('a wide screen has the console beside the table, a narrow one below it, and events last', () => {
    const wide = layoutOf(modelOf({ ...withProcesses(3), size: { cols: 100, rows: 24 } }));
    expect(wide.console?.y).toBe(wide.table?.y);
    expect(wide.events?.cols).toBe(100);
    const narrow = layoutOf(modelOf({ ...withProcesses(3), size: { cols: 99, rows: 24 } }));
    expect(narrow.console?.x).toBe(narrow.table?.x);
    expect(narrow.events?.y).toBe((narrow.console?.y ?? 0) + (narrow.console?.rows ?? 0));
  });

  test.each([
    [2, 160, 48, [1, 2]],
    [4, 200, 60, [2, 2]],
    [12, 200, 60, [3, 4]],
    [5, 120, 40, [2, 3]],
    [3, 60, 60, [3, 1]],
  ])('%i tiles at %ix%i stand in lines of the squarest grid', (count, cols, rows, [lines, across]) => {
    const { tiles } = layoutOf(
      modelOf({ ...withProcesses(count), size: { cols, rows }, screenful: 'tiles', tiles: namesOf(count) }),
    );
    expect(tiles.map(tile => tile.name)).toEqual(namesOf(count));
    expect(new Set(tiles.map(tile => tile.rect.y)).size).toBe(lines);
    const ys = tiles.map(tile => tile.rect.y);
    expect(Math.max(...ys.map(y => ys.filter(other => other === y).length))).toBe(across);
  });

  test('of tiles that do not fit those are shown that do, and the selected one is among them', () => {
    const model = modelOf({
      ...withProcesses(12),
      size: { cols: 40, rows: 10 },
      screenful: 'tiles',
      tiles: namesOf(12),
      selected: { kind: 'process', name: namesOf(12)[9] ?? '' },
    });
    const { tiles } = layoutOf(model);
    expect(tiles.map(tile => tile.name)).toContain(namesOf(12)[9]);
    for (const { rect } of tiles) expect(rect.cols).toBeGreaterThanOrEqual(16);
    expect(layoutOf({ ...model, isZoomed: true }).tiles).toEqual([
      { name: namesOf(12)[9], rect: { x: 0, y: 1, cols: 40, rows: 8 } },
    ]);
  });

  test('a divider that is dragged is where the mouse is', () => {
    for (const cols of [80, 160]) {
      const model = modelOf({ ...withProcesses(20), size: { cols, rows: 50 } });
      const before = layoutOf(model);
      for (const { kind } of before.dividers) {
        const at = kind === 'tableCols' ? { x: 60, y: 9 } : { x: 9, y: kind === 'tableRows' ? 20 : 35 };
        const splits = { ...model.splits, [kind]: splitAt(before, kind, at) };
        const after = layoutOf({ ...model, splits });
        const divider = after.dividers.find(divider => divider.kind === kind);
        expect(divider && contains(divider.rect, at), kind).toBe(true);
      }
      expect(before.dividers).toHaveLength(2);
    }
  });
});
