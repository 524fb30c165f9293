import type { PublicState } from '../../core/status.ts';
import { STOPPED_STATES } from '../../core/status.ts';
import { textWidth } from '../../terminal/width.ts';
import { shortBytes, shortPercent, shortSpan } from './figures.ts';
import { innerOf, tableBodyOf } from './layout.ts';
import { type Marks, type Model, type Row, SPARK_LENGTH, TONE_OF_STATE, type Tone } from './model.ts';
import type { Pane } from './pane.ts';
import { fitted, fittedRight, type Look, type Piece, piece } from './piece.ts';
import type { Rect } from './rect.ts';
import { sparkline } from './sparkline.ts';
import { lineOf, rowsOf, type TableLine } from './tablelines.ts';
import type { Theme } from './theme.ts';

type ColumnName = 'state' | 'viewers' | 'cpu' | 'memory' | 'uptime' | 'spark' | 'pid' | 'restarts';

interface Column {
  readonly name: ColumnName;
  readonly heading: string;
  readonly cols: number;
  readonly isRight: boolean;
}

/** A sparkline of fewer bars shows no course; with room it gets as many as there are samples. */
const SPARK_LEAST = 4;

/** As wide as the widest there is; Linux counts up to seven digits. */
const PID_LEAST = 5;

/** In the order in which they stand. */
const COLUMNS: readonly Column[] = [
  { name: 'state', heading: 'STATE', cols: 8, isRight: false },
  { name: 'pid', heading: 'PID', cols: PID_LEAST, isRight: true },
  { name: 'uptime', heading: 'UPTIME', cols: 6, isRight: true },
  { name: 'restarts', heading: 'RST', cols: 3, isRight: true },
  { name: 'cpu', heading: 'CPU%', cols: 4, isRight: true },
  { name: 'spark', heading: '', cols: SPARK_LEAST, isRight: false },
  { name: 'memory', heading: 'MEM', cols: 5, isRight: true },
  { name: 'viewers', heading: '', cols: 3, isRight: false },
];

/** In the order in which they are wanted: what comes last here is left out first where it is narrow. */
const WANTED: readonly ColumnName[] = ['state', 'viewers', 'cpu', 'uptime', 'memory', 'pid', 'restarts', 'spark'];

/** The mark left of the name: what happened on its terminal. */
const GUTTER = 3;
const GAP = 1;
const LEAST_NAME = 8;
const MOST_NAME = 32;
const INDENT = 2;
/** What is left over makes names stand a little apart, and no more. */
const NAME_SPARE = 8;

export function tablePane(model: Model, rect: Rect, theme: Theme): Pane {
  const inner = innerOf(rect);
  const body = tableBodyOf(rect);
  const lines = rowsOf(model);
  const columns = columnsFor(lines, inner.cols);
  const selected = lineOf(lines, model.selected);
  const shown = lines.slice(model.tableTop, model.tableTop + body.rows);
  const rows = shown.map((line, i) => {
    const pieces =
      line.kind === 'group' ? groupPieces(line, columns, theme) : processPieces(line, columns, { model, theme });
    return i + model.tableTop === selected ? barred(pieces, theme) : pieces;
  });
  if (lines.length === 0) rows.push([piece(` ${emptyWords(model)}`, theme.dim)]);
  const count = lines.filter(line => line.kind === 'process').length;
  return {
    rect,
    border: theme.border,
    title: [
      piece(' processes ', theme.strong),
      ...(model.filter === ''
        ? []
        : [piece(`/${model.filter} `, theme.accent), piece(`${count} of ${model.rows.length} `, theme.dim)]),
    ],
    ...(lines.length > body.rows && {
      corner: [piece(` ${model.tableTop + 1}-${model.tableTop + shown.length} of ${lines.length} `, theme.dim)],
    }),
    rows: body.y > inner.y ? [headings(columns, theme), ...rows] : rows,
  };
}

function emptyWords({ filter, rows, link }: Model): string {
  if (filter !== '' && rows.length > 0) return 'nothing matches the filter';
  return link.kind === 'live' ? 'the config has no programs' : 'not known yet';
}

interface Columns {
  readonly name: number;
  readonly others: readonly Column[];
}

/** The name gets what it needs, within bounds, then the others as they are wanted; what is left makes the sparkline longer. */
function columnsFor(lines: readonly TableLine[], cols: number): Columns {
  const longest = Math.max(0, ...lines.map(nameWidth));
  const wanted = Math.min(Math.max(longest, LEAST_NAME), MOST_NAME);
  const chosen = new Set<ColumnName>();
  let left = cols - GUTTER - 1;
  const columns = COLUMNS.map(column => (column.name === 'pid' ? { ...column, cols: pidWidth(lines) } : column));
  for (const name of WANTED) {
    const column = columns.find(column => column.name === name);
    if (!column) continue;
    const needed = chosen.size < 2 ? LEAST_NAME : wanted;
    if (left - column.cols - GAP < needed) break;
    left -= column.cols + GAP;
    chosen.add(name);
  }
  const longer = Math.max(0, Math.min(left - wanted, SPARK_LENGTH - SPARK_LEAST));
  const others = columns
    .filter(column => chosen.has(column.name))
    .map(column => (column.name === 'spark' ? { ...column, cols: column.cols + longer } : column));
  const rest = left - (chosen.has('spark') ? longer : 0);
  return { name: Math.max(1, Math.min(rest, wanted + NAME_SPARE)), others };
}

function pidWidth(lines: readonly TableLine[]): number {
  const widths = lines.map(line => (line.kind === 'process' ? String(line.row.info.pid ?? '').length : 0));
  return Math.max(PID_LEAST, ...widths);
}

function nameWidth(line: TableLine): number {
  if (line.kind === 'group') return textWidth(line.name) + INDENT;
  return textWidth(shownName(line.row, line.isMember)) + (line.isMember ? INDENT : 0);
}

/** Under the heading of its group a process needs its own name only. */
function shownName({ info }: Row, isMember: boolean): string {
  return isMember ? info.process : info.name;
}

function headings({ name, others }: Columns, { dim }: Theme): Piece[] {
  const text = others.map(
    ({ heading, cols, isRight }) => ' '.repeat(GAP) + place(heading, cols, { isRight, mark: '' }),
  );
  return [piece(' '.repeat(GUTTER) + fitted('NAME', name, '') + text.join(''), dim)];
}

function place(
  text: string,
  cols: number,
  { isRight, mark }: { readonly isRight: boolean; readonly mark: string },
): string {
  return isRight ? fittedRight(text, cols, mark) : fitted(text, cols, mark);
}

type ProcessLine = Extract<TableLine, { kind: 'process' }>;
type GroupLine = Extract<TableLine, { kind: 'group' }>;

interface Context {
  readonly model: Model;
  readonly theme: Theme;
}

function processPieces({ row, isMember }: ProcessLine, { name, others }: Columns, { theme }: Context): Piece[] {
  const { glyphs, tones } = theme;
  const indent = isMember ? ' '.repeat(INDENT) : '';
  const tone = TONE_OF_STATE[row.info.state];
  return [
    signOf(row.marks, theme),
    piece(fitted(indent + shownName(row, isMember), name, glyphs.more), tone === 'bad' ? tones.bad : {}),
    ...others.flatMap(column => cell(column, processCell(row, column, theme), theme)),
  ];
}

interface CellText {
  readonly text: string;
  readonly look: Look;
}

function cell({ cols, isRight }: Column, { text, look }: CellText, { glyphs }: Theme): Piece[] {
  return [piece(' '.repeat(GAP)), piece(place(text, cols, { isRight, mark: glyphs.more }), look)];
}

function processCell(row: Row, { name, cols }: Column, theme: Theme): CellText {
  const { info, cpu, memory, spark, marks } = row;
  const { dim, accent, tones } = theme;
  switch (name) {
    case 'state':
      return { text: info.state, look: tones[TONE_OF_STATE[info.state]] };
    case 'pid':
      return { text: info.pid === null ? '' : String(info.pid), look: dim };
    case 'uptime':
      return { text: info.uptime === null ? '' : shortSpan(info.uptime), look: {} };
    case 'restarts':
      return { text: restartsWord(info.restarts), look: {} };
    case 'cpu':
      return { text: cpu === undefined ? '' : shortPercent(cpu), look: {} };
    case 'memory':
      return { text: memory === undefined ? '' : shortBytes(memory), look: {} };
    case 'spark':
      if (info.pid === null) return { text: '', look: dim };
      return {
        text: sparkline(spark, cols, theme.isUnicode),
        look: spark.some(percent => percent >= 1) ? accent : dim,
      };
    case 'viewers':
      return { text: viewersWord(marks), look: marks.isWaitedFor ? tones.busy : accent };
  }
}

/** Of more than three digits only that they are many. */
function restartsWord(restarts: number): string {
  if (restarts === 0) return '';
  return restarts > 999 ? '>1k' : String(restarts);
}

/** How many others are attached, `2@`, and whether they wait for it to run, `2@?`. */
function viewersWord({ viewers, isWaitedFor }: Marks): string {
  if (viewers === 0) return isWaitedFor ? '@?' : '';
  return `${viewers}@${isWaitedFor ? '?' : ''}`;
}

function signOf({ bell, activity, silence }: Marks, { tones, accent, dim, glyphs }: Theme): Piece {
  if (bell) return piece(' ! ', { ...tones.busy, bold: true });
  if (activity) return piece(` ${glyphs.activity} `, accent);
  return silence ? piece(' z ', dim) : piece(' '.repeat(GUTTER));
}

function groupPieces({ name, rows, isCollapsed }: GroupLine, columns: Columns, theme: Theme): Piece[] {
  const { glyphs, strong } = theme;
  const heading = `${isCollapsed ? glyphs.closed : glyphs.open} ${name}`;
  return [
    isCollapsed ? signOf(marksOf(rows), theme) : piece(' '.repeat(GUTTER)),
    piece(fitted(heading, columns.name, glyphs.more), strong),
    ...columns.others.flatMap(column => cell(column, groupCell(rows, column.name, { theme, isCollapsed }), theme)),
  ];
}

/** Sums, where there is one: of an open group dim, as its processes say it too. */
function groupCell(
  rows: readonly Row[],
  column: ColumnName,
  { theme, isCollapsed }: { readonly theme: Theme; readonly isCollapsed: boolean },
): CellText {
  const look = isCollapsed ? {} : theme.dim;
  switch (column) {
    case 'state':
      return { text: upWord(rows), look: isCollapsed ? theme.tones[toneOf(rows)] : theme.dim };
    case 'cpu':
      return { text: sumOf(rows, 'cpu', shortPercent), look };
    case 'memory':
      return { text: sumOf(rows, 'memory', shortBytes), look };
    case 'viewers':
      return { text: isCollapsed ? viewersWord(marksOf(rows)) : '', look: theme.accent };
    default:
      return { text: '', look };
  }
}

function sumOf(rows: readonly Row[], figure: 'cpu' | 'memory', words: (sum: number) => string): string {
  const known = rows.map(row => row[figure]).filter(value => value !== undefined);
  return known.length === 0 ? '' : words(known.reduce((a, b) => a + b, 0));
}

/** The word of their state when they share one, else how many are up. */
function upWord(rows: readonly Row[]): string {
  const states = new Set<PublicState>(rows.map(({ info }) => info.state));
  const [first] = states;
  if (states.size === 1 && first !== undefined) return first;
  return `${rows.filter(({ info }) => info.state === 'RUNNING').length}/${rows.length} up`;
}

const TONES: readonly Tone[] = ['bad', 'busy', 'good', 'dim'];

/** The most urgent of their tones; of those that are down beside others that run, nothing is urgent. */
function toneOf(rows: readonly Row[]): Tone {
  const tones = new Set(rows.map(({ info }) => TONE_OF_STATE[info.state]));
  return TONES.find(tone => tones.has(tone)) ?? 'plain';
}

function marksOf(rows: readonly Row[]): Marks {
  return {
    activity: rows.some(row => row.marks.activity),
    bell: rows.some(row => row.marks.bell),
    silence: false,
    viewers: rows.reduce((sum, row) => sum + row.marks.viewers, 0),
    isWaitedFor: rows.some(row => row.marks.isWaitedFor && STOPPED_STATES.includes(row.info.state)),
  };
}

/** The bar is laid over a line: its words keep their colours where the ground lets them. */
function barred(pieces: readonly Piece[], { bar, strong }: Theme): Piece[] {
  const laid = pieces.map(one => (bar.inverse ? { ...strong, ...bar, text: one.text } : { ...one, ...bar }));
  return [...laid, { ...bar, text: ' '.repeat(BAR_END) }];
}

/** Blanks behind a line that the bar is on: as many as any pane is wide. */
const BAR_END = 300;
