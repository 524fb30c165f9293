/** A viewer over a line of some speed, in time that stands still until it is moved: what it sees, and how often. */
import { describe, expect, test } from 'vitest';
import { unborn } from '../../src/core/life.ts';
import { LARGEST_WINDOW } from '../../src/core/watermark.ts';
import { Console } from '../../src/daemon/console.ts';
import { PacedQueue } from '../../src/daemon/paced.ts';
import type { Wire, WireListener } from '../../src/daemon/websocket.ts';
import type { ServerFrame } from '../../src/protocol/frames.ts';
import { Emulator, type Size } from '../../src/terminal/emulator.ts';
import { textOf } from '../../src/terminal/render.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakePtyHost } from '../support/fake-pty.ts';

const SIZE = { cols: 80, rows: 24 };

/** A line that carries so many bytes a second to a terminal, whose client acknowledges what has arrived. */
class SlowLine implements Wire {
  readonly terminal: Emulator;
  readonly arrivals: { readonly at: number; readonly bytes: number }[] = [];
  /** When each picture was begun, by its synchronised update. */
  readonly pictures: number[] = [];
  listener: WireListener | undefined;
  private readonly clock: FakeClock;
  private readonly rate: number;
  private isBusyUntil = 0;
  private sent = 0;
  private arrived = 0;

  constructor(clock: FakeClock, rate: number, size: Size) {
    this.clock = clock;
    this.rate = rate;
    this.terminal = new Emulator(size);
  }

  get underWay(): number {
    return this.sent - this.arrived;
  }

  send(bytes: Uint8Array, flushed: () => void): void {
    const copy = bytes.slice();
    this.sent += copy.length;
    if (Buffer.from(copy).includes('\x1b[?2026h')) this.pictures.push(this.clock.now());
    flushed(); // the kernel takes it; the line is behind that
    this.later(copy.length, () => {
      this.terminal.write(copy);
      this.arrived += copy.length;
      this.arrivals.push({ at: this.clock.now(), bytes: copy.length });
      this.listener?.frame({ type: 'ack', bytes: this.arrived });
    });
  }

  tell(frame: ServerFrame): void {
    if (frame.type === 'reset') this.later(0, () => this.terminal.reset());
  }

  end(): void {}

  [Symbol.dispose](): void {}

  private later(bytes: number, callback: () => void): void {
    this.isBusyUntil = Math.max(this.isBusyUntil, this.clock.now()) + (bytes * 1000) / this.rate;
    this.clock.after(this.isBusyUntil - this.clock.now(), callback);
  }
}

function scene(rate: number, { size = SIZE, readOnly = false } = {}) {
  const clock = new FakeClock();
  const life = { ...unborn(0), state: { kind: 'running' as const, pid: 1, since: 0 } };
  const console = new Console(
    {
      clock,
      ptys: new FakePtyHost(),
      pictures: new PacedQueue(clock),
      name: () => 'web',
      life: () => life,
      tell: () => {},
    },
    { scrollback: 1024 * 1024, size: SIZE },
  );
  const line = new SlowLine(clock, rate, size);
  line.listener = console.attach(
    line,
    { id: 1, label: 'far away', origin: 'a test', readOnly, size, acks: true },
    { steal: false, as: 'viewer' },
  );
  const print = (text: string): void => console.append(Buffer.from(text));
  return { clock, console, line, print };
}

/** Prints so many lines in each of so many steps of 10 ms. */
function flood({ clock, print }: ReturnType<typeof scene>, steps: number, lines: number): void {
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < lines; i++) print(`line ${step * lines + i} of a flood of many\r\n`);
    clock.advance(10);
  }
}

describe('over 10 KB a second', () => {
  test('a flood is seen as it is, seconds old at most, and shown right once it ends', () => {
    const far = scene(10_000);
    flood(far, 1000, 20); // ten seconds, 660 KB
    const [newest = ''] = textOf(far.line.terminal)
      .filter(row => row.startsWith('line '))
      .slice(-1);
    expect(Number(newest.split(' ')[1])).toBeGreaterThan(20_000 - 2 * 2000);
    expect(far.line.underWay).toBeLessThan(32 * 1024);
    far.clock.advance(5_000);
    expect(textOf(far.line.terminal)).toEqual(textOf(far.console.lookNow()));
  });

  test('what is typed shows soon after the flood', () => {
    const far = scene(10_000);
    flood(far, 300, 50);
    far.clock.advance(5_000);
    const before = far.line.arrivals.length;
    far.print('x');
    far.clock.advance(1_500);
    expect(far.line.arrivals.length).toBeGreaterThan(before);
    expect(textOf(far.line.terminal)).toEqual(textOf(far.console.lookNow()));
  });
});

test('pictures come ten times a second at most, whatever is printed', () => {
  const far = scene(1e9, { size: { cols: 40, rows: 10 }, readOnly: true });
  flood(far, 500, 3); // five seconds, each step something new
  expect(far.line.pictures.length).toBeGreaterThan(40);
  for (const [i, at] of far.line.pictures.slice(1).entries())
    expect(at - (far.line.pictures[i] ?? 0)).toBeGreaterThanOrEqual(100);
});

test('who stops reading has no more under way than the window, for any flood', () => {
  const far = scene(1e9);
  flood(far, 50, 3); // the window grows while all goes well
  const stuck = scene(0.001);
  flood(stuck, 500, 100);
  expect(far.line.underWay).toBe(0);
  expect(stuck.line.underWay).toBeLessThan(LARGEST_WINDOW);
});

test('a viewer that leaves has no timer left', () => {
  const far = scene(1e9);
  flood(far, 10, 3);
  far.line.listener?.closed();
  far.clock.advance(20_000);
  far.console[Symbol.dispose]();
  expect(far.clock.pending).toBe(0);
});

test('bells are counted where they ring: not at the end of a title, nor in a string, however it is cut', () => {
  const stream = 'a\x07b\x1b]0;title\x07\x07\x1bPq\x07data\x07\x1b\\\x1b[1\x07m\x1b_x\x07\x1b\\\x1b]2;cut\x18\x07';
  for (let cut = 0; cut <= stream.length; cut++) {
    const { console, print } = scene(1e6);
    print(stream.slice(0, cut));
    print(stream.slice(cut));
    expect(console.bells).toBe(4);
    console[Symbol.dispose]();
  }
});
