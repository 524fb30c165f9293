import type { ScreenState } from '../../support/screenstate.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Above `OTHERS`, every look has the same letter: a picture in thousands of colours. */
const OTHER = '*';

/**
 * A screen as a person can read it: the text, with the cursor's place below; then a letter for how each cell looks, `.`
 * for plain; then what the letters mean, as SGR says it.
 */
export function goldenOf({ cols, rows, lines, cursor }: ScreenState, isCursorShown: boolean): string {
  const letters = new Map<string, string>([['', '.']]);
  const map = lines.map(({ cells }) =>
    cells
      .map(({ style }) => letterOf(letters, style))
      .join('')
      .replace(/\.+$/, ''),
  );
  const text = lines.map(({ cells }) =>
    cells
      .map(({ text, width }) => (width === 0 ? '' : text || ' '))
      .join('')
      .trimEnd(),
  );
  const looks = [...letters]
    .filter(([style, letter]) => style !== '' && letter !== OTHER)
    .map(([style, letter]) => `${letter} ${style}`);
  const place = isCursorShown ? `cursor ${cursor.x},${cursor.y}` : 'no cursor';
  return [`${cols}x${rows}, ${place}`, ...text, '', ...map, '', ...looks, ''].join('\n');
}

function letterOf(letters: Map<string, string>, style: string): string {
  let letter = letters.get(style);
  if (letter === undefined) {
    letter = LETTERS[letters.size - 1] ?? OTHER;
    letters.set(style, letter);
  }
  return letter;
}
