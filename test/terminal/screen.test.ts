import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scrollback } from '../../src/core/scrollback.ts';
import { SequenceScanner } from '../../src/core/sequences.ts';
import { Emulator, type Size } from '../../src/terminal/emulator.ts';
import { MAX_LAG, PIECE, Screen } from '../../src/terminal/screen.ts';
import { differences, stateOf } from '../support/screenstate.ts';

const SIZE = { cols: 20, rows: 6 };
const encoder = new TextEncoder();

/** A screen, and an emulator that is fed everything from the start. */
class Rig implements Disposable {
  readonly ring: Scrollback;
  readonly screen: Screen;
  private readonly scanner = new SequenceScanner();
  private judge: Emulator;
  /** What was printed and not fed to the judge. */
  private rest = Buffer.alloc(0);

  constructor(limit: number, size: Size = SIZE) {
    this.ring = new Scrollback(limit);
    this.screen = new Screen(this.ring, { size, limit });
    this.judge = new Emulator(size);
  }

  get safe(): number {
    return this.scanner.safe;
  }

  print(tokens: readonly string[], chunk = PIECE): void {
    const all = Buffer.from(tokens.join(''));
    for (let i = 0; i < all.length; i += chunk) this.receive(all.subarray(i, i + chunk));
  }

  resize(size: Size): void {
    this.judge.resize(size);
    this.screen.resize(size);
  }

  boundary(line: string): void {
    this.judge[Symbol.dispose]();
    this.judge = new Emulator(this.screen.size);
    this.judge.write(encoder.encode(`${line}\r\n`));
    this.rest = Buffer.alloc(0);
    this.scanner.reset(this.ring.head);
    this.screen.boundary(line);
  }

  verify(): void {
    expect(differences(stateOf(this.judge), stateOf(this.screen.at(this.safe)))).toEqual([]);
    expect(this.screen.size).toEqual(this.judge.size);
  }

  [Symbol.dispose](): void {
    this.screen[Symbol.dispose]();
    this.judge[Symbol.dispose]();
  }

  private receive(bytes: Buffer): void {
    this.scanner.scan(bytes, this.ring.head, () => {});
    this.screen.append(bytes);
    this.screen.advance(this.safe);
    const waiting = Buffer.concat([this.rest, bytes]);
    const held = this.ring.head - this.safe;
    this.judge.write(waiting.subarray(0, waiting.length - held));
    this.rest = waiting.subarray(waiting.length - held);
  }
}

const lines = (count: number, text = 'a plain line') => Array.from({ length: count }, (_, i) => `${text} ${i}\r\n`);

describe('a screen', () => {
  it('of plain lines needs no emulator until someone looks', () => {
    using rig = new Rig(1 << 20);
    rig.print(lines(40_000), 4095);
    expect(rig.screen.hasEmulator).toBe(false);
    expect(rig.ring.head - rig.screen.checkpoint).toBeLessThan(MAX_LAG + 4096);
    rig.verify();
    expect(rig.screen.hasEmulator).toBe(true);
  });

  it('keeps no more than a few lines of a flood to parse', () => {
    using rig = new Rig(1 << 20);
    rig.print(lines(6_000));
    expect(rig.screen.catchUp(rig.safe, 1024)).toBe(true);
    rig.verify();
  });

  it('steps towards a target within a budget', () => {
    using rig = new Rig(1 << 20);
    rig.print(['\x1b[3;5r', ...lines(6000)]);
    let steps = 1;
    for (let from = rig.screen.checkpoint; !rig.screen.catchUp(rig.safe, 10_000); from = rig.screen.checkpoint) {
      expect(rig.screen.checkpoint - from).toBe(10_000);
      steps++;
    }
    expect(steps).toBeGreaterThan(5);
    rig.verify();
  });

  it('does not take what follows half a sequence for plain', () => {
    using rig = new Rig(1 << 20);
    const wild = '\x1b[5;5Hx\x1b[A';
    rig.print([wild, '\x1b[31m', ...lines(1000)]);
    rig.screen.catchUp(rig.safe, wild.length + 2);
    rig.verify();
  });

  it('keeps a status line above thirty thousand lines', () => {
    using rig = new Rig(256 * 1024);
    rig.print(['\x1b[Hstatus\x1b[3;6r\x1b[6;1H', ...lines(30_000)], 4095);
    rig.verify();
    expect(rig.screen.at(rig.safe).line(0).getString(0)).toBe('s');
  });

  it('keeps the pen of a coloured log that never resets it', () => {
    using rig = new Rig(1 << 20);
    const colours = '\x1b[31mred\x1b[39m and \x1b[48;5;17mblue\x1b[49m';
    for (const more of ['\x1b[1;4m', '\x1b[3;22m']) rig.print([more, ...lines(9_000, colours)], 4095);
    expect(rig.screen.hasEmulator).toBe(false);
    rig.verify();
  });

  it.each([0, 100, 4096, 50_000])('is exact with a ring of %i bytes', limit => {
    using rig = new Rig(limit);
    rig.print(['\x1b[5;5Hhere\x1b7', ...lines(3000), '\x1b8!'], 4095);
    rig.verify();
    rig.print(['\x1b[2;3r', ...lines(3000, '漢字')], 65_536);
    rig.verify();
  });

  it('outlives the bytes it came from', () => {
    using rig = new Rig(1 << 20);
    rig.print(['\x1b[5;5Hhere', ...lines(100)]);
    rig.screen.clear();
    expect(rig.ring.tail).toBe(rig.ring.head);
    rig.print(['more\x1b[A']);
    rig.screen.setLimit(10);
    rig.print(['and more']);
    rig.verify();
    rig.screen.setLimit(1 << 20);
    rig.print(lines(30_000));
    rig.verify();
  });

  it('is resized where the bytes are that were printed until then', () => {
    using rig = new Rig(1 << 20);
    rig.print(['a line that is longer than a row is wide\r\n']);
    rig.resize({ cols: 10, rows: 4 });
    rig.print(['and another one of that kind']);
    rig.resize({ cols: 30, rows: 10 });
    expect(rig.screen.hasEmulator).toBe(false);
    rig.verify();
  });

  it('bounds the resizes it remembers', () => {
    using rig = new Rig(1 << 20);
    rig.print(['text']);
    for (let cols = 10; cols < 100; cols++) rig.resize({ cols, rows: 5 });
    expect(rig.screen.hasEmulator).toBe(true);
    rig.verify();
  });

  it('that is blank takes any size at once', () => {
    using rig = new Rig(1 << 20);
    for (let cols = 10; cols < 100; cols++) rig.resize({ cols, rows: 5 });
    expect(rig.screen.hasEmulator).toBe(false);
    rig.verify();
  });

  it('begins anew with a line where a life ended', () => {
    using rig = new Rig(1 << 20);
    rig.print(['\x1b[?1049h\x1b[2;3r\x1b[31mtext\x1b[?7l']);
    rig.verify();
    rig.resize({ cols: 30, rows: 8 });
    rig.boundary('it ended with 1 and was started again');
    expect(rig.screen.hasEmulator).toBe(false);
    rig.verify();
    rig.print(['text']);
    rig.verify();
  });

  it('rests, and is the same after', () => {
    using rig = new Rig(1 << 20);
    rig.print(['\x1b[2;4r\x1b[31mtext\x1b7\x1b[4hmore']);
    rig.verify();
    expect(rig.screen.rest()).toBe(true);
    expect(rig.screen.hasEmulator).toBe(false);
    rig.print(['\r\nand\x1b8!']);
    rig.verify();
  });

  it('does not rest inside a long string', () => {
    using rig = new Rig(1 << 20);
    const token = `\x1b]52;c;${'x'.repeat(2000)}\x07`;
    rig.print([token]);
    rig.screen.boundary('');
    for (const at of [0, 1000]) {
      rig.screen.append(encoder.encode(token).subarray(at, at + 1000));
      rig.screen.at(rig.ring.head);
      expect(rig.screen.rest()).toBe(false);
    }
    rig.screen.append(encoder.encode(token).subarray(2000));
    rig.screen.at(rig.ring.head);
    expect(rig.screen.rest()).toBe(true);
  });

  it('keeps of a rested screen only what plain lines leave of it', () => {
    using rig = new Rig(1 << 20);
    rig.print(['\x1b[2;2Hsaved\x1b7\x1b[3g\x1b[34m\x1b[6;1H']);
    rig.verify();
    rig.screen.rest();
    rig.print(lines(20_000), 4095);
    expect(rig.screen.hasEmulator).toBe(false);
    rig.verify();
    rig.print(['\x1b8!\tx']);
    rig.verify();
  });
});

const text = fc.constantFrom('a', 'word ', 'é', '漢字', '😀', 'e\u0301', 'a longer text that wraps around');
const plainToken = fc.oneof(
  text,
  fc.constantFrom('\r\n', '\r', '\b', '\t', '\x1b[31m', '\x1b[1;44m', '\x1b[m', '\x1b[K', '\x1b[2C', '\x1b[39m'),
);
const wildToken = fc.constantFrom(
  ...['\x1b[H', '\x1b[2J', '\x1b[3;2H', '\x1b[A', '\x1b[J', '\x1b[2;5r', '\x1b[r', '\x1b[?6h', '\x1b[?6l', '\x1b[4h'],
  ...['\x1b[4l', '\x1b[?7l', '\x1b[?7h', '\x1b7', '\x1b8', '\x1bM', '\x1bD', '\x1b[L', '\x1b[M', '\x1b[S', '\x1b[T'],
  ...['\x1b[?1049h', '\x1b[?1049l', '\x1b(0', '\x1b(B', '\x0e', '\x0f', '\x1bH', '\x1b[3g', '\x1b[20h', '\x1b[20l'],
  ...['\x1b]0;title\x07', '\x1b]8;;http://x\x1b\\', '\x1b]8;;\x1b\\', '\x1b[!p', '\x1b[?45h', '\x1b[?45l', '\x1bc'],
  `\x1b]52;c;${'y'.repeat(1000)}\x07`,
);
const plainRun = fc
  .tuple(fc.array(plainToken, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 900 }))
  .map(([tokens, times]) => Array.from({ length: times }, () => [...tokens, '\r\n']).flat());
const wildRun = fc.array(fc.oneof(plainToken, wildToken), { minLength: 1, maxLength: 30 });
const size = fc.record({ cols: fc.integer({ min: 2, max: 40 }), rows: fc.integer({ min: 1, max: 12 }) });

type Action = (rig: Rig) => void;

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(fc.oneof(plainRun, wildRun), fc.constantFrom(1, 7, 100, 4095, 65_536)).map(
      ([tokens, chunk]): Action =>
        rig =>
          rig.print(tokens, tokens.length > 200 ? Math.max(chunk, 500) : chunk),
    ),
  },
  { weight: 2, arbitrary: fc.constant((rig: Rig) => rig.verify()) },
  { weight: 2, arbitrary: fc.constant((rig: Rig) => void rig.screen.rest()) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 5000 }).map(n => (rig: Rig) => void rig.screen.catchUp(rig.safe, n)),
  },
  { weight: 1, arbitrary: size.map(to => (rig: Rig) => rig.resize(to)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'ended: 漢字', 'a'.repeat(50)).map(line => (rig: Rig) => rig.boundary(line)),
  },
  { weight: 1, arbitrary: fc.constantFrom(0, 100, 5000, 300_000).map(n => (rig: Rig) => rig.screen.setLimit(n)) },
  { weight: 1, arbitrary: fc.constant((rig: Rig) => rig.screen.clear()) },
);

describe('any stream in any chunks', () => {
  it('is the same to a screen as to an emulator that was fed everything', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 100, 5000, 300_000, 1 << 20),
        fc.array(action, { minLength: 3, maxLength: 15 }),
        (limit, actions) => {
          using rig = new Rig(limit);
          for (const act of actions) act(rig);
          rig.verify();
        },
      ),
      { numRuns: Number(process.env.RUNS ?? 60) },
    );
  });
});
