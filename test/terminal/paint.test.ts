import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Emulator, type Size } from '../../src/terminal/emulator.ts';
import { Painter } from '../../src/terminal/paint.ts';
import { viewport } from '../../src/terminal/viewport.ts';

const encoder = new TextEncoder();

function showing(text: string, size: Size = { cols: 20, rows: 6 }): Emulator {
  const emulator = new Emulator(size);
  emulator.write(encoder.encode(text));
  return emulator;
}

/** The look of a part of a screen, a cell a string; beyond the screen blanks, and blanks where a wide character is cut. */
function crop(emulator: Emulator, size: Size, { x: left, y: top } = { x: 0, y: 0 }): string[][] {
  return Array.from({ length: size.rows }, (_, row) =>
    Array.from({ length: size.cols }, (_, col) => {
      const [x, y] = [col + left, row + top];
      if (x >= emulator.cols || y >= emulator.rows) return ' ';
      const line = emulator.line(y);
      const { fg, bg, ext, link } = emulator.styleInto(line, x, { fg: 0, bg: 0, ext: 0, link: 0 });
      const look = [fg >>> 0, (bg & ~0x20000000) >>> 0, ext, emulator.link(link)?.uri ?? ''].join();
      const width = line.getWidth(x);
      const isCut = width === 0 ? col === 0 : col + width > size.cols;
      const text = isCut ? ' ' : width === 0 ? '' : line.getString(x) || ' ';
      return look === '0,0,0,' ? text : `${text}{${look}}`;
    }),
  );
}

/** A viewer: its terminal, as the frames have made it. */
class Viewer implements Disposable {
  readonly view: Size;
  readonly terminal: Emulator;
  readonly painter = new Painter();
  last = '';

  constructor(view: Size) {
    this.view = view;
    this.terminal = new Emulator(view);
  }

  see(
    emulator: Emulator,
    { isCursorVisible = true, notice }: { isCursorVisible?: boolean; notice?: string } = {},
  ): void {
    this.last = this.painter.frame({ emulator, view: this.view, isCursorVisible, notice });
    this.terminal.write(encoder.encode(this.last));
  }

  get picture(): string[][] {
    return crop(this.terminal, this.view);
  }

  get text(): string[] {
    return this.picture.map(row => row.join('').trimEnd());
  }

  [Symbol.dispose](): void {
    this.terminal[Symbol.dispose]();
  }
}

describe('a viewport', () => {
  const screen = { cols: 100, rows: 40 };
  const view = { cols: 30, rows: 10 };
  const at = (x: number, y: number, before = { x: 0, y: 0 }) => viewport(screen, view, { cursor: { x, y }, before });

  it('stays as long as the cursor is in it', () => {
    expect(at(29, 9)).toEqual({ x: 0, y: 0 });
    expect(at(50, 20, { x: 40, y: 15 })).toEqual({ x: 40, y: 15 });
  });

  it('follows the cursor', () => {
    expect(at(0, 10)).toEqual({ x: 0, y: 1 });
    expect(at(30, 0)).toEqual({ x: 11, y: 0 });
    expect(at(99, 39)).toEqual({ x: 70, y: 30 });
    expect(at(5, 3, { x: 70, y: 30 })).toEqual({ x: 0, y: 3 });
  });

  it('shows nothing beyond the screen', () => {
    expect(at(60, 20, { x: 95, y: 39 })).toEqual({ x: 50, y: 20 });
    expect(viewport(screen, { cols: 200, rows: 50 }, { cursor: { x: 99, y: 39 }, before: { x: 9, y: 9 } })).toEqual({
      x: 0,
      y: 0,
    });
  });
});

describe('a painter', () => {
  it('draws the whole of a screen that fits, at the top left', () => {
    using screen = showing('hello\r\nthere');
    using viewer = new Viewer({ cols: 30, rows: 8 });
    viewer.terminal.write(encoder.encode('x'.repeat(240)));
    viewer.see(screen);
    expect(viewer.text).toEqual(['hello', 'there', '', '', '', '', '', '']);
    expect([viewer.terminal.x, viewer.terminal.y]).toEqual([5, 1]);
    expect(viewer.terminal.modes.wraparound).toBe(true);
  });

  it('crops around the cursor', () => {
    using screen = showing('1\r\n2\r\n3\r\n4\r\n5\r\nabcdefghijklmnopqrs');
    using viewer = new Viewer({ cols: 6, rows: 3 });
    viewer.see(screen);
    expect(viewer.text).toEqual(['', '', 'opqrs']);
    expect([viewer.terminal.x, viewer.terminal.y]).toEqual([5, 2]);
  });

  it('draws only the rows that differ', () => {
    using screen = showing('one\r\ntwo\r\nthree');
    using viewer = new Viewer({ cols: 10, rows: 4 });
    viewer.see(screen);
    viewer.see(screen);
    expect(viewer.last).toBe('');
    screen.write(encoder.encode('\x1b[A'));
    viewer.see(screen);
    expect(viewer.last).toBe('\x1b[2;6H\x1b[?25h');
    screen.write(encoder.encode('\rTWO'));
    viewer.see(screen);
    expect(viewer.last).toBe('\x1b[?2026h\x1b[?25l\x1b[?7l\x1b[m\x1b[2HTWO\x1b[K\x1b[2;4H\x1b[?25h\x1b[?7h\x1b[?2026l');
    viewer.painter.reset();
    viewer.see(screen);
    expect(viewer.last).toContain('three');
  });

  it('draws all when the view has another size', () => {
    using screen = showing('one\r\ntwo');
    const painter = new Painter();
    const picture = { emulator: screen, isCursorVisible: true };
    painter.frame({ ...picture, view: { cols: 10, rows: 4 } });
    expect(painter.frame({ ...picture, view: { cols: 11, rows: 4 } })).toContain('one');
  });

  it('hides a cursor that is hidden, and does not follow it on an alternate screen', () => {
    using screen = showing('\x1b[?1049h\x1b[Htop\x1b[6;20Hx');
    using viewer = new Viewer({ cols: 5, rows: 3 });
    viewer.see(screen, { isCursorVisible: false });
    expect(viewer.text[0]).toBe('top');
    expect(viewer.last).toContain('\x1b[?25l');
    expect(viewer.last).not.toContain('\x1b[?25h');
    viewer.see(screen);
    expect(viewer.text[2]).toContain('x');
    expect(viewer.last).toContain('\x1b[?25h');
  });

  it('lays a notice over the bottom row, and takes it away again', () => {
    using screen = showing('1\r\n2\r\n3\r\n4\r\n5\r\n6');
    using viewer = new Viewer({ cols: 9, rows: 6 });
    viewer.see(screen, { notice: 'slow \x1b[Aline' });
    expect(viewer.picture[5]?.map(cell => cell[0]).join('')).toBe('slow [Ali');
    expect(viewer.picture[5]?.every(cell => cell.includes('{67108864,'))).toBe(true);
    viewer.see(screen, { notice: '漢字漢字漢字' });
    expect(viewer.picture[5]?.[8]).toBe(' {67108864,0,0,}');
    viewer.see(screen);
    expect(viewer.text[5]).toBe('6');
  });

  it('puts blanks where a wide character is cut', () => {
    using screen = showing('a漢字漢字\r\n');
    using viewer = new Viewer({ cols: 4, rows: 6 });
    viewer.see(screen);
    expect(viewer.text[0]).toBe('a漢');
  });

  it('sets the place anew behind characters of doubtful width', () => {
    using screen = showing('a👍b\u{1f9d1}\u200d\u{1f52c}c');
    using viewer = new Viewer({ cols: 20, rows: 6 });
    viewer.see(screen);
    expect(viewer.last).toContain('\x1b[2Ka👍\x1b[4Gb');
  });
});

const SIZE = { cols: 14, rows: 5 };
const piece = fc.constantFrom(
  ...['a', 'word', 'é', '漢字', '👍', 'e\u0301', '\r\n', '\x1b[3;5H', '\x1b[H', '\x1b[2J', '\x1b[K', '\x1b[A', '\t'],
  ...['\x1b[31m', '\x1b[44m', '\x1b[1;4m', '\x1b[7m', '\x1b[m', '\x1b[38;2;1;2;3m', '\x1b[4:3;58:5:9m', '\x1b[3X'],
  ...[
    '\x1b]8;;http://a\x1b\\',
    '\x1b]8;id=1;http://b\x1b\\',
    '\x1b]8;;\x1b\\',
    '\x1b[?1049h',
    '\x1b[?1049l',
    '\x1b[1"q',
  ],
);
const text = fc.array(piece, { maxLength: 40 }).map(parts => parts.join(''));
const view = fc.record({ cols: fc.integer({ min: 2, max: 20 }), rows: fc.integer({ min: 1, max: 8 }) });

describe('any pictures one after the other', () => {
  it('show the crop of the screen that the cursor is in', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), view, (texts, size) => {
        using screen = new Emulator(SIZE);
        using viewer = new Viewer(size);
        let place = { x: 0, y: 0 };
        for (const part of texts) {
          screen.write(encoder.encode(part));
          viewer.see(screen);
          place = viewport(SIZE, size, { cursor: screen, before: place });
          expect(viewer.picture).toEqual(crop(screen, size, place));
          expect([viewer.terminal.x, viewer.terminal.y]).toEqual([screen.x - place.x, screen.y - place.y]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
