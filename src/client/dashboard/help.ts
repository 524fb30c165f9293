import { textWidth } from '../../terminal/width.ts';
import { BINDINGS, type KeyMode } from './bindings.ts';
import { pageCols } from './layout.ts';
import type { Page } from './model.ts';
import { wrapped } from './piece.ts';

/** All keys, printed from their table, and what the signs mean, for a screen of so many columns. */
export function helpPage(screenCols: number): Page {
  return { title: 'Keys', lines: helpLines(pageCols(screenCols) - MARGIN), top: 0, isFollowed: false };
}

/** A page's own blank at the left, and one at the right. */
const MARGIN = 2;

type Entries = readonly (readonly [what: string, meaning: string])[];

/** What the table says by signs. */
const SIGNS: Entries = [
  ['•  *', 'it printed since you looked at it last'],
  ['!', 'its bell rang'],
  ['z', 'it used to print, and has been silent for a while'],
  ['2@', 'others who are attached'],
  ['1@?', 'attached, and waiting for it to run'],
  ['▁▃█  _-#', 'its CPU, a bar a second; the highest that is shown fills its column, from 20 % on'],
];

const MOUSE: Entries = [
  ['click', 'selects; on the heading of a group that is selected, folds it'],
  ['wheel', 'scrolls: the table, the events, the history of a console'],
  ['drag a border', 'makes panes larger or smaller'],
  ['drag in a history', 'copies text'],
  ['with Shift', 'most terminals select text by themselves'],
];

/** What no key of the table tells. */
const TYPING =
  'While you type into a console (i), all keys go to the program; the keys that detach (Ctrl-B d, if the config does not ' +
  'name others) end it. They also bring you back from a program that you attached to.';

const KEY_COLS = 18;
const INDENT = 2;
/** From here on two columns are wide enough to be read. */
const LEAST_TWO_COLUMNS = 100;
const COLUMN_GAP = 2;

function helpLines(cols: number): string[] {
  const isWide = cols >= LEAST_TWO_COLUMNS;
  const width = isWide ? (cols - COLUMN_GAP) >> 1 : cols;
  const left = [...section('Processes and consoles', keysOf('normal'), width)];
  const right = [
    ...section('Signs beside a name', SIGNS, width),
    ...section('The mouse', MOUSE, width),
    bold('Typing into a console'),
    ...wrapped(TYPING, width - INDENT).map(line => ' '.repeat(INDENT) + line),
    '',
    ...section("A console's history", keysOf('history'), width),
    ...section('Pages like this one', keysOf('page'), width),
  ];
  return isWide ? besideEachOther(left, right, width + COLUMN_GAP) : [...left, ...right];
}

const bold = (text: string): string => `\x1b[1m${text}\x1b[m`;
const accented = (text: string): string => `\x1b[36m${text}\x1b[m`;

function besideEachOther(left: readonly string[], right: readonly string[], width: number): string[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const text = left[i] ?? '';
    return text + ' '.repeat(Math.max(0, width - textWidth(text.replace(/\x1b\[\d*m/g, '')))) + (right[i] ?? '');
  });
}

function keysOf(mode: KeyMode): Entries {
  return BINDINGS.filter(({ modes }) => modes.includes(mode)).map(({ keys, help }) => [keys.join(' '), help]);
}

function section(title: string, entries: Entries, width: number): string[] {
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
