import { expect, test } from 'vitest';
import { after, before, boundaryFrom, characters } from '../../../src/client/line/graphemes.ts';

/** ASCII, a tab, CR and LF, a mark, Hangul, Han, a sign that is written before another, half a flag, a family, a skin tone. */
const PARTS = [...'ab c\t\r\n', '\u0301', '각', '漢', '\u0600', '🇫', '👩', '\u200d', '👧', '🏽', '\ud800'];

/** A text of parts, which differs with the number. */
function textOf(number: number): string {
  let [text, rest] = ['', number];
  for (let i = 0; i < 7; i++, rest = Math.floor(rest / PARTS.length) + 7 * i) text += PARTS[rest % PARTS.length];
  return text;
}

test('what is cheap to know of ASCII is what the segmenter says, whatever is beside it', () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (let number = 0; number < 60_000; number += 293) {
    const text = textOf(number);
    const segments = [...segmenter.segment(text)];
    const starts = segments.map(({ index }) => index);
    expect([...characters(text)]).toEqual(segments.map(({ segment, index }) => ({ text: segment, at: index })));
    for (let at = 0; at <= text.length; at++) {
      const next = [...starts, text.length].find(start => start > at) ?? text.length;
      expect([after(text, at), before(text, at), boundaryFrom(text, at)]).toEqual([
        next,
        starts.findLast(start => start < at) ?? 0,
        [...starts, text.length].find(start => start >= at),
      ]);
    }
  }
});
