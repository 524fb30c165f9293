/** Output as lines of text: what a terminal showed last on each. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Emulator } from '../../src/terminal/emulator.ts';
import { MAX_LINE, TextLines } from '../../src/terminal/textline.ts';

interface Piece {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
}

/** All lines of a stream, its last one included. */
function linesOf(chunks: readonly Uint8Array[]): Piece[] {
  const pieces: Piece[] = [];
  const lines = new TextLines((bytes, from, to, isWhole) => {
    pieces.push({ bytes: Buffer.from(bytes.subarray(from, to)), isWhole });
  });
  for (const chunk of chunks) lines.write(chunk);
  lines.end();
  return pieces;
}

const text = (...chunks: readonly string[]): string[] =>
  linesOf(chunks.map(chunk => Buffer.from(chunk))).map(({ bytes }) => bytes.toString());

/** The same bytes in chunks that end at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map(place => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end));
}

describe('a line is what was last visible on it', () => {
  test.each<[string, string, string[]]>([
    ['plain lines', 'one\r\ntwo\r\n\r\nthree', ['one', 'two', '', 'three']],
    ['lines that a program ended itself', 'one\ntwo\r\r\n', ['one', 'two']],
    ['colours', '\x1b[1;32mok\x1b[0m done\r\n', ['ok done']],
    ['grep, which erases after each colour', 'a \x1b[01;31m\x1b[Kb\x1b[m\x1b[K c\r\n', ['a b c']],
    [
      'titles, links and questions',
      '\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b\x1b]8;;\x1b\\c\x1b[6n\x1bP+q\x1b\\\r\n',
      ['abc'],
    ],
    ['C1 controls', 'a\u009b31mb\u009d0;t\u009cc\r\n', ['abc']],
    ['a progress bar', ' 1%\r 50%\r100%\r\ndone\r\n', ['100%', 'done']],
    ['a bar that writes its return last', ' 1%\r 50%\r100%\r\r\n', ['100%']],
    ['a shorter redraw leaves the end', 'abcdef\rxy\r\n', ['xycdef']],
    ['a shorter redraw with blanks over it', 'abcdef\rxy    \r\n', ['xy']],
    ['a redraw that erases', 'abcdef\r\x1b[Kxy\r\n', ['xy']],
    ['blanks at the end of what is not redrawn', 'ab  \r\n', ['ab  ']],
    ['backspaces of one who types', 'lss\b \b -l\r\n', ['ls -l']],
    ['bells and nulls', 'a\x07b\0c\x7f\r\n', ['abc']],
    ['tabs stay', 'a\tb\r\n', ['a\tb']],
    ['tabs stay on a coloured line that is redrawn elsewhere', 'x\rab\tc\x1b[1D!\r\n', ['ab\t!']],
    ['a tab that is written into becomes blanks', 'a\tb\rab\r\n', ['ab      b']],
    ['inserting and deleting', 'abef\x1b[2D\x1b[2@cd\r\x1b[1P\r\n', ['bcdef']],
    ['insert mode', 'ad\x1b[D\x1b[4hbc\x1b[4l\r\n', ['abcd']],
    ['erasing cells', 'abcdef\x1b[5D\x1b[2X\r\n', ['a  def']],
    ['erasing to the left', 'abcdef\x1b[3D\x1b[1K\r\n', ['    ef']],
    ['erasing all of it', 'abcdef\x1b[2K\rx\r\n', ['x']],
    ['a column', 'ab\x1b[6Gf\x1b[3C!\r\n', ['ab   f   !']],
    ['a column beyond every terminal', `a\x1b[9999Gb\r\n`, [`a${' '.repeat(998)}b`]],
    ['wide characters that lose a half', '中文\r\x1b[Ca\r\n', [' a文']],
    ['wide characters and marks', 'x\r中e\u0301\b!\r\n', ['中!']],
    ['marks', 'x\re\u0301\u0302\r\n', ['e\u0301\u0302']],
    ['a repeated character', 'a\x1b[3b\r\n', ['aaaa']],
    ['line drawing', '\x1b(0lqk\x1b(B\r\n\x1b)0\x0ex\x0f|\r\n', ['┌─┐', '│|']],
    ['a cursor that was saved on a line before', 'abc\x1b7\r\nxy\x1b8z\r\n', ['abc', 'xy', 'z']],
    ['a saved cursor', 'a\x1b7bc\x1b8X\x1b[sYZ\x1b[u!\r\n', ['aX!Z']],
    ['up and down end a line', 'one\x1b[Atwo\x1b[3;1Hthree\r\n', ['one', 'two', 'three']],
    ['a screen that is drawn', '\x1b[2J\x1b[1;1Hone\x1b[2;3Htwo\x1b[9Gthree', ['one', 'two   three']],
    ['a line that began further to the right', '\x1b[2;9Htwo\rone\r\n', ['one     two']],
    ['one that began there, and only went back', '\x1b[2;9Htwo\r\x1b[K\x1b[3;1H', []],
    ['to the other screen and back', 'one\x1b[?1049h\x1b[Htop\x1b[?1049ltwo\r\n', ['one', 'top', 'two']],
    ['what is cleared was shown', 'one\x1b[2J\rtwo\r\n', ['one', 'two']],
    ['a sequence that is cut short', 'a\x1b[31\x18b\x1b[3\x1b[1mc\r\n', ['abc']],
    ['a byte order mark', '\ufeffa\r\ufeffb\r\n', ['b']],
    ['form feeds', 'a\fb\r\n', ['a', 'b']],
    ['a sequence without an end', 'a\r\nb\x1b]0;', ['a', 'b']],
    ['nothing', '', []],
    ['nothing but sequences', '\x1b[0m\x1b[K', []],
  ])('%s', (_, stream, expected) => {
    expect(text(stream)).toEqual(expected);
    expect(text(...stream.split(/(?:)/u))).toEqual(expected);
  });

  test('bytes that are no UTF-8 stay, redrawn or not', () => {
    const plain = Buffer.from([0x61, 0xff, 0xc3, 0x0a]);
    expect(linesOf([plain]).map(({ bytes }) => [...bytes])).toEqual([[0x61, 0xff, 0xc3]]);
    const redrawn = Buffer.from([0x62, 0x0d, 0x61, 0xff, 0xc3, 0xe2, 0x82, 0x0a]);
    expect(linesOf([redrawn]).map(({ bytes }) => [...bytes])).toEqual([[0x61, 0xff, 0xc3, 0xe2, 0x82]]);
  });
});

describe('long lines', () => {
  test('come in pieces, that are whole characters', () => {
    const line = `a${'é'.repeat(MAX_LINE)}`;
    const pieces = linesOf([Buffer.from(`${line}\r\n`)]);
    expect(pieces.map(({ isWhole }) => isWhole)).toEqual([false, false, true]);
    expect(pieces.every(({ bytes }) => bytes.length <= MAX_LINE)).toBe(true);
    expect(pieces.map(({ bytes }) => bytes.toString()).join('')).toBe(line);
  });

  test('one that is too long to be edited ends where it is gone back in', () => {
    const line = 'x'.repeat(5000);
    expect(text(`${line}\rabc\r\n`)).toEqual([line, 'abc']);
  });

  test('one that becomes too long while it is redrawn goes on', () => {
    const line = 'x'.repeat(5000);
    expect(text(`ab\r${line}y\r\n`)).toEqual([`${line}y`]);
  });

  test('marks beyond number are bounded', () => {
    const [only] = linesOf([Buffer.from(`x\ra${'\u0301'.repeat(100_000)}\r\n`)]);
    expect(only?.bytes.length).toBeLessThan(100);
  });

  test('a line that is redrawn for ever keeps what it shows alone', () => {
    const lines = new TextLines(() => {});
    const once = Buffer.from(`\r${'e\u0301'.repeat(10)}`);
    for (let i = 0; i < 100_000; i++) lines.write(once);
    expect(Buffer.from(lines.peek()).toString()).toBe('e\u0301'.repeat(10));
  });
});

describe('while a line goes on', () => {
  test('it can be looked at', () => {
    const lines = new TextLines(() => {});
    expect([lines.isEmpty, lines.isRedrawn]).toEqual([true, false]);
    lines.write(Buffer.from('login: '));
    expect([lines.isEmpty, lines.isRedrawn, Buffer.from(lines.peek()).toString()]).toEqual([false, false, 'login: ']);
    lines.write(Buffer.from('\rbye'));
    expect([lines.isRedrawn, Buffer.from(lines.peek()).toString()]).toEqual([true, 'byein:']);
  });

  test('once it was looked at its end is told, even when nothing is left of it', () => {
    const told: string[] = [];
    const lines = new TextLines((bytes, from, to) => told.push(Buffer.from(bytes.subarray(from, to)).toString()));
    lines.write(Buffer.from('gone'));
    lines.peek();
    lines.write(Buffer.from('\r\x1b[K\x1b[A'));
    expect(told).toEqual(['']);
  });
});

describe('real programs', () => {
  const dir = join(import.meta.dirname, '../screens/recorded');
  const recorded = readdirSync(dir).filter(name => name.endsWith('.vt'));

  test('git clone and dd, with their bars', () => {
    expect(linesOf([readFileSync(join(dir, 'git-clone.vt'))]).map(({ bytes }) => bytes.toString())).toEqual([
      'demo@box:~# git clone --progress file:///home/demo/repo copy',
      "Cloning into 'copy'...",
      'remote: Enumerating objects: 29, done.',
      'remote: Counting objects: 100% (29/29), done.',
      'remote: Compressing objects: 100% (23/23), done.',
      'remote: Total 29 (delta 8), reused 0 (delta 0), pack-reused 0',
      'Receiving objects: 100% (29/29), done.',
      'Resolving deltas: 100% (8/8), done.',
      'demo@box:~# dd if=/dev/zero of=zero bs=64k count=16000 status=progress',
      '722796544 bytes (723 MB, 689 MiB) copied, 1 s, 723 MB/s',
      '16000+0 records in',
      '16000+0 records out',
      '1048576000 bytes (1.0 GB, 1000 MiB) copied, 1.91067 s, 549 MB/s',
      'demo@box:~# git -C copy status',
      'On branch main',
      "Your branch is up to date with 'origin/main'.",
      '',
      'nothing to commit, working tree clean',
      'demo@box:~# ',
    ]);
  });

  test.each(recorded)('%s byte by byte', name => {
    const stream = readFileSync(join(dir, name));
    const bytewise = linesOf(Array.from(stream, (_, i) => stream.subarray(i, i + 1)));
    expect(bytewise).toEqual(linesOf([stream]));
    for (const { bytes } of bytewise) expect(bytes.toString()).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f]/);
  });
});

const inLine = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...'abc xyz'), maxLength: 12 }) },
  { weight: 2, arbitrary: fc.constantFrom('中', '文字', '😀', 'é', '한', 'ae\u0301', '│') },
  { weight: 2, arbitrary: fc.constantFrom('\r', '\b', '\b\b', '\t', '\x07', '\x1b[m', '\x1b[31m', '\x1b7', '\x1b8') },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('', '1', '2', '3', '7', '20'), fc.constantFrom(...'@PXCDGIZb`a'))
      .map(([n, final]) => `\x1b[${n}${final}`),
  },
  { weight: 2, arbitrary: fc.constantFrom('\x1b[K', '\x1b[1K', '\x1b[2K', '\x1b[J', '\x1b[4h', '\x1b[4l') },
  { weight: 1, arbitrary: fc.constantFrom('\x1b(0', '\x1b(B', 'lqk') },
);
const inLineStream = fc.array(inLine, { maxLength: 25 }).map(parts => `\x1b7${parts.join('')}`);

describe('properties', () => {
  test('what a terminal shows of a line is its text', () => {
    const emulator = new Emulator({ cols: 900, rows: 3 });
    const expanded = (line: string): string => {
      let row = '';
      for (const char of line) row += char === '\t' ? ' '.repeat(8 - (columnsOf(row) % 8)) : char;
      return row.trimEnd();
    };
    const columnsOf = (row: string): number =>
      [...row].reduce((sum, char) => sum + (/[中文字한😀]/u.test(char) ? 2 : char === '\u0301' ? 0 : 1), 0);
    fc.assert(
      fc.property(inLineStream, stream => {
        emulator.reset();
        emulator.write(Buffer.from(stream));
        const shown = emulator.line(0);
        let row = '';
        for (let x = 0; x < shown.length; x++) {
          const cell = shown.getString(x);
          if (shown.getWidth(x) > 0) row += cell === '' ? ' ' : cell === '\u0301' ? ' \u0301' : cell;
        }
        expect(expanded(text(stream)[0] ?? '')).toBe(row.trimEnd());
      }),
      { numRuns: 3000 },
    );
    emulator[Symbol.dispose]();
  });

  const nasty = fc.oneof(
    inLine.map(part => Buffer.from(part)),
    fc
      .constantFrom(
        '\n',
        '\r\n',
        '\x1b[A',
        '\x1b[5;5H',
        '\x1b[?1049h',
        '\x1b]0;x\x07',
        '\u009b',
        '\x1bP',
        '\x18',
        '\x0e',
        '\v',
      )
      .map(part => Buffer.from(part)),
    fc.uint8Array({ maxLength: 8 }).map(bytes => Buffer.from(bytes)),
  );
  const bytes = fc.array(nasty, { maxLength: 40 }).map(parts => Buffer.concat(parts));
  const flat = (pieces: readonly Piece[]): string[] =>
    pieces.map(({ bytes: line, isWhole }) => `${isWhole} ${line.toString('latin1')}`);

  test('how it is cut into chunks does not matter, whatever it is', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 10 }), (stream, places) => {
        expect(flat(linesOf(cut(stream, places)))).toEqual(flat(linesOf([stream])));
      }),
      { numRuns: 2000 },
    );
  });

  test('random bytes do no harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), random => void linesOf([random])),
      { numRuns: 300 },
    );
  });

  test('plain lines are what was written', () => {
    const line = fc.string({ unit: fc.constantFrom(...'ab cé中\t~'), maxLength: 200 });
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(), { maxLength: 10 }), (lines, places) => {
        const stream = Buffer.from(lines.map(one => `${one}\r\n`).join(''));
        expect(linesOf(cut(stream, places)).map(({ bytes: got }) => got.toString())).toEqual(lines);
      }),
    );
  });
});
