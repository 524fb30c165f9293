/** The pure parts of attaching, and those that take their surroundings as arguments. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chordFor, givenChord } from '../../src/client/attach/detachkeys.ts';
import { type Ending, exitCodeFor, lineFor } from '../../src/client/attach/ending.ts';
import { EndMarkReader } from '../../src/client/attach/endmark.ts';
import { FrameError, FrameReader, frameOf, OPCODE } from '../../src/client/attach/frames.ts';
import { isOwnTerminal, refusalOf } from '../../src/client/attach/refusal.ts';
import { TYPING_LIMIT, Typing } from '../../src/client/attach/typing.ts';
import { TerminalWriter } from '../../src/client/attach/writer.ts';
import { UsageError } from '../../src/client/verb.ts';
import { INPUT_WINDOW } from '../../src/protocol/frames.ts';
import { FakeClock } from '../support/fake-clock.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('refusalOf', () => {
  const here = { name: 'web', env: { TERM: 'xterm' }, isTerminal: true };

  test('has nothing against a terminal, whatever it runs in', () => {
    for (const env of [{}, { TMUX: 'x' }, { STY: 'y' }, { SSH_TTY: '/dev/pts/1' }, { TASKMASTER_ID: 'abc:db:1' }])
      expect(refusalOf({ ...here, env })).toBeUndefined();
  });

  test.each([
    [{ ...here, isTerminal: false }, /^cannot attach: standard input and output must be a terminal; /],
    [{ ...here, env: { TERM: 'dumb' } }, /^cannot attach: a terminal with TERM=dumb cannot show a screen; /],
  ])('says what can be done instead', (circumstances, sentence) => {
    expect(refusalOf(circumstances)).toMatch(sentence);
    for (const instead of ['`tail -f web`', '`send web TEXT --enter`', '`screen web`'])
      expect(refusalOf(circumstances)).toContain(instead);
  });

  test('knows the terminal of the process itself, and no other', () => {
    const env = { TASKMASTER_ID: 'abc:web:web_00:3' };
    expect(isOwnTerminal(env, 'abc', 'web:web_00')).toBe(true);
    expect(isOwnTerminal(env, 'abc', 'web:web_01')).toBe(false);
    expect(isOwnTerminal(env, 'def', 'web:web_00')).toBe(false);
    expect(isOwnTerminal(env, undefined, 'web:web_00')).toBe(false);
    expect(isOwnTerminal({}, undefined, '')).toBe(false);
  });
});

describe('detach keys', () => {
  test("the option before the variable, before the daemon's, before the usual ones", () => {
    const env = { TASKMASTER_DETACH_KEYS: 'ctrl-b' };
    const chosen = (option?: string, variables: Record<string, string> = {}, daemon: string | null = null) =>
      chordFor(givenChord(option, variables), daemon).keys;
    expect(chosen('ctrl-a', env, 'ctrl-c')).toEqual([1]);
    expect(chosen(undefined, env, 'ctrl-c')).toEqual([2]);
    expect(chosen(undefined, { TASKMASTER_DETACH_KEYS: '' }, 'ctrl-c')).toEqual([3]);
    expect(chosen()).toEqual([2, 'd'.charCodeAt(0)]);
    expect(chosen(undefined, {}, 'what is this')).toEqual([2, 'd'.charCodeAt(0)]);
  });

  test('a mistake is told with the place where it was made', () => {
    expect(() => givenChord('^b', {})).toThrow(UsageError);
    expect(() => givenChord('^b', {})).toThrow(/^cannot read --detach-keys "\^b": /);
    expect(() => givenChord(undefined, { TASKMASTER_DETACH_KEYS: '' })).not.toThrow();
    expect(() => givenChord(undefined, { TASKMASTER_DETACH_KEYS: 'x,,y' })).toThrow(/TASKMASTER_DETACH_KEYS/);
  });
});

test.each<[Ending, string | undefined, number]>([
  [{ kind: 'detached' }, '[detached from web]', 0],
  [{ kind: 'sent away', text: 'detached by ada' }, '[detached by ada]', 0],
  [{ kind: 'sent away', text: '' }, '[detached from web]', 0],
  [{ kind: 'exit', code: 3, text: 'web exited with code 3' }, '[web exited with code 3]', 3],
  [{ kind: 'exit', code: 7, text: 'a\x1b[31mb\r\n' }, '[a [31mb]', 7],
  [{ kind: 'lost', reason: '' }, '[the daemon went away]', 7],
  [{ kind: 'lost', reason: 'too slow' }, '[the daemon closed the connection: too slow]', 7],
  [{ kind: 'signal', number: 15, name: 'SIGTERM' }, '[detached from web: SIGTERM]', 143],
  [{ kind: 'hung up' }, undefined, 129],
  [{ kind: 'suspended', isContinued: false }, undefined, 0],
])('%j is told as %j and exits with %d', (ending, line, code) => {
  expect([lineFor(ending, 'web'), exitCodeFor(ending)]).toEqual([line, code]);
});

test('the end mark is found wherever it is cut, behind anything', () => {
  const all = bytes('\x1b[100;1:3u\x1b[<0;3;4m\x1b]11;rgb:0/0/0\x07x\x1b[?62;22c');
  for (let cut = 0; cut < all.length; cut++) {
    const reader = new EndMarkReader();
    expect([reader.push(all.subarray(0, cut)), reader.push(all.subarray(cut))]).toEqual([false, true]);
  }
  expect(new EndMarkReader().push(bytes('\x1b[?1;2;'.repeat(99)))).toBe(false);
});

describe('frames', () => {
  interface Read {
    readonly binary: Uint8Array[];
    readonly texts: string[];
    readonly controls: [number, string][];
    readonly ends: number;
  }

  function read(stream: Uint8Array, sizes: readonly number[]): Read {
    const found = { binary: [] as Uint8Array[], texts: [] as string[], controls: [] as [number, string][], ends: 0 };
    const reader = new FrameReader({
      binary: (piece, isEnd) => {
        found.binary.push(piece);
        if (isEnd) found.ends++;
      },
      text: text => found.texts.push(text),
      control: (opcode, payload) => found.controls.push([opcode, Buffer.from(payload).toString()]),
    });
    for (let at = 0, i = 0; at < stream.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      reader.push(stream.subarray(at, at + size));
      at += size;
    }
    return found;
  }

  /** A server's frame: as a client's, without the mask. */
  function served(opcode: number, payload: Uint8Array, isFinal = true): Uint8Array {
    const { length } = payload;
    const head =
      length < 126
        ? [length]
        : length <= 0xffff
          ? [126, length >> 8, length & 255]
          : [127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
    return Buffer.concat([Uint8Array.of((isFinal ? 0x80 : 0) | opcode, ...head), payload]);
  }

  test('are read however the stream is cut, with control frames within messages', () => {
    const long = new Uint8Array(70_000).map((_, i) => i);
    const stream = Buffer.concat([
      served(OPCODE.text, bytes('{"type":"é"}')),
      served(OPCODE.binary, long.subarray(0, 300), false),
      served(OPCODE.ping, bytes('still there?')),
      served(OPCODE.more, long.subarray(300, 300), false),
      served(OPCODE.more, long.subarray(300)),
      served(OPCODE.binary, new Uint8Array(0)),
      served(OPCODE.text, bytes('{"a'), false),
      served(OPCODE.more, bytes('b"}')),
      served(OPCODE.close, new Uint8Array(0)),
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 5 }), sizes => {
        const found = read(stream, sizes);
        expect(found.texts).toEqual(['{"type":"é"}', '{"ab"}']);
        expect(found.controls).toEqual([
          [OPCODE.ping, 'still there?'],
          [OPCODE.close, ''],
        ]);
        expect(found.ends).toBe(2);
        expect(Buffer.concat(found.binary).equals(long)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('hands on a binary message as it comes', () => {
    const stream = served(OPCODE.binary, bytes('abcdef'));
    const found = read(stream.subarray(0, 5), [5]);
    expect(Buffer.concat(found.binary).toString()).toBe('abc');
  });

  test.each([
    ['an extension', Uint8Array.of(0xc2, 0)],
    ['a mask', Uint8Array.of(0x82, 0x80)],
    ['nothing to continue', Uint8Array.of(0x80, 0)],
    ['a message in a message', Uint8Array.of(0x02, 0, 0x82, 0)],
    ['a cut control frame', Uint8Array.of(0x09, 0)],
    ['a long control frame', Uint8Array.of(0x89, 126, 0, 126)],
    ['an unknown opcode', Uint8Array.of(0x83, 0)],
    ['a text without an end', Uint8Array.of(0x81, 127, 0, 0, 0, 0, 1, 0, 0, 0)],
    ['a length beyond all', Uint8Array.of(0x82, 127, 255, 0, 0, 0, 0, 0, 0, 0)],
  ])('refuse %s', (_, stream) => {
    expect(() => read(stream, [1])).toThrow(FrameError);
  });

  test.each([0, 125, 126, 65_535, 65_536])('of a client carry %d bytes behind a mask of zero', length => {
    const payload = new Uint8Array(length).fill(7);
    const frame = frameOf(OPCODE.binary, payload);
    const head = length <= 125 ? 2 : length <= 65_535 ? 4 : 10;
    expect([frame[0], (frame[1] ?? 0) & 0x80, frame.length]).toEqual([0x82, 0x80, head + 4 + length]);
    expect(frame.subarray(head, head + 4)).toEqual(new Uint8Array(4));
    const unmasked = Buffer.concat([frame.subarray(0, head), payload]);
    unmasked[1] = (unmasked[1] ?? 0) & 0x7f;
    expect(Buffer.concat(read(unmasked, [1000]).binary).equals(payload)).toBe(true);
  });
});

describe('Typing', () => {
  test('sends at once what the window lets out, and the rest as it is taken, in order', () => {
    const sent: Uint8Array[] = [];
    const typing = new Typing(piece => sent.push(piece));
    typing.add(bytes('a'));
    typing.add(bytes('bc'));
    expect(sent.map(piece => piece.length)).toEqual([1, 2]);
    const paste = new Uint8Array(1_000_000).map((_, i) => i * 7);
    typing.add(paste);
    const length = (): number => sent.reduce((sum, piece) => sum + piece.length, 0);
    expect(length()).toBe(INPUT_WINDOW);
    expect(Math.max(...sent.map(piece => piece.length))).toBeLessThanOrEqual(INPUT_WINDOW / 4);
    for (let taken = 0; taken < 1_000_003; taken += 10_000) {
      typing.confirm(taken);
      expect(length()).toBeLessThanOrEqual(taken + INPUT_WINDOW);
    }
    expect(Buffer.concat(sent).equals(Buffer.concat([bytes('abc'), paste]))).toBe(true);
  });

  test('is full at its limit, until a part was taken', () => {
    const typing = new Typing(() => {});
    typing.add(new Uint8Array(TYPING_LIMIT + INPUT_WINDOW - 1));
    expect(typing.isFull).toBe(false);
    typing.add(new Uint8Array(1));
    expect(typing.isFull).toBe(true);
    typing.confirm(1);
    expect(typing.isFull).toBe(false);
  });

  test('believes no count that cannot be', () => {
    const sent: Uint8Array[] = [];
    const typing = new Typing(piece => sent.push(piece));
    typing.add(bytes('abc'));
    typing.confirm(1e9);
    typing.add(new Uint8Array(INPUT_WINDOW + 1));
    expect(sent.reduce((sum, piece) => sum + piece.length, 0)).toBe(3 + INPUT_WINDOW);
  });
});

describe('TerminalWriter', () => {
  function setUp() {
    const clock = new FakeClock();
    const state = { room: 0, text: '', written: '', settled: 0, gone: 0, error: undefined as string | undefined };
    let waiting: { readonly piece: Uint8Array; readonly done: (error: Error | undefined) => void } | undefined;
    /** The terminal takes so many bytes, the few that it was left with first. */
    const take = (room: number): void => {
      state.room += room;
      if (waiting === undefined || state.room < waiting.piece.length) return;
      const { piece, done } = waiting;
      waiting = undefined;
      state.room -= piece.length;
      state.text += Buffer.from(piece).toString();
      done(undefined);
    };
    const hangUp = (): void => waiting?.done(new Error('write EIO'));
    const writer = new TerminalWriter({
      clock,
      write: piece => {
        if (state.error !== undefined) throw Object.assign(new Error('x'), { code: state.error, syscall: 'write' });
        const length = Math.min(state.room, piece.length);
        if (length === 0) throw Object.assign(new Error('x'), { code: 'EAGAIN', syscall: 'write' });
        state.room -= length;
        state.text += Buffer.from(piece.subarray(0, length)).toString();
        return length;
      },
      writeWhenReady: (piece, done) => {
        waiting = { piece, done };
      },
      onWritten: piece => {
        state.written += Buffer.from(piece).toString();
      },
      onSettled: () => state.settled++,
      onGone: () => state.gone++,
    });
    return { clock, state, writer, take, hangUp };
  }

  test('writes nothing before it is started, then all in order', () => {
    const { state, writer } = setUp();
    state.room = 100;
    writer.write(bytes('abc'));
    writer.say(() => `<${state.written}>`);
    writer.write(bytes('def'));
    expect([state.text, writer.waiting]).toEqual(['', 6]);
    writer.start();
    expect([state.text, state.written, writer.isIdle, writer.waiting]).toEqual(['abc<abc>def', 'abcdef', true, 0]);
  });

  test('leaves a terminal that takes nothing with a few bytes, and goes on when it has taken them', () => {
    const { clock, state, writer, take } = setUp();
    const all = 'abcdefgh'.repeat(100);
    writer.start();
    writer.write(bytes(all));
    expect([state.written, writer.isIdle, clock.pending]).toEqual(['', false, 0]);
    expect(writer.waiting).toBeGreaterThan(700);
    take(100);
    expect(state.written).toBe(all.slice(0, 100));
    take(1000);
    expect([state.written, state.text, writer.isIdle, writer.waiting]).toEqual([all, all, true, 0]);
  });

  test('gives others their turn in a flood', () => {
    const { clock, state, writer } = setUp();
    state.room = 10_000_000;
    for (let i = 0; i < 3; i++) writer.write(new Uint8Array(200_000).fill(65));
    writer.start();
    expect([state.written.length, writer.isIdle]).toEqual([400_000, false]);
    clock.advance(0);
    expect([state.written.length, writer.isIdle]).toEqual([600_000, true]);
  });

  test('forgets what waits when it is abandoned, but for what the terminal has been left with', () => {
    const { state, writer, take } = setUp();
    writer.start();
    writer.write(bytes('x'.repeat(500)));
    writer.abandon();
    writer.say(() => `<${state.written.length}>wörds`);
    expect([state.text, writer.isIdle]).toEqual(['', false]);
    take(64 + 5);
    take(100);
    expect([state.text, state.written.length, writer.isIdle]).toEqual([`${'x'.repeat(64)}<64>wörds`, 64, true]);
  });

  test('knows that the terminal is gone while it waits for it', () => {
    const { state, writer, hangUp } = setUp();
    writer.start();
    writer.write(bytes('abc'));
    hangUp();
    hangUp();
    expect([state.gone, state.written, writer.isIdle]).toEqual([1, '', true]);
  });

  test('says once that the terminal is gone, and is quiet then', () => {
    const { clock, state, writer } = setUp();
    writer.start();
    state.error = 'EIO';
    writer.write(bytes('abc'));
    writer.write(bytes('def'));
    clock.advance(100);
    expect([state.gone, writer.isIdle, clock.pending]).toEqual([1, true, 0]);
  });
});
