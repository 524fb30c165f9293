/** The pure functions between bytes and what people read. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignColumns, wrap } from '../../src/client/columns.ts';
import { formatEvent } from '../../src/client/eventline.ts';
import { LineSplitter } from '../../src/client/lines.ts';
import { prefixPaint } from '../../src/client/palette.ts';
import { Prefixer, prefixersFor } from '../../src/client/prefix.ts';
import { SgrOnly } from '../../src/client/sgr.ts';
import { formatMoment } from '../../src/core/daytime.ts';
import { formatFields } from '../../src/core/fields.ts';
import { formatLogLine } from '../../src/core/logline.ts';
import { ALICE, BOB } from '../support/people.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('LineSplitter', () => {
  test('gives whole lines, however the bytes are cut', () => {
    const bytes = utf8('é😀\nb\r\n\nlast');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), size => {
        const splitter = new LineSplitter();
        const lines: string[] = [];
        for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.push(bytes.subarray(at, at + size)));
        expect([...lines, ...splitter.end()]).toEqual(['é😀', 'b\r', '', 'last']);
      }),
    );
  });

  test('does not hold a line without end', () => {
    const splitter = new LineSplitter();
    const lines = Array.from({ length: 100 }, () => splitter.push(utf8('x'.repeat(5000)))).flat();
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.join('').length + splitter.end().join('').length).toBe(500_000);
  });
});

describe('SgrOnly', () => {
  const filter = (...pieces: readonly string[]): string => {
    const sgr = new SgrOnly();
    return pieces.map(piece => sgr.push(piece)).join('');
  };

  test.each([
    ['colours stay', '\x1b[1;31mred\x1b[0m \x1b[38:2::1:2:3mx\x1b[m', '\x1b[1;31mred\x1b[0m \x1b[38:2::1:2:3mx\x1b[m'],
    ['cursor, clearing and modes go', 'a\x1b[2J\x1b[10;5H\x1b[?1049hb\x1b[K\x1b[3;10rc', 'abc'],
    ['what only looks like a colour goes', '\x1b[>4;2m\x1b[?4mx', 'x'],
    ['titles go, ended by BEL or ST', '\x1b]0;title\x07a\x1b]2;t\x1b\\b\x1bP1$q\x1b\\c', 'abc'],
    ['other escapes go', '\x1b7\x1b(B\x1b=\x1bcx\x1b#8y', 'xy'],
    ['controls go, tab and newline stay', 'a\x07\b\x0b\r\tb\nc\x7f', 'a\tb\nc'],
    ['8-bit forms too', '\x9b2Ja\x9b31mb\x9d0;t\x9cc\x85', 'a\x1b[31mbc'],
    ['CAN ends a sequence', '\x1b[12\x18x', 'x'],
    ['a sequence within a string', '\x1b]0;t\x1b[31mx', '\x1b[31mx'],
  ])('%s', (_, text, shown) => {
    expect(filter(text)).toBe(shown);
    expect(filter(...text)).toBe(shown);
  });

  test('a sequence without end swallows only so much, and holds none of it', () => {
    expect(filter(`\x1b]0;${'t'.repeat(5000)}`, 'after')).toContain('after');
    expect(filter(`\x1b[${'1'.repeat(500)}`, 'm after')).toContain(' after');
  });

  test('overwriting keeps what rewrites the line, and nothing else besides', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const shown = new SgrOnly({ overwriting: true }).push(text);
        expect(shown.replaceAll(/\x1b\[[\d;:]*[mK]/g, '')).not.toMatch(/[\0-\x07\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
      }),
    );
    expect(new SgrOnly({ overwriting: true }).push('\x1b[K\x1b[?K\x1b[J\r\b\n')).toBe('\x1b[K\r\b\n');
  });

  test('leaves no control but colour, tab and newline, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(filter(text).replaceAll(/\x1b\[[\d;:]*m/g, '')).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
      }),
    );
  });
});

describe('Prefixer', () => {
  test('holds a partial line until it is complete or the end comes', () => {
    const prefixer = new Prefixer('web', { width: 5, terminal: false, paint: undefined });
    expect(prefixer.push(utf8('a\r\nb'))).toBe('web   | a\n');
    expect(prefixer.push(utf8('c'))).toBe('');
    expect(prefixer.end()).toBe('web   | bc\n');
  });

  test('for a terminal keeps colours, ends them with the line, and shows the last of what was overwritten', () => {
    const prefixer = new Prefixer('w', { width: 1, terminal: true, paint: undefined });
    expect(prefixer.push(utf8('\x1b[H\x1b[31mred\r\n10%\r20%\r\nplain\n'))).toBe(
      'w | \x1b[31mred\x1b[0m\nw | 20%\nw | plain\n',
    );
  });

  test('gives every name the same width and a colour of its own that is always the same', () => {
    const [web, db] = [...prefixersFor(['web', 'backend'], { terminal: false, color: true }).values()];
    expect(web?.push(utf8('x\n'))).toBe(`${prefixPaint('web')('web     |')} x\n`);
    expect(db?.push(utf8('x\n'))).toBe(`${prefixPaint('backend')('backend |')} x\n`);
  });
});

describe('formatLogLine', () => {
  const at = '2026-01-05T12:00:00.250Z';

  test.each([
    ['{"level":"info","time":"T","msg":"hi"}', 'NOW INFO  hi'],
    ['{"level":30,"time":"T","msg":"hi","hostname":"x"}', 'NOW INFO  hi'],
    [
      '{"level":"error","time":"T","msg":"a b","path":"/x y","n":1,"list":[1,"a"],"none":null}',
      'NOW ERROR a b path="/x y" n=1 list=[1,"a"]',
    ],
    ['{"level":"warn","time":"T"}', 'NOW WARN '],
    ['not json', 'not json'],
    ['[1]', '[1]'],
  ])('%s', (line, shown) => {
    expect(formatLogLine(line.replace('"T"', JSON.stringify(at)), false)).toBe(
      shown.replace('NOW', formatMoment(Date.parse(at))),
    );
  });

  test('colours the level alone', () => {
    expect(formatLogLine('{"level":"error","msg":"x"}', true)).toBe('\x1b[31mERROR\x1b[0m x');
  });
});

describe('formatEvent', () => {
  const say = (body: object, color = false): string =>
    formatEvent(JSON.stringify({ id: 1, at: 0, ...body }), { width: 11, color }).slice(25);

  test.each([
    [
      { type: 'process.state', process: 'web', from: 'STARTING', to: 'RUNNING', pid: 4, reason: null },
      'web          STARTING -> RUNNING   pid 4',
    ],
    [
      { type: 'process.state', process: 'web', from: 'BACKOFF', to: 'FATAL', pid: null, reason: 'no such file' },
      'web          BACKOFF  -> FATAL     no such file',
    ],
    [{ type: 'process.spawned', process: 'web', pid: 4, cause: 'policy' }, 'web          pid 4 runs (policy)'],
    [
      { type: 'process.spawned', process: 'web', pid: 4, cause: 'request', by: ALICE },
      'web          pid 4 runs (by alice@web1 pts/3)',
    ],
    [
      { type: 'process.state', process: 'web', from: 'RUNNING', to: 'STOPPING', pid: 4, reason: null, by: ALICE },
      'web          RUNNING  -> STOPPING  pid 4, by alice@web1 pts/3',
    ],
    [
      { type: 'request', verb: 'signal', what: ['SIGHUP', 'web'], times: 1, bytes: null, by: BOB },
      'taskmasterd  bob@web1 pts/4 (taskmasterctl from 10.0.0.5) asked: signal SIGHUP web',
    ],
    [
      { type: 'request', verb: 'input', what: ['web'], times: 9, bytes: 120, by: ALICE },
      'taskmasterd  alice@web1 pts/3 (taskmasterctl) asked: input web (120 bytes, 9 times)',
    ],
    [
      { type: 'viewer.attached', process: 'web', label: 'bob', origin: 'x', readOnly: true, reason: null, typed: 0 },
      'web          bob attached, read-only',
    ],
    [
      {
        type: 'viewer.detached',
        process: 'web',
        label: 'bob',
        origin: 'x',
        readOnly: false,
        reason: 'detached',
        typed: 1,
      },
      'web          bob left: detached, having typed 1 byte',
    ],
    [
      { type: 'process.exit', process: 'web', pid: 4, exit: { code: 3, signal: null }, expected: false, ranFor: 1500 },
      'web          pid 4 exited with 3 after 1.5 s, not expected',
    ],
    [
      { type: 'process.leftovers', process: 'web', pids: [8, 9], action: 'TERM' },
      'web          pids 8 9: left behind, sent TERM',
    ],
    [{ type: 'daemon.started', pid: 2 }, 'taskmasterd  started, pid 2'],
    [
      { type: 'daemon.stopping', reason: 'SIGTERM', waitingFor: ['a', 'b'] },
      'taskmasterd  stopping (SIGTERM), waiting for a, b',
    ],
    [{ type: 'daemon.dreaming', of: 'electric sheep' }, 'taskmasterd  daemon.dreaming of="electric sheep"'],
  ])('%j', (body, shown) => {
    expect(say(body)).toBe(shown);
  });

  test('colours the state that it came to', () => {
    const body = { type: 'process.state', process: 'web', from: 'STARTING', to: 'RUNNING', pid: null, reason: null };
    expect(say(body, true)).toContain('-> \x1b[32mRUNNING \x1b[0m');
  });
});

test('alignColumns lines up all but the last column', () => {
  expect(alignColumns([['a', 'bb', 'x'], ['aaa', 'b'], []])).toBe('a    bb  x\naaa  b\n\n');
});

test('wrap breaks at spaces', () => {
  expect(wrap('aa bb cc', 5)).toBe('aa bb\ncc\n');
  expect(wrap('longword b', 4, '  ')).toBe('  longword\n  b\n');
});

test('formatFields quotes what a reader could misread', () => {
  expect(formatFields({ a: 'x', b: 'x y', c: '', d: 'k=v', e: true, f: { g: 1 }, h: undefined })).toBe(
    'a=x b="x y" c="" d="k=v" e=true f={"g":1}',
  );
});
