/** The chord that detaches, found in everything a terminal may send. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHORD_WAIT, ChordMatcher, PARTIAL_WAIT } from '../../src/core/keys.ts';

const CTRL_B_D = [2, 100];

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, character => character.charCodeAt(0));
}

function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, byte => String.fromCharCode(byte)).join('');
}

/** What becomes of some reads, 1 ms apart, until a chord. */
function run(
  reads: readonly string[],
  keys: readonly number[] = CTRL_B_D,
): { pass: string; detached: boolean; rest: string } {
  const matcher = new ChordMatcher({ keys });
  let pass = '';
  for (const [now, read] of reads.entries()) {
    const matched = matcher.feed(bytesOf(read), now * 0.001);
    pass += textOf(matched.pass);
    if (matched.detached) return { pass, detached: true, rest: textOf(matched.rest) + reads.slice(now + 1).join('') };
  }
  const partial = matcher.expire(1 + PARTIAL_WAIT);
  const last = matcher.expire(1 + PARTIAL_WAIT + CHORD_WAIT);
  expect(matcher.deadline).toBeUndefined();
  return {
    pass: pass + textOf(partial.pass) + textOf(last.pass),
    detached: partial.detached || last.detached,
    rest: '',
  };
}

/** All ways to split a text in two, and the one into single bytes. */
function splits(text: string): string[][] {
  return [...Array.from({ length: text.length }, (_, i) => [text.slice(0, i), text.slice(i)]), [...text]];
}

/** The keys of Ctrl-B d, as terminals encode them. */
const CTRL_B: Readonly<Record<string, string>> = {
  legacy: '\x02',
  'CSI u': '\x1b[98;5u',
  'upper case, as with caps lock in xterm': '\x1b[66;5u',
  'kitty: event type': '\x1b[98;5:1u',
  'kitty: a repeat whose press was elsewhere': '\x1b[98;5:2u',
  'kitty: alternate keys': '\x1b[98:66;5u',
  'kitty: base layout': '\x1b[98::98;5u',
  'kitty: Cyrillic': '\x1b[1080::98;5u',
  'kitty: Cyrillic, all alternate keys': '\x1b[1080:1048:98;5:1u',
  'kitty: caps lock': '\x1b[98;69u',
  'kitty: num lock': '\x1b[98;133u',
  'kitty: both locks and event type': '\x1b[98;197:1u',
  'kitty: with empty text': '\x1b[98;5;u',
  'kitty: release': '\x1b[98;5u\x1b[98;5:3u',
  'kitty: release without Ctrl': '\x1b[98;5u\x1b[98;1:3u',
  'kitty: repeats': '\x1b[98;5:1u\x1b[98;5:2u\x1b[98;5:2u\x1b[98;5:3u',
  modifyOtherKeys: '\x1b[27;5;98~',
  'modifyOtherKeys with caps lock': '\x1b[27;5;66~',
};

const D: Readonly<Record<string, string>> = {
  legacy: 'd',
  'CSI u': '\x1b[100u',
  'kitty: modifiers': '\x1b[100;1u',
  'kitty: event type': '\x1b[100;1:1u',
  'kitty: text': '\x1b[100;;100u',
  'kitty: event type and text': '\x1b[100;1:1;100u',
  'kitty: caps lock': '\x1b[100;65u',
  'kitty: caps lock and its text': '\x1b[100;65;68u',
  'kitty: num lock': '\x1b[100;129u',
  'kitty: Cyrillic': '\x1b[1074::100;;1074u',
  modifyOtherKeys: '\x1b[27;1;100~',
};

describe('every encoding', () => {
  test.each(
    Object.entries(CTRL_B).flatMap(([a, first]) => Object.entries(D).map(([b, second]) => [a, b, first + second])),
  )('%s, then %s', (_a, _b, chord) => {
    for (const reads of splits(chord))
      expect(run(reads), JSON.stringify(reads)).toEqual({ pass: '', detached: true, rest: '' });
    for (const reads of splits(`ls\r${chord}x`))
      expect(run(reads)).toEqual({ pass: 'ls\r', detached: true, rest: 'x' });
  });

  test.each([
    ['ctrl-\\', [0x1c], ['\x1c', '\x1b[92;5u', '\x1b[27;5;92~', '\x1b[52;5u']],
    ['ctrl-space', [0], ['\0', '\x1b[32;5u', '\x1b[64;5u', '\x1b[50:64;6u', '\x1b[27;6;64~']],
    ['ctrl-^', [0x1e], ['\x1e', '\x1b[54;5u', '\x1b[54;6u', '\x1b[54:94;6u', '\x1b[27;6;94~', '\x1b[94;5u']],
    ['ctrl-]', [0x1d], ['\x1d', '\x1b[93;5u', '\x1b[1098::93;5u']],
    ['ctrl-_', [0x1f], ['\x1f', '\x1b[45:95;6u', '\x1b[47;5u', '\x1b[45;6u']],
    ['ctrl-m', [13], ['\r', '\x1b[109;5u', '\x1b[13u', '\x1b[57414u']],
    ['ctrl-i', [9], ['\t', '\x1b[105;5u', '\x1b[9u']],
    ['ctrl-?', [127], ['\x7f', '\x1b[127u', '\x1b[47:63;6u']],
    ['ctrl-[', [27], ['\x1b[91;5u', '\x1b[27u', '\x1b[27;5;91~']],
    ['D', [68], ['D', '\x1b[100;2u', '\x1b[100:68;2u', '\x1b[100:68;2;68u', '\x1b[27;2;68~']],
    ['?', [63], ['?', '\x1b[47;2u', '\x1b[47:63;2u', '\x1b[47;2;63u']],
    ['@', [64], ['@', '\x1b[113;;64u']],
    ['5', [53], ['5', '\x1b[57404u', '\x1b[57404;129u', '\x1b[40:53;2u']],
  ])('the chord %s', (_name, keys, encodings) => {
    for (const encoding of encodings) {
      for (const reads of splits(encoding))
        expect(run(reads, keys), JSON.stringify(reads)).toEqual({ pass: '', detached: true, rest: '' });
    }
  });

  test('the Escape key ends a chord once nothing follows it', () => {
    expect(run(['\x1b'], [27])).toEqual({ pass: '', detached: true, rest: '' });
    expect(run(['\x1b\x1b'], [27, 27])).toEqual({ pass: '', detached: true, rest: '' });
    expect(run(['\x1b[A'], [27])).toEqual({ pass: '\x1b[A', detached: false, rest: '' });
  });
});

describe('what is not the chord', () => {
  test.each([
    ['D', '\x02D'],
    ['Alt-Ctrl-B', '\x1b\x02d'],
    ['Alt-d', '\x02\x1bd'],
    ['Ctrl-Shift-B', '\x1b[98;6ud'],
    ['Ctrl-Shift-B by its shifted name', '\x1b[27;6;66~d'],
    ['Ctrl-Alt-B', '\x1b[98;7ud'],
    ['Super-Ctrl-B', '\x1b[98;13ud'],
    ['plain b', '\x1b[98ud'],
    ['Ctrl-D', '\x02\x1b[100;5u'],
    ['shifted D', '\x02\x1b[100;2u'],
    ['the place of B on Dvorak, X', '\x1b[120::98;5ud'],
    ['another key between', '\x02xd'],
    ['an arrow between', '\x02\x1b[Ad'],
    ['an arrow of application mode between', '\x02\x1bOAd'],
    ['F3 with Shift between', '\x02\x1b[1;2Rd'],
    ['only releases', '\x1b[98;5:3u\x1b[100;1:3u'],
    ['a release that is no press', '\x02\x1b[100;1:3u'],
    ['d alone', 'd\x02'],
    ['F1 of the Linux console', '\x02\x1b[[Ad'],
  ])('%s', (_name, typed) => {
    for (const reads of splits(typed))
      expect(run(reads), JSON.stringify(reads)).toEqual({ pass: typed, detached: false, rest: '' });
  });
});

describe('the first key twice', () => {
  test.each(Object.entries(CTRL_B).filter(([name]) => !/release|repeat/.test(name)))('%s passes once', (_name, key) => {
    for (const reads of splits(`a${key}${key}d`))
      expect(run(reads)).toEqual({ pass: `a${key}d`, detached: false, rest: '' });
    for (const reads of splits(`${key}${key}${key}d`))
      expect(run(reads)).toEqual({ pass: key, detached: true, rest: '' });
  });

  test('passes the second with its release, whatever the encodings', () => {
    const [down, up] = ['\x1b[98;5u', '\x1b[98;5:3u'];
    expect(run([down, up, down, up]).pass).toBe(down + up);
    expect(run(['\x02', down]).pass).toBe(down);
    expect(run([down, up, '\x02']).pass).toBe('\x02');
  });

  test('passes its repeats while it is down', () => {
    const [down, again, up] = ['\x1b[98;5u', '\x1b[98;5:2u', '\x1b[98;5:3u'];
    expect(run([down, up, down, again, again, up]).pass).toBe(down + again + again + up);
  });
});

describe('chords that begin as they go on', () => {
  test.each([
    ['a,a,b', 'aab', ''],
    ['a,a,b', 'aaab', 'a'],
    ['a,a,b', 'xaaaaab', 'xaaa'],
    ['a,a,b', 'abaab', 'ab'],
    ['a,b,a,c', 'ababac', 'ab'],
    ['a,b,a,c', 'abaxabac', 'abax'],
    ['a,b,a,c', 'aabac', undefined],
  ])('%s in %s', (chord, typed, pass) => {
    const keys = chord.split(',').map(key => key.charCodeAt(0));
    for (const reads of splits(typed)) {
      const matched = run(reads, keys);
      expect(matched.detached).toBe(pass !== undefined);
      expect(matched.pass).toBe(pass ?? 'abac');
    }
  });

  test('docker: Ctrl-P Ctrl-Q', () => {
    expect(run(['\x10\x11'], [16, 17])).toEqual({ pass: '', detached: true, rest: '' });
    expect(run(['\x10\x10\x11'], [16, 17])).toEqual({ pass: '\x10\x11', detached: false, rest: '' });
    expect(run(['\x10', 'x'], [16, 17]).pass).toBe('\x10x');
  });
});

describe('releases go the way of their presses', () => {
  const [ctrl, ctrlUp] = ['\x1b[57442;5u', '\x1b[57442;1:3u'];
  const [b, bUp] = ['\x1b[98;5u', '\x1b[98;1:3u'];

  test('bare modifiers pass and do not break a chord', () => {
    for (const reads of splits(`${ctrl}${b}${bUp}${ctrlUp}\x1b[100u`)) {
      expect(run(reads)).toEqual({ pass: ctrl + ctrlUp, detached: true, rest: '' });
    }
    expect(run([`${b}\x1b[57358;64u\x1b[57358;64:3ud`]).detached).toBe(true);
  });

  test('what comes after the chord is given back, and dropped when it is fed', () => {
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    const matched = matcher.feed(bytesOf(`${b}\x1b[100u\x1b[98;1:3u`), 0);
    expect(textOf(matched.rest)).toBe('\x1b[98;1:3u');
    expect(textOf(matcher.feed(matched.rest, 1).pass)).toBe('');
    expect(textOf(matcher.feed(bytesOf('\x1b[100;1:3u\x1b[120;1:3u'), 2).pass)).toBe('\x1b[120;1:3u');
  });

  test('a key that was no chord in the end passes with its release', () => {
    expect(run([b, bUp, 'x']).pass).toBe(`${b}${bUp}x`);
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    expect(textOf(matcher.feed(bytesOf(b), 0).pass)).toBe('');
    expect(textOf(matcher.expire(CHORD_WAIT).pass)).toBe(b);
    expect(textOf(matcher.feed(bytesOf(bUp), CHORD_WAIT + 1).pass)).toBe(bUp);
  });

  test('the release of a key pressed before the chord passes in its middle', () => {
    expect(run(['\x1b[120u', b, '\x1b[120;1:3u', 'd'])).toEqual({
      pass: '\x1b[120u\x1b[120;1:3u',
      detached: true,
      rest: '',
    });
  });

  test('a key that is held down is passed after a second, and repeats from then on', () => {
    const again = '\x1b[98;5:2u';
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    const passes = [0, 500, 600, 999, 1001, 1100].map(now =>
      textOf(matcher.feed(bytesOf(now === 0 ? b : again), now).pass),
    );
    expect(passes).toEqual(['', '', '', '', b + again + again + again + again, again]);
    expect(textOf(matcher.feed(bytesOf(bUp), 1200).pass)).toBe(bUp);
    expect(matcher.feed(bytesOf(`${again}d`), 1300).detached).toBe(true);
  });
});

describe('pastes', () => {
  const begin = '\x1b[200~';
  const end = '\x1b[201~';

  test('a chord in one is text', () => {
    for (const chord of ['\x02d', '\x1b[98;5ud', '\x1b[200~\x02d', '\x1b[201\x02d', '\x1b\x1b[20\x02d']) {
      const pasted = `${begin}${chord}${end}`;
      for (const reads of splits(pasted))
        expect(run(reads), JSON.stringify(reads)).toEqual({ pass: pasted, detached: false, rest: '' });
      for (const reads of splits(`${pasted}\x02d`))
        expect(run(reads)).toEqual({ pass: pasted, detached: true, rest: '' });
    }
  });

  test('one breaks a chord off, and lasts hours', () => {
    for (const reads of splits(`\x02${begin}d`)) expect(run(reads).pass).toBe(`\x02${begin}d`);
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    matcher.feed(bytesOf(`${begin}x`), 0);
    expect(matcher.deadline).toBeUndefined();
    expect(textOf(matcher.feed(bytesOf('\x02d\x1b[201'), 9e7).pass)).toBe('\x02d\x1b[201');
    expect(matcher.deadline).toBeUndefined();
    expect(matcher.feed(bytesOf('~\x02d'), 18e7)).toMatchObject({ detached: true });
  });

  test('marks that come as slowly as can be are marks', () => {
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    let now = 0;
    const feedSlowly = (text: string): { pass: string; detached: boolean } => {
      let pass = '';
      let detached = false;
      for (const byte of text) {
        now += 10 * CHORD_WAIT;
        pass += textOf(matcher.expire(now).pass);
        const matched = matcher.feed(bytesOf(byte), now);
        pass += textOf(matched.pass);
        detached ||= matched.detached;
      }
      return { pass: pass + textOf(matcher.expire(now + 10 * CHORD_WAIT).pass), detached };
    };
    expect(feedSlowly(`${begin}`)).toEqual({ pass: begin, detached: false });
    expect(textOf(matcher.feed(bytesOf('\x02d'), now).pass)).toBe('\x02d');
    expect(feedSlowly(end)).toEqual({ pass: end, detached: false });
    expect(matcher.feed(bytesOf('\x02d'), now).detached).toBe(true);
  });

  test('10 MB pass as the part of the read they are', () => {
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    matcher.feed(bytesOf(begin), 0);
    const read = new Uint8Array(2 ** 16).fill(2);
    for (let i = 0; i < 160; i++) expect(matcher.feed(read, i).pass.buffer).toBe(read.buffer);
  });
});

describe('reports and answers', () => {
  const reports = [
    '\x1b[M\x02d\x02',
    '\x1b[M !!',
    '\x1b[<0;10;5M',
    '\x1b[<0;10;5m',
    '\x1b[32;10;5M',
    '\x1b[I',
    '\x1b[O',
  ];
  const answers = [
    '\x1b[?62;22c',
    '\x1b[>1;10;0c',
    '\x1b[12;40R',
    '\x1b[?12;40;1R',
    '\x1b[0n',
    '\x1b[?997;1n',
    '\x1b[?31u',
    '\x1b[?2026;2$y',
  ].concat([
    '\x1b[8;40;120t',
    '\x1b]11;rgb:0/0/0\x1b\\',
    '\x1b]4;2;rgb:0/0/0\x07',
    '\x1bP>|xterm(390)\x1b\\',
    '\x1bP1$r0m\x1b\\',
    '\x1b_Gi=1;OK\x1b\\',
  ]);

  test.each([...reports, ...answers].map(report => [JSON.stringify(report), report]))('%s passes', (_name, report) => {
    for (const reads of splits(report))
      expect(run(reads), JSON.stringify(reads)).toEqual({ pass: report, detached: false, rest: '' });
    for (const reads of splits(`${report}\x02${report}d`)) {
      expect(run(reads), JSON.stringify(reads)).toEqual({ pass: report + report, detached: true, rest: '' });
    }
  });

  test('a mouse report in UTF-8 is as long as it is', () => {
    const report = '\x1b[M \xc3\x80\xc4\x81';
    for (const reads of splits(`\x02${report}${report}d`)) {
      const matcher = new ChordMatcher({ keys: CTRL_B_D });
      matcher.isUtf8Mouse = true;
      const results = reads.map(read => matcher.feed(bytesOf(read), 0));
      expect(results.at(-1)?.detached).toBe(true);
      expect(results.map(({ pass }) => textOf(pass)).join('')).toBe(report + report);
    }
  });

  test('a report waits with the key before it, an answer does not', () => {
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    expect(textOf(matcher.feed(bytesOf('\x02\x1b[<0;1;1M\x1b[0n'), 0).pass)).toBe('\x1b[0n');
    expect(textOf(matcher.feed(bytesOf('\x1b[I'), 1).pass)).toBe('');
    expect(textOf(matcher.expire(CHORD_WAIT).pass)).toBe('\x02\x1b[<0;1;1M\x1b[I');
  });

  test('an endless stream of reports gives a chord up', () => {
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    matcher.feed(bytesOf('\x02'), 0);
    let passed = 0;
    for (let i = 0; i < 20_000; i++) passed += matcher.feed(bytesOf('\x1b[<35;1;1M'), 1).pass.length;
    expect(passed).toBe(1 + 200_000);
  });

  test('what only looks like the beginning of an answer hides no chord', () => {
    for (const key of [
      '\x1b]',
      '\x1bP',
      '\x1b_',
      '\x1bX',
      '\x1b^',
      '\x1bO',
      '\x1b[',
      '\x1b]11',
      '\x1bP>',
      '\x1b[?1',
      '\x1b[<1;',
    ]) {
      expect(run([key, '\x02d']), JSON.stringify(key)).toEqual({ pass: key, detached: true, rest: '' });
    }
  });
});

describe('time', () => {
  test('a beginning is held for 20 ms from its first byte on', () => {
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    expect(textOf(matcher.feed(bytesOf('x\x1b'), 100).pass)).toBe('x');
    expect(matcher.deadline).toBe(100 + PARTIAL_WAIT);
    expect(textOf(matcher.feed(bytesOf('[9'), 110).pass)).toBe('');
    expect(matcher.deadline).toBe(100 + PARTIAL_WAIT);
    expect(textOf(matcher.expire(119).pass)).toBe('');
    expect(textOf(matcher.expire(120).pass)).toBe('\x1b[9');
    expect(matcher.deadline).toBeUndefined();
  });

  test('a plain key, a paste and a report that is known for one wait for nothing', () => {
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    for (const read of [
      'a',
      '\xc3',
      '\xa4',
      '\x1b[A',
      '\x1bx',
      '\x1b[<0;1',
      ';1M',
      '\x1b]11;r',
      'gb\x07',
      '\x1b[M',
      '\x02',
      'dd',
    ]) {
      expect(textOf(matcher.feed(bytesOf(read), 0).pass)).toBe(read);
      expect(matcher.deadline).toBeUndefined();
    }
  });

  test('the next key is waited for a second, from the last one on', () => {
    const matcher = new ChordMatcher({ keys: [1, 2, 3] });
    matcher.feed(bytesOf('\x01'), 0);
    expect(matcher.deadline).toBe(CHORD_WAIT);
    matcher.feed(bytesOf('\x02'), 900);
    expect(matcher.deadline).toBe(900 + CHORD_WAIT);
    expect(matcher.feed(bytesOf('\x03'), 1800).detached).toBe(true);
    matcher.feed(bytesOf('\x01\x02'), 2000);
    expect(textOf(matcher.feed(bytesOf('\x03'), 3000).pass)).toBe('\x01\x02\x03');
  });

  test('an Escape that follows the first key passes with it after 20 ms', () => {
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    matcher.feed(bytesOf('\x02\x1b'), 0);
    expect(textOf(matcher.expire(PARTIAL_WAIT).pass)).toBe('\x02\x1b');
  });

  test('a chord after a lone Escape', () => {
    const matcher = new ChordMatcher({ keys: CTRL_B_D });
    matcher.feed(bytesOf('\x1b'), 0);
    expect(matcher.feed(bytesOf('\x02d'), PARTIAL_WAIT)).toMatchObject({ detached: true });
  });
});

describe('whatever comes', () => {
  // Bytes that mean something are likely; Ctrl-B, with which all chords begin here, is not among them.
  const byte = fc.oneof(
    fc.constantFrom(...bytesOf('\x1b[]PO_?<>MmuRc~;:0125689d\\\x07\x13\r')),
    fc.integer({ min: 0, max: 255 }),
  );
  const piece = fc.oneof(
    fc
      .array(
        byte.filter(value => value !== 2),
        { maxLength: 12 },
      )
      .map(bytes => textOf(Uint8Array.from(bytes))),
    fc.constantFrom(
      '\x1b[200~',
      '\x1b[201~',
      '\x1b[M !!',
      '\x1b[<0;1;1M',
      '\x1b]11;rgb:\x1b\\',
      '\x1b[98;5:3u',
      '\x1b[57442;5u',
    ),
  );
  const input = fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join(''));
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom(0, 1, 10, 30, 500, 2000)), {
    minLength: 1,
  });

  /** Feeds a text in parts, at times, with or without `expire` between; returns all that passed. */
  function feedIn(
    matcher: ChordMatcher,
    text: string,
    parts: readonly (readonly [number, number])[],
  ): { pass: string; detached: boolean } {
    let [pass, at, now, turn] = ['', 0, 0, 0];
    let detached = false;
    while (at < text.length) {
      const [size, wait] = parts[turn++ % parts.length] ?? [1, 0];
      now += wait;
      if (turn % 2 === 0) pass += textOf(matcher.expire(now).pass);
      const matched = matcher.feed(bytesOf(text.slice(at, at + size)), now);
      at += size;
      pass += textOf(matched.pass);
      detached ||= matched.detached;
    }
    pass += textOf(matcher.expire(now + CHORD_WAIT).pass);
    expect(matcher.deadline).toBeUndefined();
    return { pass, detached };
  }

  test('without the chord, all of it passes, in order', () => {
    fc.assert(
      fc.property(input, steps, (text, parts) => {
        fc.pre(!/\x1b\[98;\d*u/.test(text));
        expect(feedIn(new ChordMatcher({ keys: CTRL_B_D }), text, parts)).toEqual({ pass: text, detached: false });
      }),
      { numRuns: 2000 },
    );
  });

  test('with first keys among it, too, as long as no answer overtakes them', () => {
    const keyed = fc
      .array(fc.oneof(piece, fc.constant('\x02x'), fc.constant('\x1b[98;5ux')), { maxLength: 12 })
      .map(pieces => pieces.join(''));
    fc.assert(
      fc.property(keyed, steps, (text, parts) => {
        const matched = feedIn(new ChordMatcher({ keys: [2, 3] }), text, parts);
        fc.pre(!matched.detached && !/(?:\x02|98;5u)(?:\x02|\x1b\[98)/.test(text));
        expect(matched.pass).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  test('what the program sees of a key is whole: a press, its repeats, its release', () => {
    const codes: Readonly<Record<string, string>> = { b: '98;5', d: '100;1', x: '120;1', ctrl: '57442;5', a: '97;1' };
    const move = fc.tuple(fc.constantFrom(...Object.keys(codes)), fc.boolean(), fc.constantFrom(0, 0, 0, 0, 5, 1100));
    const chord = fc.constantFrom([2, 100], [2], [97, 97, 98], [97, 100, 97, 120], [100]);
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), chord, (moves, keys) => {
        const matcher = new ChordMatcher({ keys });
        const down = new Set<string>();
        let [pass, now] = ['', 0];
        const send = (key: string, event: number): void => {
          let { detached, ...matched } = matcher.feed(bytesOf(`\x1b[${codes[key]}:${event}u`), now);
          pass += textOf(matched.pass);
          while (detached) {
            ({ detached, ...matched } = matcher.feed(matched.rest, now));
            pass += textOf(matched.pass);
          }
        };
        for (const [key, isRepeated, wait] of moves) {
          now += wait;
          const isDown = down.has(key);
          send(key, isDown ? (isRepeated ? 2 : 3) : 1);
          if (!isDown) down.add(key);
          else if (!isRepeated) down.delete(key);
        }
        for (const key of down) send(key, 3);
        pass += textOf(matcher.expire(now + CHORD_WAIT).pass);
        for (const code of Object.values(codes)) {
          const events = [...pass.matchAll(/\[([\d;]+):(\d)u/g)]
            .filter(match => match[1] === code)
            .map(match => match[2]);
          expect(events.join('')).toMatch(/^(?:12*3)*$/);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('a chord is found after anything that is whole', () => {
    const whole = fc.array(
      fc.oneof(
        fc.constantFrom(
          'a',
          '\r',
          '\x1b[A',
          '\x1bx',
          '\x1b[M\x02d\x02',
          '\x1b[<0;1;1M',
          '\x1b]11;x\x07',
          '\x1b[?1;2c',
          '\x1b[200~\x02d\x1b[201~',
          '\x1b[120;1:3u',
          'é',
        ),
      ),
    );
    const key = (keys: Readonly<Record<string, string>>) => fc.constantFrom(...Object.values(keys));
    fc.assert(
      fc.property(
        whole,
        key(CTRL_B),
        key(D),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (before, first, second, sizes) => {
          const text = before.join('');
          const matcher = new ChordMatcher({ keys: CTRL_B_D });
          const matched = feedIn(
            matcher,
            text + first + second,
            sizes.map(size => [size, 0]),
          );
          expect(matched).toEqual({ pass: text, detached: true });
        },
      ),
      { numRuns: 2000 },
    );
  });
});
