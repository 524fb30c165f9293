import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DATA_LIMIT, type Sequence } from '../../src/core/sequence.ts';
import { HELD_LIMIT, SequenceScanner } from '../../src/core/sequences.ts';

/** What is worth comparing of a sequence, in one line: its bytes' range and its meaning. */
function told(s: Sequence): string {
  const params = s.kind === 'csi' || s.kind === 'dcs' ? s.params.map(param => param.join(':')).join(';') : '';
  const end = s.endsWithBell ? ' bell' : s.isCut ? ' cut' : '';
  return `${s.start}-${s.end} ${s.kind} ${s.prefix}${params}${s.intermediates}${s.final} ${JSON.stringify(s.data)}${end}`;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Scans in pieces that end at these places. */
function scanned(bytes: Uint8Array, cuts: readonly number[] = [], at = 0): string[] {
  const scanner = new SequenceScanner(at);
  const found: string[] = [];
  let from = 0;
  let safe = at;
  for (const cut of [...cuts, bytes.length]) {
    scanner.scan(bytes.subarray(from, cut), at + from, sequence => found.push(told(sequence)));
    from = cut;
    expect(scanner.safe).toBeGreaterThanOrEqual(safe);
    expect(scanner.safe).toBeLessThanOrEqual(at + cut);
    safe = scanner.safe;
  }
  return found;
}

const CASES: readonly (readonly [name: string, stream: string, expected: readonly string[]])[] = [
  ['plain text', 'one\r\ntwo\tthree\b\x07\x7f', []],
  ['text beyond ASCII', 'é ✜ 中 😀 \u00a0«»', []],
  ['the bare one', 'a\x1b[m', ['1-4 csi -1m ""']],
  ['parameters', '\x1b[1;31;;4:3m', ['0-12 csi 1;31;-1;4:3m ""']],
  ['a prefix', '\x1b[?1049;25h', ['0-11 csi ?1049;25h ""']],
  ['intermediates', '\x1b[2 q\x1b[!p\x1b[?2026$p', ['0-5 csi 2 q ""', '5-9 csi -1!p ""', '9-18 csi ?2026$p ""']],
  ['a prefix in the wrong place', '\x1b[1?5hx\x1b[3h', ['7-11 csi 3h ""']],
  ['a parameter after an intermediate', '\x1b[ 1qx\x1b[3h', ['6-10 csi 3h ""']],
  ['two-character ones', '\x1b7\x1b=\x1bc', ['0-2 esc 7 ""', '2-4 esc = ""', '4-6 esc c ""']],
  ['charsets', '\x1b(0\x1b)B\x1b%G\x1b#8', ['0-3 esc (0 ""', '3-6 esc )B ""', '6-9 esc %G ""', '9-12 esc #8 ""']],
  [
    'the controls that matter',
    'a\x0eb\x0fc\x05',
    ['1-2 control \x0e ""', '3-4 control \x0f ""', '5-6 control \x05 ""'],
  ],
  ['a control inside a sequence', '\x1b[1\x0e2\nh', ['3-4 control \x0e ""', '0-7 csi 12h ""']],
  ['DEL inside a sequence', '\x1b[1\x7f2h', ['0-6 csi 12h ""']],
  ['CAN and SUB', '\x1b[1\x18h\x1b]0;x\x1ay\x1bP$qm\x18', []],
  ['ESC begins anew', '\x1b[1\x1b[2h\x1b\x1b\x1b7', ['3-7 csi 2h ""', '9-11 esc 7 ""']],
  ['a character inside a sequence', '\x1b[1é2h', []],
  ['OSC with BEL', '\x1b]0;Title é\x07x', ['0-13 osc  "0;Title é" bell']],
  ['OSC with ST', '\x1b]8;;http://a\x1b\\x', ['0-15 osc  "8;;http://a"']],
  ['OSC with the C1 ST', '\x1b]2;✜✜\u009cx', ['0-12 osc  "2;✜✜"']],
  ['OSC that another sequence ends', '\x1b]2;a\x1b[5n', ['0-5 osc  "2;a"', '5-9 csi 5n ""']],
  ['OSC, ESC, a character', '\x1b]2;a\x1béb', ['0-5 osc  "2;a"']],
  ['OSC, ESC, a control, the rest of ST', '\x1b]2;a\x1b\n\\', ['0-5 osc  "2;a"', '5-8 esc \\ ""']],
  ['OSC, two ESC', '\x1b]2;a\x1b\x1b\\', ['0-5 osc  "2;a"', '6-8 esc \\ ""']],
  ['OSC with controls in it', '\x1b]2;a\r\nb\tc\x07', ['0-11 osc  "2;abc" bell']],
  ['DCS', '\x1bP$qm\x1b\\\x1bP+q544e\x1b\\', ['0-7 dcs -1$q "m"', '7-17 dcs -1+q "544e"']],
  ['DCS with parameters', '\x1bP>1;2:3|ab\x07c\x1b\\', ['0-15 dcs >1;2:3| "abc"']],
  ['a wrong DCS', '\x1bP1?2qabc\x1b\\\x1b7', ['9-11 esc \\ ""', '11-13 esc 7 ""']],
  ['APC, PM, SOS', '\x1b_Ga=q\x1b\\\x1b^pé\x1b\\\x1bXs\x1b\\', ['0-8 apc  "Ga=q"', '8-15 pm  "pé"', '15-20 sos  "s"']],
  [
    'C1',
    '\u009b5n\u0088\u009d2;a\u009c\u0090$qr\u009c',
    ['0-4 csi 5n ""', '4-6 esc H ""', '6-13 osc  "2;a"', '13-20 dcs -1$q "r"'],
  ],
  ['C1 inside a sequence', '\x1b[1\u009b2h\x1b]2;a\u00855n', ['3-7 csi 2h ""', '12-14 esc E ""']],
  ['C1 inside a string', '\x1b]2;a\u009b5n', ['5-9 csi 5n ""']],
  ['a C1 ST alone', '\u009cx\u00a0', []],
];

describe('the scanner of sequences', () => {
  test.each(CASES)('%s', (_name, stream, expected) => {
    const bytes = bytesOf(stream);
    expect(scanned(bytes)).toEqual(expected);
    for (let cut = 0; cut <= bytes.length; cut++) expect(scanned(bytes, [cut]), `cut at ${cut}`).toEqual(expected);
    expect(scanned(bytes, [...bytes.keys()])).toEqual(expected);
  });

  test('offsets are absolute', () => {
    expect(scanned(bytesOf('ab\x1b[m'), [3], 5_000_000_000)).toEqual(['5000000002-5000000005 csi -1m ""']);
  });

  test('however a stream is cut, the sequences are the same, and no bytes make it fail', () => {
    const piece = fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(...CASES.map(([, stream]) => bytesOf(stream))) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 8 }) },
      {
        weight: 2,
        arbitrary: fc
          .array(
            fc.constantFrom(0x1b, 0x5b, 0x5d, 0x50, 0x3b, 0x31, 0x3f, 0x20, 0x68, 0xc2, 0x9b, 0x9c, 0x07, 0xe2, 0x5c),
          )
          .map(bytes => Uint8Array.from(bytes)),
      },
      { weight: 1, arbitrary: fc.nat(600).map(count => bytesOf('x'.repeat(count))) },
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(2000), { maxLength: 20 }), (pieces, places) => {
        const bytes = Uint8Array.from(pieces.flatMap(some => [...some]));
        const cuts = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b);
        expect(scanned(bytes, cuts)).toEqual(scanned(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test('an unfinished sequence or character is not to be shown yet', () => {
    const safeAfter = (...chunks: readonly (string | readonly number[])[]): number => {
      const scanner = new SequenceScanner();
      let at = 0;
      for (const chunk of chunks) {
        const bytes = typeof chunk === 'string' ? bytesOf(chunk) : Uint8Array.from(chunk);
        scanner.scan(bytes, at, () => {});
        at += bytes.length;
      }
      return scanner.safe;
    };
    expect(safeAfter('ab')).toBe(2);
    expect(safeAfter('ab\x1b')).toBe(2);
    expect(safeAfter('ab\x1b[1;')).toBe(2);
    expect(safeAfter('ab\x1b[1;', '2m')).toBe(8);
    expect(safeAfter('ab\x1b]0;title')).toBe(2);
    expect(safeAfter('ab\x1b]0;title\x1b')).toBe(2);
    expect(safeAfter([0x61, 0xe2, 0x82])).toBe(1);
    expect(safeAfter([0x61, 0xf0], [0x9f], [0x98])).toBe(1);
    expect(safeAfter([0x61, 0xf0], [0x9f], [0x98], [0x80])).toBe(5);
    expect(safeAfter([0x61, 0xf0], [0x9f], [0x61])).toBe(4);
    expect(safeAfter([0x80], [0x80])).toBe(2);
    expect(safeAfter([0x61, 0xc2])).toBe(1);
    expect(safeAfter([0x61, 0xc2], [0x9b])).toBe(1);
  });

  test('a long string is let go', () => {
    const scanner = new SequenceScanner();
    const found: number[] = [];
    const scan = (text: string): void => {
      scanner.scan(bytesOf(text), at, sequence => found.push(sequence.end));
      at += text.length;
    };
    let at = 0;
    scan(`\x1bP${'q'.repeat(HELD_LIMIT - 2)}`);
    expect([scanner.safe, scanner.isInsideLong]).toEqual([0, false]);
    scan('x');
    expect([scanner.safe, scanner.isInsideLong]).toEqual([at, true]);
    scan('yyy\x1b');
    expect([scanner.safe, scanner.isInsideLong]).toEqual([at - 1, true]);
    scan('\\');
    expect([scanner.safe, scanner.isInsideLong, found]).toEqual([at, false, [at]]);
  });

  test('what is kept of a string is bounded', () => {
    const scanner = new SequenceScanner();
    const found: [number, boolean][] = [];
    const keep = (sequence: Sequence): number => found.push([sequence.data.length, sequence.isCut]);
    scanner.scan(
      bytesOf(`\x1b]52;c;${'A'.repeat(100_000)}\x07\x1b]2;${'A'.repeat(DATA_LIMIT - 2)}\x07\x1b]2;a\x07`),
      0,
      keep,
    );
    expect(found).toEqual([
      [DATA_LIMIT, true],
      [DATA_LIMIT, false],
      [3, false],
    ]);
  });

  test('what is cut short by another sequence is held back with it', () => {
    const scanner = new SequenceScanner();
    let scanned = 0;
    const safeAfter = (text: string): number => {
      const bytes = bytesOf(text);
      scanner.scan(bytes, scanned, () => {});
      scanned += bytes.length;
      return scanner.safe;
    };
    expect(safeAfter('ab\x1b]8;;u')).toBe(2);
    expect(safeAfter('\x1b[3')).toBe(2);
    expect(safeAfter('1m')).toBe(scanned);
    expect(safeAfter('\x1b[3')).toBe(scanned - 3);
    expect(safeAfter('\u009b')).toBe(scanned - 5);
    expect(safeAfter('1m')).toBe(scanned);
  });

  test('a sequence is aborted by a whole character, and not by half a one', () => {
    const finals = (...parts: (string | number[])[]): string => {
      let found = '';
      const bytes = Buffer.concat(
        parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
      );
      new SequenceScanner().scan(bytes, 0, sequence => {
        found += sequence.final;
      });
      return found;
    };
    expect(finals('\x1b[3語1m')).toBe('');
    expect(finals('\x1b[3é1m')).toBe('');
    expect(finals('\x1b[3', [0xe8, 0xaa], '1m')).toBe('m');
    expect(finals('\x1b[3', [0xff, 0x80, 0xc2], '1m')).toBe('m');
    expect(finals('\x1b[3', [0xed, 0xa0, 0x80], '1m')).toBe('m');
  });

  test('the rest of a sequence that is shown as it comes can be made a part of one without meaning', () => {
    const scanner = new SequenceScanner();
    const image = bytesOf(`ab\x1b_G${'A'.repeat(1000)}`);
    scanner.scan(image, 0, () => {});
    expect([scanner.safe, scanner.whole, scanner.opening()]).toEqual([image.length, 2, '\x1b_~']);
    scanner.scan(bytesOf('\x1b\\'), image.length, () => {});
    expect([scanner.safe, scanner.whole, scanner.opening()]).toEqual([image.length + 2, image.length + 2, '']);
  });

  test('a reset forgets what is unfinished', () => {
    const scanner = new SequenceScanner();
    const found: string[] = [];
    scanner.scan(bytesOf('\x1b]0;a'), 0, sequence => found.push(told(sequence)));
    scanner.reset(100);
    expect(scanner.safe).toBe(100);
    scanner.scan(bytesOf('b\x07\x1b[m'), 100, sequence => found.push(told(sequence)));
    expect(found).toEqual(['102-105 csi -1m ""']);
  });

  test('parameters are numbers within reason', () => {
    const seen: unknown[] = [];
    const scanner = new SequenceScanner();
    scanner.scan(bytesOf(`\x1b[99999999999999;;5${';1'.repeat(50)}h\x1b[0m\x1b[00m\x1b[m\x1b[1m`), 0, sequence => {
      seen.push(
        sequence.final === 'h' ? [sequence.param(0, 7), sequence.param(1, 7), sequence.param(40, 7)] : sequence.isBare,
      );
      if (sequence.final === 'h') seen.push(sequence.params.length);
    });
    expect(seen).toEqual([[0x7fffffff, 7, 7], 32, true, false, true, false]);
  });
});

describe('one at a time', () => {
  /** As `scanned`, by one who reads the text between sequences itself. */
  function readOneByOne(bytes: Uint8Array): string[] {
    const scanner = new SequenceScanner();
    const found: string[] = [];
    for (let i = 0; i < bytes.length; ) {
      const [byte = 0, next = 0] = bytes.subarray(i, i + 2);
      const begins = byte === 0x1b || (byte === 0xc2 && next >= 0x80 && next < 0xa0);
      if (!scanner.isGround || begins) {
        i = scanner.scanOne(bytes, i, sequence => found.push(told(sequence)));
        continue;
      }
      const isTold = [0x05, 0x0e, 0x0f].includes(byte);
      if (isTold) found.push(`${i}-${i + 1} control ${String.fromCharCode(byte)} ""`);
      i++;
    }
    return found;
  }

  test.each(CASES)('%s', (_name, stream) => {
    const bytes = bytesOf(stream);
    expect(readOneByOne(bytes)).toEqual(scanned(bytes));
  });

  test('all together', () => {
    const piece = fc.constantFrom(
      ...CASES.map(([, stream]) => stream),
      'text',
      '\x1b',
      '\x1b[',
      '1',
      'm',
      '\x07',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece), pieces => {
        const bytes = bytesOf(pieces.join(''));
        expect(readOneByOne(bytes)).toEqual(scanned(bytes));
      }),
    );
  });
});
