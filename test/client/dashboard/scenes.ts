/** What the golden screens show: dashboards of many kinds, each drawn by the real view. */

import { helpPage } from '../../../src/client/dashboard/help.ts';
import { innerOf, layoutOf } from '../../../src/client/dashboard/layout.ts';
import type { ConsoleModel, EventRow, HistoryView, Model, Row } from '../../../src/client/dashboard/model.ts';
import type { ThemeOptions } from '../../../src/client/dashboard/theme.ts';
import type { SpanDocument } from '../../../src/terminal/render.ts';
import { eventOf, modelOf, NOW, rowOf, withProcesses } from './fixtures.ts';

export interface DrawnScene {
  readonly name: string;
  readonly model: Model;
  readonly options: ThemeOptions;
}

const COLOURFUL: ThemeOptions = { colors: 256, theme: 'dark', unicode: true };

type Lines = readonly (readonly SpanDocument[])[];

const REPL: Lines = [
  [{ text: 'Python 3.12.3 (main) on linux' }],
  [{ text: '>>> ', fg: 5, bold: true }, { text: 'sum(range(10))' }],
  [{ text: '45' }],
  [{ text: '>>> ', fg: 5, bold: true }, { text: "print('ready ✅ 準備完了 👩‍💻')" }],
  [{ text: 'ready ✅ 準備完了 👩‍💻' }],
  [{ text: '>>> ', fg: 5, bold: true }],
];

const CRASH: Lines = [
  [{ text: 'Traceback (most recent call last):', fg: 1 }],
  [{ text: '  File "/srv/demo/worker.py", line 12, in <module>' }],
  [{ text: '    connect(os.environ["QUEUE_URL"])' }],
  [{ text: 'KeyError: ', fg: 1, bold: true }, { text: "'QUEUE_URL'" }],
];

const TRAFFIC: Lines = Array.from({ length: 40 }, (_, i) => [
  { text: `12:0${i % 10}:${String(10 + i).padStart(2, '0')} `, dim: true as const },
  { text: i % 5 === 3 ? 'WARN ' : 'INFO ', fg: i % 5 === 3 ? 3 : 2 },
  { text: `GET /item/${i * 37} 200 ${i}ms from 10.0.0.${i}, a line that is longer than a narrow pane is wide` },
]);

/** A program that paints the whole screen in all colours, with wide characters up to every edge. */
const MOSAIC: Lines = Array.from({ length: 60 }, (_, y) =>
  Array.from({ length: 90 }, (_, x) => ({
    text: (x + y) % 3 === 0 ? '漢' : (x + y) % 3 === 1 ? '🚀' : 'é',
    bg: `#${(((x * 2) << 16) | ((y * 4) << 8) | 60).toString(16).padStart(6, '0')}`,
  })),
);

const DEMO: readonly Row[] = [
  rowOf('repl', {
    info: { pid: 4801, uptime: 754_000 },
    cpu: 0.2,
    memory: 12_400_000,
    spark: [0, 0, 1, 3, 0, 0, 0, 2, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0.2],
    marks: { viewers: 1 },
  }),
  rowOf('web:web_00', {
    info: { pid: 4810, uptime: 93_784_000, restarts: 2 },
    cpu: 37.4,
    memory: 84_000_000,
    spark: [10, 20, 30, 20, 40, 60, 45, 30, 35, 37, 38, 40, 55, 70, 60, 50, 42, 40, 38, 37.4],
    marks: { activity: true },
  }),
  rowOf('web:web_01', {
    info: { pid: 4811, uptime: 93_700_000 },
    cpu: 4.1,
    memory: 79_000_000,
    spark: [4, 4, 5, 3, 4, 4, 6, 9, 4, 4],
    marks: { bell: true },
  }),
  rowOf('worker', {
    info: {
      state: 'FATAL',
      pid: null,
      uptime: null,
      restarts: 3,
      reason: 'exited with 1 after 0.2 s, three times in a row; startretries is 3',
      description: 'exited too quickly',
    },
  }),
  rowOf('mailer', {
    info: {
      state: 'BACKOFF',
      pid: null,
      uptime: null,
      restarts: 1,
      reason: 'exited with 2 after 0.4 s; next try in 2 s',
    },
    marks: { viewers: 1, isWaitedFor: true },
  }),
  rowOf('cache', {
    info: { pid: 4822, uptime: 3_723_000 },
    cpu: 0,
    memory: 6_200_000,
    spark: [0, 0, 0],
    marks: { silence: true },
  }),
  rowOf('migrate', { info: { state: 'EXITED', pid: null, uptime: null, reason: 'exited with 0 after 4 s' } }),
  rowOf('spare', { info: { state: 'STOPPED', pid: null, uptime: null, starts: 0, description: 'Not started' } }),
];

const EVENTS: readonly EventRow[] = [
  eventOf(1, 'web:web_00', { text: 'web:web_00  STARTING -> RUNNING   pid 4810', tone: 'good' }),
  eventOf(2, 'worker', { text: 'worker  pid 4830 exited with 1 after 0.2 s, not expected', tone: 'bad' }),
  eventOf(3, 'worker', { text: 'worker  BACKOFF  -> FATAL     exited with 1 after 0.2 s', tone: 'bad' }),
  eventOf(4, 'repl', { text: 'repl  ada@host pts/3 attached', tone: 'dim' }),
  eventOf(5, 'mailer', { text: 'mailer  STARTING -> BACKOFF   exited with 2 after 0.4 s', tone: 'busy' }),
];

const CONTENTS: Readonly<Record<string, Lines>> = { spare: [], repl: REPL, worker: CRASH, mosaic: MOSAIC };

/** The consoles that a model shows, as the daemon would send them for its panes. */
function withConsoles(model: Model): Model {
  const layout = layoutOf(model);
  const places = layout.tiles.map(({ name, rect }) => ({ name, rect }));
  if (layout.console && model.selected?.kind === 'process')
    places.push({ name: model.selected.name, rect: layout.console });
  const consoles = new Map<string, ConsoleModel>();
  for (const { name, rect } of places) {
    const pane = innerOf(rect);
    const content = CONTENTS[name] ?? TRAFFIC;
    const lines = Array.from({ length: pane.rows }, (_, y) => content[y] ?? []);
    const last = Math.min(content.length, pane.rows) - 1;
    consoles.set(name, {
      name,
      pane: { cols: pane.cols, rows: pane.rows },
      program: { cols: 120, rows: 40 },
      at: { x: 0, y: 0 },
      cursor: name === 'repl' ? { x: 4, y: last } : { x: 0, y: last },
      alternate: false,
      lines,
      text: undefined,
    });
  }
  return { ...model, consoles };
}

const demo = (parts: Partial<Model> = {}): Model =>
  withConsoles(
    modelOf({
      rows: DEMO,
      selected: { kind: 'process', name: 'repl' },
      events: EVENTS,
      daemonUsage: { cpu: 0.3, memory: 64_000_000 },
      ...parts,
    }),
  );

const SIZES = [
  { cols: 80, rows: 24 },
  { cols: 120, rows: 40 },
  { cols: 200, rows: 60 },
] as const;

function many(count: number, parts: Partial<Model>): Model {
  const processes = withProcesses(count);
  const tiles = processes.rows.slice(0, 12).map(({ info }) => info.name);
  return withConsoles(modelOf({ ...processes, tiles, events: EVENTS.slice(0, count), ...parts }));
}

const grid: DrawnScene[] = SIZES.flatMap(size =>
  [0, 3, 60].flatMap(count =>
    (['list', 'tiles'] as const).map(screenful => ({
      name: `${size.cols}x${size.rows}-${count}-${screenful}`,
      model: many(count, { size, screenful }),
      options: COLOURFUL,
    })),
  ),
);

const HISTORY: HistoryView = {
  lines: TRAFFIC.map(spans => ({ text: spans.map(({ text }) => text).join(''), wrapped: false, spans })),
  top: 12,
  cursor: { line: 19, column: 20 },
  anchor: { line: 17, column: 9, isLinewise: false },
  typing: undefined,
  pattern: 'item/5',
  isBackward: false,
};

const COMMAND = {
  line: { text: 'restart web', cursor: 11 },
  completion: {
    from: 8,
    to: 11,
    candidates: [
      { text: 'web:*', help: 'group of 2', isWhole: true },
      { text: 'web:web_00', help: 'RUNNING', isWhole: true },
      { text: 'web:web_01', help: 'RUNNING', isWhole: true },
    ],
  },
};

const worker = { kind: 'process', name: 'worker' } as const;
const wide = { cols: 120, rows: 40 };
const small = { cols: 60, rows: 15 };

const special: DrawnScene[] = [
  { name: 'demo', model: demo({ size: wide }), options: COLOURFUL },
  { name: 'demo-80x24', model: demo(), options: COLOURFUL },
  { name: 'fatal', model: demo({ size: wide, selected: worker }), options: COLOURFUL },
  { name: 'fatal-60x15', model: demo({ size: small, selected: worker, tableTop: 2 }), options: COLOURFUL },
  { name: 'small-60x15', model: demo({ size: small }), options: COLOURFUL },
  { name: 'small-tiles-60x15', model: many(3, { size: small, screenful: 'tiles' }), options: COLOURFUL },
  {
    name: 'group',
    model: demo({ selected: { kind: 'group', name: 'web' }, collapsed: new Set(['web']) }),
    options: COLOURFUL,
  },
  { name: 'stopped', model: demo({ selected: { kind: 'process', name: 'spare' } }), options: COLOURFUL },
  { name: 'light', model: demo({ size: wide, selected: worker }), options: { ...COLOURFUL, theme: 'light' } },
  { name: 'sixteen', model: demo({ selected: worker }), options: { ...COLOURFUL, colors: 16 } },
  { name: 'no-colour', model: demo({ selected: worker }), options: { ...COLOURFUL, colors: 0 } },
  { name: 'ascii', model: demo(), options: { colors: 0, theme: 'dark', unicode: false } },
  {
    name: 'lost',
    model: demo({
      link: {
        kind: 'lost',
        since: NOW - 10_000,
        reason: 'it died and left /run/taskmaster/tm.sock behind; start it with: taskmasterd',
      },
    }),
    options: COLOURFUL,
  },
  { name: 'connecting', model: modelOf({ link: { kind: 'connecting' }, daemon: undefined }), options: COLOURFUL },
  {
    name: 'read-only',
    model: demo({
      readOnly: true,
      notice: { text: 'read-only: this dashboard changes nothing, so it does not stop', tone: 'bad', until: NOW + 1 },
    }),
    options: COLOURFUL,
  },
  {
    name: 'filter',
    model: demo({ filter: 'web', mode: { kind: 'filter', line: { text: 'web', cursor: 3 }, before: '' } }),
    options: COLOURFUL,
  },
  { name: 'command', model: demo({ mode: { kind: 'command', ...COMMAND, search: undefined } }), options: COLOURFUL },
  { name: 'typing', model: demo({ mode: { kind: 'typing', name: 'repl', chord: 'Ctrl-B d' } }), options: COLOURFUL },
  {
    name: 'history',
    model: demo({
      size: wide,
      selected: { kind: 'process', name: 'web:web_00' },
      mode: { kind: 'history', name: 'web:web_00', history: HISTORY },
    }),
    options: COLOURFUL,
  },
  {
    name: 'confirm',
    model: demo({
      selected: { kind: 'group', name: 'web' },
      mode: { kind: 'confirm', question: 'Stop 2 processes: web:web_00 and web:web_01?', command: ['stop', 'web:*'] },
    }),
    options: COLOURFUL,
  },
  {
    name: 'help',
    model: demo({ size: wide, mode: { kind: 'page', page: helpPage(wide.cols) } }),
    options: COLOURFUL,
  },
  {
    name: 'log',
    model: demo({
      mode: {
        kind: 'page',
        page: {
          title: 'log of repl',
          lines: Array.from({ length: 90 }, (_, i) => `\x1b[32mline ${i}\x1b[m of its \x1b[1mlog\x1b[m\x07\x1b[2J`),
          top: 70,
          isFollowed: true,
        },
      },
    }),
    options: COLOURFUL,
  },
  {
    name: 'mosaic',
    model: demo({ rows: [rowOf('mosaic'), ...DEMO], selected: { kind: 'process', name: 'mosaic' } }),
    options: COLOURFUL,
  },
  {
    name: 'mosaic-confirm',
    model: demo({
      rows: [rowOf('mosaic'), ...DEMO],
      selected: { kind: 'process', name: 'mosaic' },
      isZoomed: true,
      mode: { kind: 'confirm', question: 'Stop 12 processes of 漢字 and 🚀?', command: ['stop', 'all'] },
    }),
    options: COLOURFUL,
  },
  {
    name: 'tiles-zoomed',
    model: demo({ screenful: 'tiles', isZoomed: true, tiles: ['repl', 'worker', 'web:web_00'], selected: worker }),
    options: COLOURFUL,
  },
  {
    name: 'tiles-demo',
    model: demo({ size: wide, screenful: 'tiles', tiles: ['repl', 'worker', 'web:web_00', 'mailer', 'cache'] }),
    options: COLOURFUL,
  },
];

export const SCENES: readonly DrawnScene[] = [...grid, ...special];
