import { textWidth } from '../../terminal/width.ts';
import { BINDINGS, type KeyMode } from './bindings.ts';
import type { Page } from './model.ts';
import { wrapped } from './piece.ts';

/** The page with this title and no lines of its own is the help: it is printed from the table of keys. */
const HELP_TITLE = 'Keys';

/** The lines of a page, for so many columns. */
export function pageLinesOf({ title, lines }: Page, cols: number): readonly string[] {
  return title === HELP_TITLE && lines.length === 0 ? helpLines(cols) : lines;
}

const SECTIONS: readonly (readonly [mode: KeyMode, title: string])[] = [
  ['typing', 'Typing into a console'],
  ['history', "A console's history"],
  ['page', 'Pages like this one'],
  ['command', 'The command line'],
  ['filter', 'The filter'],
];

const MOUSE: readonly (readonly [what: string, meaning: string])[] = [
  ['click', 'selects'],
  ['wheel', 'scrolls: the table, the events, the history of a console'],
  ['drag a border', 'makes panes larger or smaller'],
  ['drag in a history', 'selects text'],
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
const INDENT = 2;
/** From here on two columns are wide enough to be read. */
const LEAST_TWO_COLUMNS = 100;
const COLUMN_GAP = 2;

const bold = (text: string): string => `\x1b[1m${text}\x1b[m`;
const accented = (text: string): string => `\x1b[36m${text}\x1b[m`;

/** All keys by what they are for, and what the signs mean; in two columns where there is room. */
export function helpLines(cols: number): string[] {
  const isWide = cols >= LEAST_TWO_COLUMNS;
  const width = isWide ? (cols >> 1) - COLUMN_GAP : cols - 1;
  const sections = [
    section('Processes and consoles', keysOf('normal'), width),
    section('Signs beside a name', SIGNS, width),
    section('The mouse', MOUSE, width),
    ...SECTIONS.map(([mode, title]) => section(title, keysOf(mode), width)),
  ];
  return isWide ? besideEachOther(sections, width + COLUMN_GAP) : sections.flat();
}

/** Sections go left until half of all lines are there. */
function besideEachOther(sections: readonly string[][], width: number): string[] {
  const half = sections.flat().length / 2;
  const left: string[] = [];
  const right: string[] = [];
  for (const lines of sections) (left.length + lines.length / 2 <= half ? left : right).push(...lines);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const text = left[i] ?? '';
    return text + ' '.repeat(Math.max(0, width - textWidth(text.replace(/\x1b\[\d*m/g, '')))) + (right[i] ?? '');
  });
}

function keysOf(mode: KeyMode): (readonly [string, string])[] {
  return BINDINGS.filter(binding => binding.modes.includes(mode)).map(({ keys, help }) => [
    keys.length === 0 ? 'detach keys' : keys.join(' '),
    help,
  ]);
}

function section(title: string, entries: readonly (readonly [string, string])[], width: number): string[] {
  const lines = entries.flatMap(([keys, help]) => {
    const [first = '', ...more] = wrapped(help, Math.max(1, width - INDENT - KEY_COLS));
    const gap = ' '.repeat(Math.max(1, KEY_COLS - textWidth(keys)));
    return [
      ' '.repeat(INDENT) + accented(keys) + gap + first,
      ...more.map(line => ' '.repeat(INDENT + KEY_COLS) + line),
    ];
  });
  return [bold(title), ...lines, ''];
}
