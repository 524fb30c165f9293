/** Panes on a terminal, in time that stands still until it is moved: what they see, when, and who knows of them. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Life, unborn } from '../../src/core/life.ts';
import { Console } from '../../src/daemon/console.ts';
import { PacedQueue } from '../../src/daemon/paced.ts';
import type { Wire, WireListener } from '../../src/daemon/websocket.ts';
import type { ServerFrame, ViewerInfo } from '../../src/protocol/frames.ts';
import { cellsOf } from '../../src/terminal/cells.ts';
import type { Emulator, Size } from '../../src/terminal/emulator.ts';
import type { PaneFrame } from '../../src/terminal/pane.ts';
import { type SpanDocument, spansOf } from '../../src/terminal/render.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakePtyHost } from '../support/fake-pty.ts';
import { FakeWire } from '../support/fake-wire.ts';
import { piece } from '../support/streams.ts';

const SIZE = { cols: 20, rows: 6 };
const RUNNING: Life = { ...unborn(0), state: { kind: 'running', pid: 1, since: 0 } };

/** The client's end: the rows it has been sent, and when. It acknowledges what it gets, unless told not to. */
class PaneWire implements Wire {
  readonly rows = new Map<number, readonly SpanDocument[]>();
  readonly pictures: { readonly at: number; readonly frame: PaneFrame; readonly bytes: number }[] = [];
  readonly frames: ServerFrame[] = [];
  listener: WireListener | undefined;
  isReading = true;
  isEnded = false;
  private readonly clock: FakeClock;
  private got = 0;

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  get last(): PaneFrame {
    const picture = this.pictures.at(-1);
    if (!picture) throw new Error('no picture came');
    return picture.frame;
  }

  /** The text of each row. */
  get texts(): string[] {
    return [...this.rows].sort(([a], [b]) => a - b).map(([, spans]) => spans.map(({ text }) => text).join(''));
  }

  send(bytes: Uint8Array, flushed: () => void): void {
    const frame = JSON.parse(Buffer.from(bytes).toString('utf8')) as PaneFrame; // what the daemon is to send
    this.pictures.push({ at: this.clock.now(), frame, bytes: bytes.length });
    for (const { y, spans } of frame.lines) this.rows.set(y, spans);
    this.got += bytes.length;
    flushed();
    if (this.isReading) this.acknowledge();
  }

  acknowledge(): void {
    this.clock.soon(() => this.listener?.frame({ type: 'ack', bytes: this.got }));
  }

  tell(frame: ServerFrame): void {
    this.frames.push(frame);
  }

  end(): void {
    this.isEnded = true;
  }

  [Symbol.dispose](): void {
    this.end();
  }
}

function scene(size: Size = SIZE) {
  const clock = new FakeClock();
  const told: { readonly viewer: ViewerInfo; readonly isLeaving: boolean }[] = [];
  const stage = { life: RUNNING };
  const console = new Console(
    {
      clock,
      ptys: new FakePtyHost(),
      pictures: new PacedQueue(clock),
      name: () => 'web',
      life: () => stage.life,
      tell: (viewer, leaving) => told.push({ viewer, isLeaving: leaving !== undefined }),
    },
    { scrollback: 256 * 1024, size },
  );
  let ids = 0;
  const open = (view: Size, { readOnly = true } = {}): PaneWire => {
    const wire = new PaneWire(clock);
    const options = { id: ++ids, label: `pane ${ids}`, origin: 'a test', readOnly, size: view, acks: true };
    wire.listener = console.attach(wire, options, { steal: false, as: 'pane' });
    clock.advance(0);
    return wire;
  };
  const view = (readOnly = false): { readonly wire: FakeWire; readonly listener: WireListener } => {
    const wire = new FakeWire(size);
    const options = { id: ++ids, label: `viewer ${ids}`, origin: 'a test', readOnly, size, acks: false };
    return { wire, listener: console.attach(wire, options, { steal: false, as: 'viewer' }) };
  };
  const print = (text: string): void => console.append(Buffer.from(text));
  return { clock, console, stage, told, open, view, print };
}

/** The cells of a pane's row, with nothing but their text and looks. */
function looks(spans: readonly SpanDocument[], cols: number): unknown[] {
  return cellsOf(spans, cols).map(({ text, width, span = {} }) => [text, width, { ...span, text: '' }]);
}

/** What a pane of this size at this place must show. */
function expected(emulator: Emulator, { x, y }: { x: number; y: number }, { cols, rows }: Size): unknown[][] {
  return Array.from({ length: rows }, (_, row) => {
    if (row + y >= emulator.rows) return looks([], cols);
    return looks(spansOf(emulator, emulator.line(row + y), { from: x, to: Math.min(x + cols, emulator.cols) }), cols);
  });
}

describe('a pane', () => {
  test('shows its part of the screen, whatever is printed, from changed rows alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(piece, { maxLength: 8 }), { minLength: 1, maxLength: 6 }),
        fc.record({ cols: fc.integer({ min: 1, max: 26 }), rows: fc.integer({ min: 1, max: 8 }) }),
        (steps, size) => {
          const { clock, console, open, print } = scene();
          const wire = open(size);
          for (const step of steps) {
            for (const text of step) print(text);
            clock.advance(100);
            const emulator = console.lookNow();
            const rows = Array.from({ length: size.rows }, (_, y) => looks(wire.rows.get(y) ?? [], size.cols));
            expect(rows).toEqual(expected(emulator, wire.last, size));
            expect([wire.last.cols, wire.last.rows]).toEqual([emulator.cols, emulator.rows]);
          }
          console[Symbol.dispose]();
        },
      ),
      { numRuns: 150 },
    );
  });

  test('has all rows first, then only those that changed; and nothing when nothing did', () => {
    const { clock, open, print } = scene();
    print('one\r\ntwo');
    const wire = open({ cols: 20, rows: 6 });
    expect(wire.last.lines.map(({ y }) => y)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(wire.last).toMatchObject({ cols: 20, rows: 6, x: 0, y: 0, cursor: { x: 3, y: 1 }, alternate: false });
    clock.advance(1000);
    print('!');
    clock.advance(0);
    expect(wire.last.lines).toEqual([{ y: 1, spans: [{ text: 'two!' }] }]);
    clock.advance(1000);
    print('\x1b[m');
    print('\x1b[H\x1b[4mone\x1b[m');
    clock.advance(0);
    expect(wire.last.lines).toEqual([{ y: 0, spans: [{ text: 'one', underline: 'single' }] }]);
    const { length } = wire.pictures;
    clock.advance(1000);
    print('\x1b[H\x1b[4mone\x1b[m'); // the same again
    clock.advance(1000);
    expect(wire.pictures.length).toBe(length);
    print('\x1b[?25l');
    clock.advance(100);
    expect(wire.last).toMatchObject({ cursor: null, lines: [] });
  });

  test('is told how the program would have the keyboard speak, as long as that is not as usual', () => {
    const { clock, open, print } = scene();
    const wire = open(SIZE);
    expect(wire.last).not.toHaveProperty('keyboard');
    print('\x1b[?1h\x1b[?2004h');
    clock.advance(100);
    expect(wire.last).toMatchObject({ lines: [], keyboard: { application: true, pasteMarks: true } });
    print('\x1b[?1l');
    clock.advance(100);
    expect(wire.last.keyboard).toEqual({ pasteMarks: true });
    print('\x1b[?2004l');
    clock.advance(100);
    expect(wire.last).not.toHaveProperty('keyboard');
  });

  test('costs nothing while nothing is printed', () => {
    const { clock, console, open, print } = scene();
    print('x');
    const wire = open(SIZE);
    clock.advance(1000);
    expect(wire.pictures).toHaveLength(1);
    expect(clock.pending).toBe(1); // the console's own, which puts a screen away that nobody looks at
    wire.listener?.closed();
    clock.advance(20_000);
    expect(clock.pending).toBe(0);
    console[Symbol.dispose]();
  });

  test('follows the cursor where it is smaller than the screen, and leaves what is beyond the screen blank', () => {
    const { clock, open, print } = scene();
    const [small, large] = [open({ cols: 8, rows: 3 }), open({ cols: 30, rows: 8 })];
    print('1\r\n2\r\n3\r\n4\r\n5\r\n0123456789abcdef中x');
    clock.advance(200);
    expect(small.last).toMatchObject({ x: 12, y: 3, cursor: { x: 7, y: 2 } });
    expect(small.texts).toEqual(['', '', 'cdef中x']);
    print('\x1b[6;10H');
    clock.advance(200);
    expect(small.last).toMatchObject({ x: 7, y: 3, cursor: { x: 2, y: 2 } });
    expect(small.texts[2]).toBe('789abcde');
    print('\x1b[6;1H中中中中\x1b[6;10H');
    clock.advance(200);
    expect(small.texts[2]).toBe(' 89abcde'); // of the fourth, half is in sight
    expect(large.texts.slice(6)).toEqual(['', '']);
    expect(large.last.cursor).toEqual({ x: 9, y: 5 });
  });

  test('hides nothing above for blank rows below, as after the screen was cleared', () => {
    const { clock, open, print } = scene();
    const wire = open({ cols: 20, rows: 3 });
    print('1\r\n2\r\n3\r\n4\r\n5\r\n6');
    clock.advance(200);
    expect([wire.last.y, wire.texts]).toEqual([3, ['4', '5', '6']]);
    print('\x1b[2J\x1b[Hone\r\ntwo\r\nthree\r\nfour');
    clock.advance(200);
    expect([wire.last.y, wire.texts]).toEqual([1, ['two', 'three', 'four']]);
  });

  test('of a new size is drawn whole, at its own size, and gives the terminal none', () => {
    const { clock, console, open, print } = scene();
    print('hello');
    const wire = open({ cols: 10, rows: 2 });
    wire.listener?.frame({ type: 'size', cols: 12, rows: 4 });
    clock.advance(100);
    expect(wire.last.lines.map(({ y }) => y)).toEqual([0, 1, 2, 3]);
    expect(console.size).toEqual(SIZE);
    console.resize({ cols: 30, rows: 9 });
    console.append(Buffer.from('!'));
    clock.advance(100);
    expect(wire.last).toMatchObject({ cols: 30, rows: 9 });
  });

  test('gets ten pictures a second at most, and fewer when it is slow, each the newest', () => {
    const { clock, open, print } = scene();
    const [quick, slow] = [open(SIZE), open(SIZE)];
    slow.isReading = false;
    for (let step = 0; step < 200; step++) {
      print(`\x1b[H\x1b[${31 + (step % 7)}m${`step ${step} `.repeat(40).slice(0, 118)}`);
      clock.advance(10);
    }
    expect(quick.pictures.length).toBeGreaterThan(15);
    for (const [i, { at }] of quick.pictures.slice(1).entries()) {
      expect(at - (quick.pictures[i]?.at ?? 0)).toBeGreaterThanOrEqual(100);
    }
    const underWay = slow.pictures.slice(1).reduce((sum, { bytes }) => sum + bytes, 0);
    expect(underWay).toBeLessThan(2 * 2048 + 2048);
    slow.isReading = true;
    slow.acknowledge();
    clock.advance(100);
    expect(slow.texts).toEqual(quick.texts);
    expect(slow.texts[0]).toContain('step 199');
  });

  test('stays over ends and new lives, and goes when there is nothing to look at any more', () => {
    const { clock, console, stage, open, print, view } = scene();
    print('the first life');
    const wire = open(SIZE);
    const viewer = view();
    stage.life = { ...unborn(0), state: { kind: 'exited' } } as Life;
    console.onState();
    clock.advance(100);
    expect([viewer.wire.isEnded, wire.isEnded]).toEqual([true, false]);
    expect(wire.frames.at(-1)).toMatchObject({ type: 'viewers' });
    expect(wire.frames).toContainEqual({ type: 'state', state: 'EXITED', pid: null, text: expect.any(String) });
    const late = open(SIZE); // one that comes while nothing runs
    expect(late.texts[0]).toBe('the first life');
    expect(late.isEnded).toBe(false);
    stage.life = RUNNING;
    console.begin();
    print('the second life');
    clock.advance(100);
    expect(wire.texts[0]).toBe('the second life');
    expect(late.texts).toEqual(wire.texts);
    stage.life = { ...unborn(0), state: { kind: 'exited' } } as Life;
    console[Symbol.dispose](); // it has been removed from the config
    expect(wire.frames.at(-1)).toMatchObject({ type: 'exit', rows: null });
    expect(wire.isEnded).toBe(true);
  });
});

describe('who knows of a pane', () => {
  test('that only watches: nobody, and nobody sends it away', () => {
    const { clock, console, told, open, view } = scene();
    const viewer = view();
    clock.advance(10);
    const { length } = viewer.wire.frames;
    const wire = open(SIZE);
    clock.advance(10);
    expect(viewer.wire.frames).toHaveLength(length);
    expect(wire.frames).toEqual([{ type: 'viewers', viewers: [expect.objectContaining({ label: 'viewer 1' })] }]);
    expect(told).toHaveLength(1);
    expect(console.viewers.map(({ label }) => label)).toEqual(['viewer 1']);
    expect(console.detach('by somebody')).toBe(1);
    expect(wire.isEnded).toBe(false);
    wire.listener?.closed();
    expect(told.map(({ viewer, isLeaving }) => [viewer.label, isLeaving])).toEqual([
      ['viewer 1', false],
      ['viewer 1', true],
    ]);
  });

  test('that may type: everyone, but it drives nothing and covers nobody’s screen', () => {
    const { clock, console, told, open, view } = scene();
    const viewer = view();
    const wire = open({ cols: 10, rows: 2 }, { readOnly: false });
    wire.listener?.typed(Buffer.from('ls\r'));
    clock.advance(200);
    expect(console.size).toEqual(SIZE);
    expect(console.viewers).toMatchObject([
      { label: 'viewer 1', drives: true },
      { label: 'pane 2', drives: false, painted: true, readOnly: false },
    ]);
    expect(viewer.wire.stream).not.toContain('drives');
    expect(console.detach('by somebody')).toBe(2);
    expect(wire.frames.at(-1)).toEqual({ type: 'detach', text: 'by somebody', rows: null });
    expect(told.map(({ viewer, isLeaving }) => [viewer.label, isLeaving])).toEqual([
      ['viewer 1', false],
      ['pane 2', false],
      ['viewer 1', true],
      ['pane 2', true],
    ]);
  });

  test('a notice covers its last row for a while', () => {
    const { clock, open, print } = scene();
    print('a\r\nb\r\nc\r\nd\r\ne\r\nlast');
    const wire = open({ cols: 30, rows: 6 });
    wire.listener?.typed(Buffer.from('x'));
    clock.advance(100);
    expect(wire.rows.get(5)).toEqual([{ text: 'read-only: keys are not sent  ', inverse: true }]);
    clock.advance(3000);
    expect(wire.rows.get(5)).toEqual([{ text: 'last' }]);
  });
});
