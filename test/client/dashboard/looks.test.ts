/** The small pure parts of the view: figures, bars, text that fits, colours that there are. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attrOf, PLAIN_ATTR, sgrOf } from '../../../src/client/dashboard/attr.ts';
import { consolePane } from '../../../src/client/dashboard/consolepane.ts';
import { clockTime, shortBytes, shortPercent, shortSpan, shownPath } from '../../../src/client/dashboard/figures.ts';
import { helpPage } from '../../../src/client/dashboard/help.ts';
import type { Mode } from '../../../src/client/dashboard/model.ts';
import { nearestOf16, nearestOf256 } from '../../../src/client/dashboard/nearestcolour.ts';
import { cut, fitted, fittedRight, shownText, wrapped } from '../../../src/client/dashboard/piece.ts';
import { spansOfSgr } from '../../../src/client/dashboard/sgrspans.ts';
import { sparkline } from '../../../src/client/dashboard/sparkline.ts';
import { themeFor } from '../../../src/client/dashboard/theme.ts';
import { textWidth } from '../../../src/terminal/width.ts';
import { modelOf, NOW, rowOf } from './fixtures.ts';

describe('figures', () => {
  test.each([
    [-5, '0s'],
    [59_999, '59s'],
    [65_000, '1m05s'],
    [7_380_000, '2h03m'],
    [93_784_000, '1d02h'],
  ])('%i ms are %s', (millis, text) => expect(shortSpan(millis)).toBe(text));

  test.each([
    [0, '0B'],
    [999, '999B'],
    [1000, '1.0K'],
    [1_234_567, '1.2M'],
    [104_857_600, '100M'],
    [2 ** 40 * 3, '3.0T'],
  ])('%i bytes are %s', (bytes, text) => expect(shortBytes(bytes)).toBe(text));

  test('figures are never wider than their columns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), n => {
        expect(shortBytes(n).length).toBeLessThanOrEqual(5);
        expect(shortSpan(n % (999 * 86_400_000)).length).toBeLessThanOrEqual(6);
        expect(shortPercent((n % 999_900) / 100).length).toBeLessThanOrEqual(4);
      }),
    );
    expect(clockTime(new Date(2026, 2, 1, 9, 5, 7).getTime())).toBe('09:05:07');
  });
});

describe('paths', () => {
  test.each([
    ['/home/ada/tm.yaml', '/home/ada', '~/tm.yaml'],
    ['/home/adam/tm.yaml', '/home/ada', '/home/adam/tm.yaml'],
    ['/etc/tm.yaml', '/', '/etc/tm.yaml'],
    ['/etc/tm.yaml', undefined, '/etc/tm.yaml'],
    ['/etc/tm.yaml', '', '/etc/tm.yaml'],
  ])('%s of one whose home is %s is %s', (path, home, text) => expect(shownPath(path, home)).toBe(text));
});

describe('a console', () => {
  const saysOf = (mode: Mode): string => {
    const row = rowOf('py', { info: { state: 'EXITED', pid: null, reason: 'exited with 0' } });
    const model = modelOf({ rows: [row], selected: { kind: 'process', name: 'py' }, mode });
    const { pane } = consolePane(model, { x: 0, y: 0, cols: 78, rows: 12 }, THEME);
    return pane.rows.map(pieces => pieces.map(({ text }) => text).join('')).join('\n');
  };
  const THEME = themeFor({ colors: 256, theme: 'dark', unicode: true });

  test('of a daemon that was never there says why in full, where the bar cuts it off', () => {
    const reason = `it died and left ${'/run/taskmaster/'.repeat(8)}tm.sock behind; start it with: taskmasterd`;
    const model = modelOf({ link: { kind: 'lost', since: NOW, reason } });
    const { pane } = consolePane(model, { x: 0, y: 0, cols: 78, rows: 12 }, THEME);
    const text = pane.rows.flat().map(one => one.text.trim());
    expect(text.join('')).toContain('taskmasterd');
    expect(text.join('')).not.toContain('no programs');
  });

  test('whose process has ended says what can be done, also to whom types to it', () => {
    expect(saysOf({ kind: 'normal' })).toMatch(/EXITED: exited with 0 *\n s starts it/);
    expect(saysOf({ kind: 'typing', name: 'py', chord: 'Ctrl-B d' })).toContain('Ctrl-B d, then s starts it');
  });
});

describe('sparkline', () => {
  test.each([
    [[], 4, '    '],
    [[0, 0], 4, '  ▁▁'],
    [[100, 50, 0], 3, '█▅▁'],
    [[0.4], 1, '▁'],
    [[2], 1, '▂'],
    [[1, 2, 100, 200], 2, '▅█'],
    [[5], 0, ''],
  ])('%o in %i columns', (percents, cols, bars) => expect(sparkline(percents, cols, true)).toBe(bars));

  test('is ASCII where there is no more', () => expect(sparkline([0, 50, 100], 3, false)).toBe('_=#'));
});

describe('text that fits', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));

  test('is exactly as wide as it should be, and nothing in it acts on a terminal', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 30 }), (text, cols) => {
        for (const fit of [fitted(text, cols, '…'), fittedRight(text, cols, '…')]) expect(textWidth(fit)).toBe(cols);
        for (const line of wrapped(text, Math.max(2, cols))) {
          expect(textWidth(line)).toBeLessThanOrEqual(Math.max(2, cols));
        }
        expect(shownText(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }),
    );
  });

  test('is cut at its end or at its beginning', () => {
    expect(cut('processes', 5, '…')).toBe('proc…');
    expect(cut('漢字漢字', 4, '…')).toBe('漢…');
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapped('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });
});

describe('colours', () => {
  test('a colour of the 256 is itself, any other the nearest of those that no user changes', () => {
    expect(nearestOf256('#ff0000')).toBe(196);
    expect(nearestOf256('#000000')).toBe(16);
    expect(nearestOf256('#808080')).toBe(244);
    expect(nearestOf256('#5f87af')).toBe(67);
    expect(nearestOf256('#5e88ae')).toBe(67);
    expect(attrOf({ fg: 3 }, 256) >>> 9).toBe(3);
  });

  test('of sixteen there is one for each', () => {
    expect(nearestOf16('#fe0102')).toBe(9);
    expect(nearestOf16(196)).toBe(9);
    expect(nearestOf16(232)).toBe(0);
    expect(nearestOf16(244)).toBe(8);
    expect(nearestOf16('#00c800')).toBe(2);
  });

  test('are said in the words that the terminal has', () => {
    const look = { fg: '#ff0000', bg: 4, bold: true, dim: true, italic: true } as const;
    expect(sgrOf(attrOf(look, 256))).toBe('\x1b[0;1;2;3;38;5;196;44m');
    expect(sgrOf(attrOf(look, 16))).toBe('\x1b[0;1;2;3;91;44m');
    expect(sgrOf(attrOf(look, 0))).toBe('\x1b[0;1m');
    expect(attrOf({}, 256)).toBe(PLAIN_ATTR);
    expect(sgrOf(PLAIN_ATTR)).toBe('\x1b[m');
  });
});

describe('pages', () => {
  test('colours of a line are kept, all else that a terminal would act upon is dropped', () => {
    expect(spansOfSgr('a\x1b[1;31mb\x1b[22mc\x1b[38;5;200md\x1b[48;2;1;2;3me\x1b[mf\x1b[2Jg\x1b]0;title\x07h')).toEqual(
      [
        { text: 'a' },
        { text: 'b', bold: true, fg: 1 },
        { text: 'c', fg: 1 },
        { text: 'd', fg: 200 },
        { text: 'e', fg: 200, bg: '#010203' },
        { text: 'fgh' },
      ],
    );
    expect(spansOfSgr('ab\tc\td')).toEqual([{ text: 'ab      c       d' }]);
  });

  test('the help has each key of the table, in one column or two', () => {
    for (const cols of [60, 120]) {
      const text = helpPage(cols).lines.join('\n');
      for (const word of ['stop it, then start it', 'keys that detach', 'drag a border', '1@?']) {
        expect(text).toContain(word);
      }
    }
  });
});
