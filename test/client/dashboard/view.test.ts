import { describe, expect, test } from 'vitest';
import type { Model } from '../../../src/client/dashboard/model.ts';
import { openView, type View, type ViewOptions } from '../../../src/client/dashboard/view.ts';
import { Emulator } from '../../../src/terminal/emulator.ts';
import { stateOf } from '../../support/screenstate.ts';
import { modelOf, rowOf } from './fixtures.ts';
import { type DrawnScene, SCENES } from './scenes.ts';
import { unicode6Cells } from './unicode6.ts';

interface Opened {
  readonly view: View;
  /** What was written since it was asked for last. */
  readonly written: () => string;
}

function open(scene: DrawnScene, options: Partial<ViewOptions> = {}): Opened {
  let out = '';
  const view = openView({
    ...scene.options,
    size: scene.model.size,
    write: text => {
      out += text;
    },
    ...options,
  });
  const written = (): string => {
    const text = out;
    out = '';
    return text;
  };
  return { view, written };
}

function scene(name: string): DrawnScene {
  const found = SCENES.find(scene => scene.name === name);
  if (!found) throw new Error(`no scene ${name}`);
  return found;
}

/** A console with one of its rows changed. */
function withRow(model: Model, name: string, { y, text }: { y: number; text: string }): Model {
  const console = model.consoles.get(name);
  if (!console) throw new Error(`no console ${name}`);
  const lines = console.lines.with(y, [{ text }]);
  return { ...model, consoles: new Map(model.consoles).set(name, { ...console, lines }) };
}

/** Every cell's text and look, a blank being one whether it was written or not. */
function look(emulator: Emulator): string[] {
  return stateOf(emulator).lines.map(({ cells }) =>
    cells.map(({ text, width, style }) => `${width === 0 ? '' : text || ' '}{${style}}`).join(''),
  );
}

function screenText(emulator: Emulator): string[] {
  return stateOf(emulator).lines.map(({ cells }) =>
    cells.map(({ text, width }) => (width === 0 ? '' : text || ' ')).join(''),
  );
}

describe('what is written', () => {
  test('nothing for an equal model, and about a row for a row', () => {
    const { model } = scene('120x40-60-tiles');
    const { view, written } = open(scene('120x40-60-tiles'));
    view.draw(model);
    expect(written().length).toBeGreaterThan(3000);
    view.draw({ ...model, rows: [...model.rows], consoles: new Map(model.consoles) });
    expect(written()).toBe('');
    const name = model.tiles[5] ?? '';
    view.draw(withRow(model, name, { y: 3, text: 'hello' }));
    const bytes = written();
    expect(bytes).toContain('hello');
    expect(bytes.length).toBeLessThan(120);
    view.close();
  });

  test('after each of many pictures the screen is what the last one alone would have made it', () => {
    const shown = SCENES.filter(({ model }) => model.size.cols === 80);
    const { view, written } = open(shown[0] ?? scene('demo'));
    const emulator = new Emulator({ cols: 80, rows: 24 });
    let style = shown[0]?.options;
    for (const { model, options } of shown) {
      if (options !== style) view.restyle(options);
      style = options;
      view.draw(model);
      emulator.write(new TextEncoder().encode(written()));
      const alone = new Emulator({ cols: 80, rows: 24 });
      const fresh = open({ name: '', model, options });
      fresh.view.draw(model);
      alone.write(new TextEncoder().encode(fresh.written()));
      expect(look(emulator)).toEqual(look(alone));
      fresh.view.close();
    }
    view.close();
  });

  test('a resize draws everything anew, at every size down to one cell', () => {
    const { model, options } = scene('demo');
    const { view, written } = open(scene('demo'));
    for (const [cols, rows] of [
      [120, 40],
      [60, 15],
      [20, 6],
      [7, 3],
      [2, 2],
      [1, 1],
      [80, 24],
    ] as const) {
      const size = { cols, rows };
      view.resize(size);
      const sized = { ...model, size };
      view.draw(sized);
      const emulator = new Emulator(size);
      emulator.write(new TextEncoder().encode(written()));
      const alone = new Emulator(size);
      const fresh = open({ name: '', model: sized, options });
      fresh.view.draw(sized);
      alone.write(new TextEncoder().encode(fresh.written()));
      expect(look(emulator)).toEqual(look(alone));
    }
    view.close();
  });

  test('without colours none is sent, and names and titles cannot act on the terminal', () => {
    const evil = 'a\x1b[2Jb\x07c\x9b5md\u202ee';
    const { model } = scene('no-colour');
    const { view, written } = open(scene('no-colour'));
    view.draw({
      ...model,
      rows: [rowOf(evil, { info: { state: 'FATAL', reason: evil, pid: null } }), ...model.rows],
      filter: '',
      notice: { text: evil, tone: 'bad', until: 0 },
    });
    const out = written();
    const codes = [...out.matchAll(/\x1b\[([\d;]*)m/g)].flatMap(([, codes]) => (codes ?? '').split(';')).map(Number);
    expect(new Set(codes)).toEqual(new Set([0, 1, 7]));
    expect(out).not.toMatch(/[\x07\x80-\x9f\u202e]/);
    expect(out.match(/\x1b\[2J/g)).toHaveLength(1);
    view.close();
  });

  test('ASCII is sent where the terminal shows no more', () => {
    for (const name of ['ascii', 'mosaic', 'demo']) {
      const { view, written } = open(scene(name), { unicode: false });
      view.draw(scene(name).model);
      expect(written()).toMatch(/^[\x1b\x20-\x7e]+$/);
      view.close();
    }
  });
});

describe('the terminal', () => {
  test('is left as it was: screen, cursor, modes, looks', () => {
    const { model } = scene('typing');
    const emulator = new Emulator(model.size);
    const encoder = new TextEncoder();
    emulator.write(encoder.encode('$ taskmasterctl\r\n'));
    const { saved: _, ...before } = stateOf(emulator);
    const { view, written } = open(scene('typing'));
    view.draw(model);
    const bytes = written() + view.close();
    emulator.write(encoder.encode(bytes));
    // The alternate screen saves the cursor where programs that need it saved save it anew.
    expect(stateOf(emulator)).toMatchObject(before);
    const set = [...bytes.matchAll(/\x1b\[\?(\d+)([hl])/g)];
    const last = new Map(set.map(([, mode, how]) => [mode, how]));
    expect(Object.fromEntries(last)).toEqual({
      1049: 'l',
      25: 'h',
      1002: 'l',
      1006: 'l',
      2004: 'l',
      2026: 'l',
      7: 'h',
    });
    view.draw(modelOf());
    expect(written()).toBe('');
    expect(view.close()).toBe('');
  });

  test('of the process nothing is touched: no listener, no stream, no setting', () => {
    const listeners = (): string =>
      [process, process.stdin, process.stdout, process.stderr]
        .map(emitter => emitter.eventNames().map(name => `${String(name)} ${emitter.listenerCount(name)}`))
        .join();
    const before = listeners();
    const env = { ...process.env };
    {
      using opened = open(scene('demo')).view;
      opened.draw(scene('demo').model);
      expect(listeners()).toBe(before);
    }
    expect(listeners()).toBe(before);
    expect({ ...process.env }).toEqual(env);
  });
});

describe('a terminal with other widths', () => {
  test.each(['mosaic', 'mosaic-confirm', 'demo', 'tiles-demo'])('shows %s in a straight frame', name => {
    const { model } = scene(name);
    const { view, written } = open(scene(name));
    view.draw({ ...model, mode: { kind: 'normal' } });
    view.draw(model);
    const bytes = written();
    view.close();
    const emulator = new Emulator(model.size);
    emulator.write(new TextEncoder().encode(bytes));
    const ours = stateOf(emulator).lines.map(({ cells }) => cells.map(({ text }) => text));
    const theirs = unicode6Cells(model.size, bytes);
    for (const [y, line] of ours.entries()) {
      for (const [x, text] of line.entries()) if (/[─│┌┐└┘]/.test(text)) expect(theirs[y]?.[x], `${x},${y}`).toBe(text);
    }
    expect(screenText(emulator).join('')).toContain('│');
  });
});
