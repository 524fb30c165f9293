import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asciiOf } from '../../../src/client/dashboard/ascii.ts';
import { attrOf, PLAIN_ATTR } from '../../../src/client/dashboard/attr.ts';
import { frameBetween, type Grid } from '../../../src/client/dashboard/frame.ts';
import { cellsOf } from '../../../src/terminal/cells.ts';
import { Emulator } from '../../../src/terminal/emulator.ts';
import { stateOf } from '../../support/screenstate.ts';
import { unicode6Cells } from './unicode6.ts';

const SIZE = { cols: 14, rows: 3 };
const OPTIONS = { isUnicode: true, ascii: asciiOf };

const blank = (): Grid =>
  Array.from({ length: SIZE.rows }, () => Array.from({ length: SIZE.cols }, () => [PLAIN_ATTR, ' ']));

const texts = fc.array(
  fc.constantFrom('a', 'b', ' ', '  ', '─', 'é', 'e\u0301', '漢', '字', '🚀', '✅', '👩\u200d', '❤\ufe0f'),
  { maxLength: 14 },
);
const looks = fc.constantFrom({}, { fg: 1 }, { bg: 4, bold: true as const }, { fg: '#123456', inverse: true as const });
const rows = fc.array(fc.record({ texts, look: looks }), { maxLength: 3 });

/** A grid as panes make it, and as overlays leave it: `cut` blanks one cell of each row, whatever stood there. */
const grids = fc
  .record({ lines: fc.array(rows, { minLength: 3, maxLength: 3 }), cut: fc.nat(SIZE.cols * 3) })
  .map(({ lines, cut }) =>
    lines.map(runs => {
      const cells = cellsOf(
        runs.map(({ texts, look }) => ({ ...look, text: texts.join('') })),
        SIZE.cols,
      );
      return cells.map(({ text, span }, x): [number, string] =>
        x === cut ? [PLAIN_ATTR, '|'] : [span ? attrOf(span, 256) : PLAIN_ATTR, text],
      );
    }),
  );

function look(emulator: Emulator): string[] {
  return stateOf(emulator).lines.map(({ cells }) =>
    cells.map(({ text, width, style }) => (width === 0 ? '' : `${text || ' '}{${style}}`)).join(''),
  );
}

describe('frames', () => {
  test('bring a terminal from any picture to any other, and write nothing for the same one', () => {
    const encoder = new TextEncoder();
    fc.assert(
      fc.property(fc.array(grids, { minLength: 1, maxLength: 4 }), pictures => {
        using emulator = new Emulator(SIZE);
        using fresh = new Emulator(SIZE);
        const shown = blank();
        let bytes = '\x1b[?7l';
        for (const picture of pictures) bytes += frameBetween(shown, picture, OPTIONS);
        emulator.write(encoder.encode(bytes));
        const last = pictures.at(-1) ?? blank();
        fresh.write(encoder.encode(`\x1b[?7l${frameBetween(blank(), last, OPTIONS)}`));
        expect(look(emulator)).toEqual(look(fresh));
        expect(frameBetween(shown, last, OPTIONS)).toBe('');
        expect(shown).toEqual(last);
      }),
      { numRuns: 100 },
    );
  });

  test('keep what all terminals agree on in its place, on a terminal with other widths too', () => {
    fc.assert(
      fc.property(fc.array(grids, { minLength: 1, maxLength: 3 }), pictures => {
        const shown = blank();
        let bytes = '\x1b[?7l';
        for (const picture of pictures) bytes += frameBetween(shown, picture, OPTIONS);
        const theirs = unicode6Cells(SIZE, bytes);
        for (const [y, line] of (pictures.at(-1) ?? blank()).entries()) {
          for (const [x, [, text]] of line.entries()) {
            if (/^[ab|─é]$/.test(text)) expect(theirs[y]?.[x], `${x},${y}`).toBe(text);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
