import { describe, expect, test } from 'vitest';
import { Emulator } from '../../src/terminal/emulator.ts';
import { isAgreedWidth, textWidth, widthOf } from '../../src/terminal/width.ts';

describe('the width of a character', () => {
  test.each([
    ['a', 1],
    ['~', 1],
    ['é', 1],
    ['\u00ad', 1],
    ['½', 1],
    ['─', 1],
    ['❤', 1],
    ['ｱ', 1],
    ['🇫', 1],
    ['\ue0b0', 1],
    ['\ufffd', 1],
    ['中', 2],
    ['あ', 2],
    ['한', 2],
    ['Ａ', 2],
    ['　', 2],
    ['✅', 2],
    ['😀', 2],
    ['🫨', 2],
    ['𠀀', 2],
    ['\u0301', 0],
    ['\u200b', 0],
    ['\u200d', 0],
    ['\ufe0f', 0],
    ['\u1160', 0],
    ['\u{e0100}', 0],
    ['\x07', 0],
    ['\x7f', 0],
    ['\x9b', 0],
  ])('%j takes %i', (char, width) => {
    expect(widthOf(char.codePointAt(0) ?? 0)).toBe(width);
  });

  test('is one beyond the last of the ranges', () => {
    expect(widthOf(0x10ffff)).toBe(1);
    expect(widthOf(0xd800)).toBe(1);
  });

  test('of a text is the sum: a cluster has no width of its own', () => {
    expect(textWidth('a中e\u0301')).toBe(4);
    expect(textWidth('👨\u200d👩')).toBe(4);
  });

  test('terminals agree on letters, boxes and Han, and on nothing with a history', () => {
    expect([...'aéЖ─█漢한あＡ'].every(char => isAgreedWidth(char.codePointAt(0) ?? 0))).toBe(true);
    expect([...'\u00ad✅😀❤🇫\u0301\u200d'].some(char => isAgreedWidth(char.codePointAt(0) ?? 0))).toBe(false);
    // What is called agreed takes a column or two, never none.
    const codes = Array.from({ length: 0x20000 }, (_, code) => code);
    expect(codes.filter(code => isAgreedWidth(code) && widthOf(code) === 0)).toEqual([]);
  });

  test('is the one that the emulator goes by', () => {
    using emulator = new Emulator({ cols: 20, rows: 1 });
    for (const char of ['a', '中', '😀', '✅', '\u0301', '½']) {
      emulator.write(new TextEncoder().encode(`\r${char}`));
      expect(emulator.x).toBe(widthOf(char.codePointAt(0) ?? 0));
    }
  });
});
