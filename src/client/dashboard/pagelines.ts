import { textWidth } from '../../terminal/width.ts';
import { BINDINGS, type KeyMode } from './bindings.ts';
import type { Page } from './model.ts';

/** The page with this title and no lines of its own is the help: it is printed from the table of keys. */
const HELP_TITLE = 'Keys';

/** The lines of a page, for so many columns. */
export function pageLinesOf({ title, lines }: Page, cols: number): readonly string[] {
  return title === HELP_TITLE && lines.length === 0 ? helpLines(cols) : lines;
}

const SECTIONS: readonly (readonly [mode: KeyMode, title: string])[] = [
  ['normal', 'Processes and consoles'],
  ['typing', 'Typing into a console'],
  ['history', "A console's history"],
  ['page', 'Pages like this one'],
  ['command', 'The command line'],
  ['filter', 'The filter'],
];

/** What the table says by signs. */
const SIGNS: readonly (readonly [sign: string, meaning: string])[] = [
  ['•  *', 'it printed since you looked at it last'],
  ['!', 'its bell rang'],
  ['z', 'it used to print, and has been silent for a while'],
  ['2@', 'others who are attached'],
  ['1@?', 'attached, and waiting for it to run'],
];

const KEY_COLS = 18;
const LEAST_TWO_COLUMNS = 92;

const bold = (text: string): string => `\x1b[1m${text}\x1b[m`;
const accented = (text: string): string => `\x1b[36m${text}\x1b[m`;

/** All keys by what they are for, and what the signs mean; in two columns where there is room. */
export function helpLines(cols: number): string[] {
  const sections = [
    ...SECTIONS.map(([mode, title]) => section(title, keysOf(mode))),
    section('The mouse', [
      ['click', 'selects'],
      ['wheel', 'scrolls: the table, the events, the history of a console'],
      ['drag a border', 'makes panes larger or smaller'],
      ['drag in a history', 'selects text'],
    ]),
    section('Signs', SIGNS),
  ];
  if (cols < LEAST_TWO_COLUMNS) return sections.flat();
  const total = sections.reduce((sum, lines) => sum + lines.length, 0);
  const left: string[] = [];
  const right: string[] = [];
  for (const lines of sections) (left.length + lines.length / 2 <= total / 2 ? left : right).push(...lines);
  const width = cols >> 1;
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const text = left[i] ?? '';
    const blank = ' '.repeat(Math.max(1, width - textWidth(text.replace(/\x1b\[\d*m/g, ''))));
    return text + blank + (right[i] ?? '');
  });
}

function keysOf(mode: KeyMode): (readonly [string, string])[] {
  return BINDINGS.filter(binding => binding.modes.includes(mode)).map(({ keys, help, changes }) => [
    keys.length === 0 ? 'detach keys' : keys.join(' '),
    changes ? `${help}` : help,
  ]);
}

function section(title: string, entries: readonly (readonly [string, string])[]): string[] {
  const lines = entries.map(
    ([keys, help]) => `  ${accented(keys)}${' '.repeat(Math.max(1, KEY_COLS - textWidth(keys)))}${help}`,
  );
  return [bold(title), ...lines, ''];
}
