import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Emulator, type Size } from '../../src/terminal/emulator.ts';
import { assertInternals, type XtermCore, type XtermInput } from '../../src/terminal/internals.ts';
import { LINKS_BEFORE_SWEEP } from '../../src/terminal/links.ts';
import { textOf } from '../../src/terminal/render.ts';
import { snapshotOf } from '../../src/terminal/snapshot.ts';
import { differences, stateOf } from '../support/screenstate.ts';
import { piece, size } from '../support/streams.ts';

const encoder = new TextEncoder();

function shown(stream: string, at: Size = { cols: 10, rows: 4 }): Emulator {
  const emulator = new Emulator(at);
  emulator.write(encoder.encode(stream));
  return emulator;
}

function parserOf(emulator: Emulator): XtermInput['_parser'] {
  const { core } = emulator as unknown as { core: XtermCore }; // what it keeps is its memory
  return core._inputHandler._parser;
}

describe('the emulator', () => {
  test('shows what is written, at once, however it is cut', () => {
    fc.assert(
      fc.property(
        size,
        fc.array(piece, { maxLength: 60, size: 'max' }),
        fc.integer({ min: 1, max: 7 }),
        (at, pieces, cut) => {
          const bytes = encoder.encode(pieces.join(''));
          using whole = new Emulator(at);
          whole.write(bytes);
          using parts = new Emulator(at);
          for (let i = 0; i < bytes.length; i += cut) parts.write(bytes.subarray(i, i + cut));
          expect(differences(stateOf(whole), stateOf(parts))).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('moves lines by many as by one and one: SU, SD, IL, DL', () => {
    const lines = Array.from({ length: 8 }, (_, y) => `\x1b[${y + 1};1H\x1b[4${y % 7}m${'abcdefgh'[y]}`).join('');
    for (const final of 'STLM')
      for (const region of ['', '\x1b[3;6r', '\x1b[?1049h', '\x1b[1;7r'])
        for (const row of [1, 4, 8])
          for (const count of [1, 2, 3, 4, 7, 8, 9]) {
            const start = `${region}${lines}\x1b[42m\x1b[${row};3H`;
            using many = shown(`${start}\x1b[${count}${final}x`, { cols: 5, rows: 8 });
            using single = shown(`${start}${`\x1b[${final}`.repeat(count)}x`, { cols: 5, rows: 8 });
            expect(differences(stateOf(many), stateOf(single)), `${region} ${row} ${count}${final}`).toEqual([]);
          }
  });

  test('a kilobyte of any of these does not hold up the daemon: REP, SU, SD, IL, DL without a bound', () => {
    using emulator = new Emulator({ cols: 120, rows: 40 });
    for (const final of 'bSTLM') {
      const begun = performance.now();
      emulator.write(encoder.encode(`x\x1b[99999999${final}`.repeat(80)));
      expect(performance.now() - begun, final).toBeLessThan(150); // kitty's bound for REP: 300 ms and more
    }
  });

  test('a string without an end is not kept', () => {
    for (const start of ['\x1b]2;', '\x1b]8;;', '\x1bP$q']) {
      using emulator = shown(start);
      const more = encoder.encode('A'.repeat(65_536));
      for (let i = 0; i < 100; i++) emulator.write(more);
      const { _oscParser, _dcsParser } = parserOf(emulator);
      const handlers = [...Object.values(_oscParser._handlers), ...Object.values(_dcsParser._handlers)].flat();
      expect(Math.max(...handlers.map(({ _data }) => _data.length))).toBeLessThan(16 * 1024);
      emulator.write(encoder.encode('\x1b\\ok'));
      expect(textOf(emulator)[0]?.trim()).toBe('ok');
    }
  });

  test('loses no character that is cut, not even in the midst of a large chunk', () => {
    using emulator = new Emulator({ cols: 2, rows: 1 });
    for (const size of [3, 65_536, 131_072, 200_000]) {
      for (const cut of [1, 2, 3]) {
        emulator.write(encoder.encode(`${' '.repeat(size - cut)}\r\u2026\u200d\r`));
        expect(emulator.line(0).getString(0)).toBe('\u2026\u200d');
      }
    }
  });

  test('takes any bytes, and sizes in between, without throwing', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      piece.map(text => encoder.encode(text)),
      fc.stringMatching(/^\x1b\[[?>!]?[0-9;]{0,12}[ $'"]?[@-~]$/).map(text => encoder.encode(text)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, fc.option(size, { freq: 9 })), { maxLength: 60, size: 'max' }), life => {
        using emulator = new Emulator({ cols: 8, rows: 3 });
        for (const [bytes, resized] of life) {
          emulator.write(bytes);
          if (resized) emulator.resize(resized);
        }
        snapshotOf(emulator);
        expect(textOf(emulator)).toHaveLength(emulator.rows);
      }),
      { numRuns: 150 },
    );
  });

  test('says so when the package is another one', () => {
    expect(() => assertInternals({ _core: {} })).toThrow(
      'cannot use @xterm/headless: _core._inputHandler.parse is not a function; package.json pins version 6.0.0',
    );
  });

  test('forgets everything on reset, a half-received sequence and line feed mode too', () => {
    using emulator = shown('\x1b[20h\x1b[31mabc\x1b[5;');
    emulator.reset();
    emulator.write(encoder.encode('7m'));
    using fresh = shown('7m');
    expect(differences(stateOf(fresh), stateOf(emulator))).toEqual([]);
  });

  test('keeps lines above the screen, if asked', () => {
    using emulator = new Emulator({ cols: 10, rows: 2 }, 3);
    emulator.write(encoder.encode('1\r\n2\r\n3\r\n4\r\n5\r\n6'));
    expect(emulator.scrollback).toBe(3);
    expect(textOf(emulator, 2)).toEqual(['3', '4', '5', '6']);
  });
});

describe('corrections of xterm.js', () => {
  test('DECSC keeps pen, underline, character sets and origin mode, as terminals do', () => {
    using emulator = shown('\x1b[2;3r\x1b[?6h\x1b(0\x1b[4:3;31m\x1b[2;2H\x1b7\x1b[m\x1b(B\x1b[?6l\x1b[r\x1b8q');
    expect(emulator.line(2).getString(1)).toBe('─');
    expect(emulator.modes.origin).toBe(true);
    expect(stateOf(emulator).pen).toBe('0;4:3;31'.slice(2));
  });

  test('the saved row is one of the screen: lines that scroll away do not take it along', () => {
    using emulator = new Emulator({ cols: 10, rows: 3 }, 10);
    emulator.write(encoder.encode('\x1b[2;2H\x1b7\x1b[3;1H\n\n\n\x1b8'));
    expect([emulator.x, emulator.y]).toEqual([1, 1]);
  });

  test('margins and tab stops belong to the terminal, not to a screen', () => {
    using emulator = shown('\x1b[2;3r\x1b[3g\x1b[?1049h');
    expect([emulator.margins, emulator.tabs]).toEqual([{ top: 1, bottom: 2 }, []]);
    emulator.write(encoder.encode('\x1b[r\x1b[?1049l'));
    expect(emulator.margins).toEqual({ top: 0, bottom: 3 });
  });

  test('SGR 59 is the default colour, not white', () => {
    using emulator = shown('\x1b[4;58:2::1:2:3m\x1b[59m');
    expect(stateOf(emulator).pen).toBe('4');
  });

  test('a mark after an escape sequence still joins the character before it', () => {
    using emulator = shown('e\x1b[m\u0301\x1b[1;5H\u0301|\r\u0302');
    expect(textOf(emulator)[0]).toBe('e\u0301   \u0301|');
    expect(emulator.x).toBe(0);
    expect(emulator.line(0).getWidth(0)).toBe(1);
  });

  test('marks on one cell are bounded', () => {
    using emulator = shown(`e${'\u0301'.repeat(10_000)}`);
    expect(emulator.line(0).getString(0).length).toBeLessThan(64);
  });

  test('huge counts take no time', () => {
    const start = 'x\x1b[999999999';
    for (const final of ['S', 'T', 'L', 'M', 'I', 'Z', 'b', '@', 'P', 'X', ' @', ' A', "'}", "'~"]) {
      using emulator = shown(`${start}${final}`);
      expect(emulator.size).toEqual({ cols: 10, rows: 4 });
    }
  });

  test('hyperlinks that no cell shows any more are forgotten', () => {
    using emulator = new Emulator({ cols: 10, rows: 2 });
    emulator.write(encoder.encode('\x1b]8;;http://kept\x07k\x1b]8;;\x07'));
    const { link } = emulator.styleInto(emulator.line(0), 0, { fg: 0, bg: 0, ext: 0, link: 0 });
    for (let i = 0; i < LINKS_BEFORE_SWEEP + 10; i++) {
      emulator.write(encoder.encode(`\x1b[2;1H\x1b]8;;http://host/${i}\x07x\x1b]8;;\x07`));
    }
    expect(emulator.link(link)).toEqual({ uri: 'http://kept' });
    expect(emulator.link(link + 1)).toBeUndefined();
  });

  test('the main screen beneath an alternate one is laid out around the place where its cursor comes back', () => {
    using emulator = shown('one\r\ntwo\r\nthree\x1b[?1049h\x1b[Hpager', { cols: 10, rows: 4 });
    emulator.resize({ cols: 8, rows: 2 });
    emulator.resize({ cols: 12, rows: 4 });
    emulator.write(encoder.encode('\x1b[?1049l!'));
    expect(textOf(emulator).filter(line => line !== '')).toEqual(['two', 'three!']);
  });
});
