import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Input, Key } from '../../../src/client/line/key.ts';
import { KeyReader } from '../../../src/client/line/keyreader.ts';
import { PARTIAL_WAIT } from '../../../src/core/keys.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const encoder = new TextEncoder();

/** Everything that the reads brought, and what came when they were followed by silence. */
function read(...reads: readonly (string | Uint8Array)[]): Input[] {
  const clock = new FakeClock();
  const inputs: Input[] = [];
  using reader = new KeyReader(clock, input => inputs.push(input));
  for (const bytes of reads) reader.feed(typeof bytes === 'string' ? encoder.encode(bytes) : bytes);
  clock.advance(PARTIAL_WAIT);
  expect(clock.pending).toBe(0);
  return inputs;
}

/** `C-a`, `M-left`, and characters as they are. */
function nameOf({ name, text, ctrl, meta, shift }: Key): string {
  return `${ctrl ? 'C-' : ''}${meta ? 'M-' : ''}${shift ? 'S-' : ''}${name === 'text' ? text : name}`;
}

function toldOf(input: Input): string {
  switch (input.type) {
    case 'key':
      return nameOf(input.key);
    case 'paste':
      return `paste ${JSON.stringify(input.text)}`;
    case 'mouse': {
      const { action, button, x, y, ctrl, meta, shift } = input.mouse;
      return `${ctrl ? 'C-' : ''}${meta ? 'M-' : ''}${shift ? 'S-' : ''}${action} ${button} ${x},${y}`;
    }
    case 'focus':
      return input.isFocused ? 'focus' : 'blur';
    case 'reply':
      return 'reply';
  }
}

const told = (inputs: readonly Input[]): string[] => inputs.map(toldOf);

const keys = (...reads: readonly (string | Uint8Array)[]): string[] => told(read(...reads));

describe('the keys of a terminal', () => {
  test.each([
    ['ab é日😀', ['a', 'b', ' ', 'é', '日', '😀']],
    ['\x00\x01\x1a\x1c\x1f', ['C-@', 'C-a', 'C-z', 'C-\\', 'C-_']],
    ['\t\r\n\x08\x7f', ['tab', 'enter', 'C-j', 'C-h', 'backspace']],
    ['\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F', ['up', 'down', 'right', 'left', 'home', 'end']],
    ['\x1bOA\x1bOB\x1bOH\x1bOP\x1bOS\x1bOy', ['up', 'down', 'home', 'f1', 'f4', '9']],
    [
      '\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~\x1b[7~\x1b[8~',
      ['home', 'insert', 'delete', 'end', 'pageup', 'pagedown', 'home', 'end'],
    ],
    ['\x1b[11~\x1b[15~\x1b[17~\x1b[24~\x1b[[A', ['f1', 'f5', 'f6', 'f12', 'f1']],
    ['\x1b[1;5D\x1b[1;3C\x1b[1;2A\x1b[3;5~\x1b[Z', ['C-left', 'M-right', 'S-up', 'C-delete', 'S-tab']],
    ['\x1bb\x1bé\x1b\x7f\x1b\x02\x1b<', ['M-b', 'M-é', 'M-backspace', 'C-M-b', 'M-<']],
    // kitty's protocol, fixterms, xterm's modifyOtherKeys
    ['\x1b[97u\x1b[97;5u\x1b[98;3u\x1b[13u\x1b[27u\x1b[9;2u', ['a', 'C-a', 'M-b', 'enter', 'escape', 'S-tab']],
    [
      '\x1b[27;5;114~\x1b[13;2u\x1b[127;5u\x1b[233u\x1b[57400u\x1b[57419u',
      ['C-r', 'S-enter', 'C-backspace', 'é', '1', 'up'],
    ],
    ['\x1b[97;1:3u\x1b[57441;2u\x1b[57363u', []], // a release, a bare Shift, a key that types nothing
    ['\x1b[1;5:3D\x1b[1;129D', ['left']], // a release; NumLock changes nothing
    ['\x1b[99999~\x1b[1;2;3y', []],
  ])('%j', (text, names) => {
    expect(keys(text)).toEqual(names);
  });

  test('a lone Escape is one once nothing has followed for 20 ms', () => {
    expect(keys('\x1b')).toEqual(['escape']);
    expect(keys('\x1b', '[A')).toEqual(['up']);
    expect(keys('\x1b\x1b')).toEqual(['escape', 'escape']);
    expect(keys('\x1b[')).toEqual(['M-[']);
    expect(keys('\x1bO')).toEqual(['M-O']);
    expect(keys('\x1b[1;')).toEqual([]);
    const clock = new FakeClock();
    const inputs: Input[] = [];
    using reader = new KeyReader(clock, input => inputs.push(input));
    reader.feed(encoder.encode('\x1b'));
    clock.advance(PARTIAL_WAIT - 1);
    expect(inputs).toEqual([]);
    clock.advance(1);
    reader.feed(encoder.encode('[A'));
    expect(told(inputs)).toEqual(['escape', '[', 'A']);
  });

  test('a paste is one, whatever is in it and however it is cut', () => {
    const text = 'a\x1b[A\r\n日\x1b[201';
    for (let cut = 0; cut <= text.length; cut++) {
      const [one, two] = [`\x1b[200~${text.slice(0, cut)}`, `${text.slice(cut)}\x1b[201~b`];
      const inputs = read(one, two);
      const pasted = inputs.map(input => (input.type === 'paste' ? input.text : '')).join('');
      expect(pasted).toBe(text);
      expect(told(inputs).at(-1)).toBe('b');
    }
  });

  test('a paste whose beginning was late is one still', () => {
    const clock = new FakeClock();
    const inputs: Input[] = [];
    using reader = new KeyReader(clock, input => inputs.push(input));
    reader.feed(encoder.encode('\x1b[20'));
    clock.advance(PARTIAL_WAIT);
    reader.feed(encoder.encode('0~stop all\r\x1b[201~'));
    expect(told(inputs)).toEqual(['paste "stop all\\r"']);
  });

  test('the mouse, in all its encodings', () => {
    expect(keys('\x1b[<0;3;4M\x1b[<32;4;4M\x1b[<0;4;4m')).toEqual([
      'press left 2,3',
      'drag left 3,3',
      'release left 3,3',
    ]);
    expect(keys('\x1b[<64;1;1M\x1b[<65;1;1M\x1b[<66;1;1M\x1b[<35;9;9M')).toEqual([
      'wheelup none 0,0',
      'wheeldown none 0,0',
    ]);
    expect(keys('\x1b[<28;1;1M')).toEqual(['C-M-S-press left 0,0']);
    expect(keys('\x1b[M !!', '\x1b[M#!!')).toEqual(['press left 0,0', 'release none 0,0']);
    expect(keys('\x1b[32;300;2M')).toEqual(['press left 299,1']);
  });

  test('focus, and answers, which nobody typed', () => {
    expect(keys('\x1b[I\x1b[O')).toEqual(['focus', 'blur']);
    expect(keys('\x1b[?62;22c\x1b]11;rgb:0/0/0\x1b\\\x1b[24;80R\x1bP1$r0m\x1b\\x')).toEqual([
      'reply',
      'reply',
      'reply',
      'reply',
      'x',
    ]);
  });

  test('what is no UTF-8 is passed over', () => {
    expect(keys(Uint8Array.of(0xff, 0x61, 0xc3), Uint8Array.of(0x28, 0x62))).toEqual(['a', '(', 'b']);
    expect(keys(Uint8Array.of(0x1b, 0xc3), Uint8Array.of(0xa9))).toEqual(['M-é']);
  });

  test('however the bytes are cut, the same is read, and its bytes are those that came', () => {
    const pieces = [
      'a',
      'é',
      '😀',
      '\x01',
      '\x1b[A',
      '\x1bOB',
      '\x1bb',
      '\x1b[<0;3;4M',
      '\x1b[97;5u',
      '\x1b[?62c',
      '\x1b[3~',
      '\x1b[I',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), fc.array(fc.nat(60)), (parts, cuts) => {
        const bytes = encoder.encode(parts.join(''));
        const places = [...new Set([0, ...cuts.filter(cut => cut < bytes.length), bytes.length])].sort((a, b) => a - b);
        const reads = places.slice(1).map((to, i) => bytes.slice(places[i], to));
        const inputs = read(...reads);
        expect(told(inputs)).toEqual(keys(bytes));
        expect(inputs).toHaveLength(parts.length);
        expect(Buffer.concat(inputs.map(input => input.bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});
