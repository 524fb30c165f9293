/** What keys, the mouse and the daemon make of the dashboard, without any of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BINDINGS, bindingOf, keyModeOf, keysFor } from '../../../src/client/dashboard/bindings.ts';
import type { Message } from '../../../src/client/dashboard/board.ts';
import { consolesOf } from '../../../src/client/dashboard/consoles.ts';
import { MOST_EVENTS } from '../../../src/client/dashboard/eventrows.ts';
import { describedNow } from '../../../src/client/dashboard/figures.ts';
import { fitsFilter } from '../../../src/client/dashboard/filter.ts';
import { nameOfKey } from '../../../src/client/dashboard/keyname.ts';
import { innerOf, layoutOf } from '../../../src/client/dashboard/layout.ts';
import { MOST_LINES } from '../../../src/client/dashboard/pages.ts';
import { lineOf, rowsOf } from '../../../src/client/dashboard/tablelines.ts';
import type { Happening } from '../../../src/core/events.ts';
import { formatMoment } from '../../../src/core/status.ts';
import type { ProcessUsage } from '../../../src/protocol/messages.ts';
import { processInfo } from '../support.ts';
import { Driven, down, household, keyNamed, screenOf, up } from './driving.ts';
import { NOW } from './fixtures.ts';

const many = (count: number) => Array.from({ length: count }, (_, i) => up(`task${String(i).padStart(2, '0')}`));

/** A dashboard in each of the modes that keys have a meaning in. */
const IN_MODE: Readonly<Record<string, (options?: { readOnly: boolean }) => Driven>> = {
  normal: options => new Driven(household(), options),
  filter: options => new Driven(household(), options).press('/'),
  command: options => new Driven(household(), options).press(':'),
  typing: options => new Driven(household(), options).press('i'),
  history: options => inHistory(options),
  search: options => inHistory(options).press('/'),
  page: options => new Driven(household(), options).press('?'),
  confirm: options => new Driven(household(), options).press('j', 'j', 'x'),
};

function inHistory(options?: { readOnly: boolean }, lines = LINES): Driven {
  const driven = new Driven(household(), options).press('[');
  return driven.take({ type: 'history', name: 'api', up: 0, screen: screenOf(lines) });
}

const LINES = Array.from({ length: 100 }, (_, i) => `line ${i}`);

function happening(id: number, process = 'api'): Happening {
  return { id, at: NOW + id, type: 'process.spawned', process, program: process, pid: 7, cause: 'request', by: null };
}

function usage(name: string, fields: Partial<ProcessUsage> = {}): ProcessUsage {
  return { name, cpu: 1, memory: 1000, processes: 1, printed: 0, bells: 0, quietFor: 0, ...fields };
}

describe('the table of keys', () => {
  test('a key has one meaning in a mode', () => {
    const seen = new Set<string>();
    for (const { keys, modes } of BINDINGS) {
      for (const place of modes.flatMap(mode => keys.map(key => `${mode} ${key}`))) {
        expect(seen.has(place), place).toBe(false);
        seen.add(place);
      }
    }
  });

  test('is written as keys are named', () => {
    for (const key of BINDINGS.flatMap(({ keys }) => keys)) expect(nameOfKey(keyNamed(key))).toBe(key);
  });

  test.each(
    Object.keys(IN_MODE).filter(mode => mode !== 'typing'),
  )('every key of the mode %s does something or says why not', mode => {
    for (const { keys } of BINDINGS.filter(({ modes }) => modes.some(name => name === mode))) {
      for (const key of keys) {
        const driven = IN_MODE[mode]?.() ?? new Driven();
        expect(keyModeOf(driven.board)).toBe(mode);
        const before = driven.board;
        driven.press(key);
        const isIdle = driven.board === before && driven.effects.length === 0;
        if (isIdle) expect(STILL, `${mode} ${key}`).toContain(bindingOf(keyModeOf(before), key)?.action);
      }
    }
  });

  // At the upper end of the table, or the lower end of a text.
  const STILL = [
    ...[
      'up',
      'first',
      'half page up',
      'page up',
      'left',
      'right',
      'fold',
      'previous pane',
      'events up',
      'events down',
      'escape',
    ],
    ...['down', 'last', 'half page down', 'page down', 'line start', 'close', 'complete', 'no'],
  ];

  test.each(Object.keys(IN_MODE))('nothing is changed by a key of the mode %s when read-only', mode => {
    for (const { keys } of BINDINGS.filter(({ changes }) => changes)) {
      for (const key of keys) {
        const driven = IN_MODE[mode]?.({ readOnly: true }) ?? new Driven();
        driven.press(key);
        expect(driven.effects.filter(({ kind }) => kind === 'run' || kind === 'type')).toEqual([]);
      }
    }
  });

  test('the footer shows what can be done with what is selected', () => {
    const off = (driven: Driven) => keysFor(driven.board).flatMap(({ key, isOff }) => (isOff ? [key] : []));
    const driven = new Driven(household());
    expect(off(driven)).toEqual(['s']);
    expect(off(driven.press('j'))).toEqual(['x', 'i']);
    expect(off(driven.press('j'))).toEqual(['i', 'l', '[']);
    expect(off(new Driven(household(), { readOnly: true }))).toEqual(['s', 'x', 'r', 'i']);
    expect(off(driven.take({ type: 'link', link: { kind: 'lost', since: NOW, reason: 'gone' } }))).toContain('Enter');
  });

  test('a key that can do nothing says why, in the place of notices', () => {
    const driven = new Driven(household()).press('s');
    expect(driven.board.notice?.text).toBe('api is started already');
    expect(driven.press('j', 'i').board.notice?.text).toContain('job does not run');
    expect(driven.effects).toEqual([{ kind: 'ring' }]);
  });
});

describe('the bar', () => {
  test('goes up and down, over headings and processes, and stays at the ends', () => {
    const driven = new Driven(household());
    const path = ['k', 'j', 'j', 'j', 'Down', 'j', 'j', 'Up', 'g', 'G'].map(key => driven.press(key).selected);
    expect(path).toEqual([
      'api',
      'job',
      'web:*',
      'web:web_00',
      'web:web_01',
      'web:web_02',
      'web:web_02',
      'web:web_01',
      'api',
      'web:web_02',
    ]);
  });

  test('a group is folded from any of its processes', () => {
    const driven = new Driven(household()).press('G', 'h');
    expect(driven.selected).toBe('web:*');
    expect(rowsOf(driven.board)).toHaveLength(3);
    expect(rowsOf(driven.press('Right').board)).toHaveLength(6);
    expect(rowsOf(driven.press('Space').board)).toHaveLength(3);
    expect(rowsOf(driven.press('Enter').board)).toHaveLength(6);
  });

  test('goes to the neighbour of what a reload removed', () => {
    const driven = new Driven(household()).press('j');
    driven.take({ type: 'processes', processes: household().filter(({ name }) => name !== 'job') });
    expect(driven.selected).toBe('web:*');
    driven.take({ type: 'processes', processes: [up('api')] });
    expect(driven.selected).toBe('api');
    driven.take({ type: 'processes', processes: [] });
    expect(driven.selected).toBe('');
    driven.take({ type: 'processes', processes: household() });
    expect(driven.selected).toBe('api');
  });

  test('stays to be seen in a table that is longer than its pane', () => {
    const driven = new Driven(many(60)).press('G');
    const rows = () => innerOf(layoutOf(driven.board).table ?? { x: 0, y: 0, cols: 0, rows: 0 }).rows - 1;
    expect(driven.board.tableTop).toBe(60 - rows());
    expect(driven.press('g').board.tableTop).toBe(0);
    driven.press('Ctrl-D', 'Ctrl-D', 'Ctrl-D').take({ type: 'size', size: { cols: 60, rows: 15 } });
    const at = lineOf(rowsOf(driven.board), driven.board.selected);
    expect(at - driven.board.tableTop).toBeLessThan(rows());
    expect(at).toBeGreaterThanOrEqual(driven.board.tableTop);
  });
});

describe('the filter', () => {
  test.each([
    ['web', ['web:web_00', 'web:web_01', 'web:web_02']],
    ['stopped', ['job', 'web:web_02']],
    ['run', ['api', 'web:web_00', 'web:web_01']],
    ['web:*', ['web:web_00', 'web:web_01', 'web:web_02']],
    ['web !run', ['web:web_02']],
    ['WEB_01', ['web:web_01']],
    ['  ', ['api', 'job', 'web:web_00', 'web:web_01', 'web:web_02']],
    ['nothing', []],
  ])('"%s"', (filter, names) => {
    expect(
      household()
        .filter(info => fitsFilter(filter, info))
        .map(({ name }) => name),
    ).toEqual(names);
  });

  test('acts while it is typed, is kept by Enter and ended by Escape', () => {
    const driven = new Driven(household()).press('/').type('stop');
    expect(driven.board.filter).toBe('stop');
    expect(driven.selected).toBe('job');
    expect(driven.press('Enter').board.mode.kind).toBe('normal');
    expect(rowsOf(driven.board)).toHaveLength(3);
    expect(driven.press('Esc').board.filter).toBe('');
  });

  test('puts the bar on the first process that matches, not on the heading above it', () => {
    const driven = new Driven(household()).press('/').type('web');
    expect(driven.selected).toBe('web:web_00');
    expect(driven.type('_01').selected).toBe('web:web_01');
    expect(rowsOf(driven.board)[0]).toMatchObject({ kind: 'group', name: 'web' });
    expect(driven.press('Enter', 'k', 'x').selected).toBe('web:*');
    const onHeading = new Driven(household()).press('j', 'j', '/').type('_02');
    expect(onHeading.selected).toBe('web:web_02');
    expect(onHeading.type('?').selected).toBe('web:web_02');
    expect(onHeading.press('Esc').selected).toBe('web:*');
  });

  test('given up, all is as it was before', () => {
    const driven = new Driven(household()).press('/').type('stop').press('Down', 'Esc');
    expect(driven.board.filter).toBe('');
    expect(driven.selected).toBe('api');
  });
});

describe('commands', () => {
  test.each([
    ['x', ['stop', 'api']],
    ['r', ['restart', 'api']],
  ])('%s on one process does not ask', (key, words) => {
    expect(new Driven(household()).press(key).ran).toEqual(words);
  });

  test('on a group it asks, and names who', () => {
    const driven = new Driven(household()).press('j', 'j', 'x');
    expect(driven.ran).toBeUndefined();
    expect(driven.board.mode).toMatchObject({
      kind: 'confirm',
      question: 'Stop 2 processes: web:web_00, web:web_01?', // the third does not run
    });
    expect(driven.press('n').ran).toBeUndefined();
    expect(driven.press('x', 'y').ran).toEqual(['stop', 'web:*']);
    expect(driven.board.mode.kind).toBe('normal');
  });

  test.each([
    ['stop all', /^Stop 3 processes/],
    ['restart web:*', /^Restart 3 processes/],
    ['signal HUP web:*', /^Send HUP to 2 processes/],
    ['shutdown', /^Stop 3 processes: .* and the daemon\?/],
    ['scale web=0', /^Stop 2 of the 2 processes of web\?/],
    ['reload', /^Read the config again/],
  ])(':%s asks', (line, question) => {
    const driven = new Driven(household().map(info => ({ ...info, program: info.group })))
      .press(':')
      .type(line)
      .press('Enter');
    expect(driven.board.mode).toMatchObject({ kind: 'confirm', question: expect.stringMatching(question) });
    expect(driven.press('y').ran).toEqual(line.split(' '));
  });

  test.each([
    'stop api',
    'start all',
    'reload --dry-run',
    'status',
    'stop job web:web_02',
    'scale web=1',
  ])(':%s does not', line => {
    expect(new Driven(household()).press(':').type(line).press('Enter').ran).toEqual(line.split(' '));
  });

  test.each([
    'stop api',
    'shutdown',
    'reload',
    'send api hello',
    'clear all',
  ])(':%s is refused when read-only', line => {
    const driven = new Driven(household(), { readOnly: true }).press(':').type(line).press('Enter');
    expect(driven.ran).toBeUndefined();
    expect(driven.board.notice).toMatchObject({ tone: 'bad', text: expect.stringContaining('read-only') });
  });

  test.each([
    ['dashboard', 'this is the dashboard'],
    ['open /etc/tm.yaml', 'a dashboard shows one daemon'],
  ])(':%s says what to do instead', (line, text) => {
    const driven = new Driven(household()).press(':').type(line).press('Enter');
    expect(driven.ran).toBeUndefined();
    expect(driven.board.notice?.text).toContain(text);
  });

  test('what one line says is a notice, more is a page', () => {
    const driven = new Driven(household()).press('x');
    driven.take(
      { type: 'printed', run: 1, lines: ['api: \x1b[31mERROR\x1b[0m (shutting down)'] },
      { type: 'run over', run: 1, code: 1 },
    );
    expect(driven.board.notice).toMatchObject({ text: 'api: ERROR (shutting down)', tone: 'bad' });
    driven.press(':').type('status').press('Enter');
    driven.take({ type: 'printed', run: 2, lines: ['one', 'two'] }, { type: 'run over', run: 2, code: 0 });
    expect(driven.board.mode).toMatchObject({ kind: 'page', page: { title: 'status', lines: ['one', 'two'] } });
    expect(driven.press('q').board.mode.kind).toBe('normal');
  });

  test('a log follows its end until it is scrolled up, is bounded, and ends with its page', () => {
    const driven = new Driven(household()).press('l');
    expect(driven.ran?.slice(0, 2)).toEqual(['tail', '-f']);
    const lines = Array.from({ length: MOST_LINES + 50 }, (_, i) => `${i}`);
    driven.take({ type: 'printed', run: 1, lines });
    const page = () => (driven.board.mode.kind === 'page' ? driven.board.mode.page : undefined);
    expect(page()?.lines).toHaveLength(MOST_LINES);
    const end = page()?.top ?? 0;
    expect(end).toBeGreaterThan(MOST_LINES - 40);
    expect(driven.press('k').take({ type: 'printed', run: 1, lines: ['more'] }).board.mode).toMatchObject({
      page: { top: end - 1 },
    });
    expect(driven.press('q').effects).toEqual([{ kind: 'cancel', run: 1 }]);
  });

  test('Escape gives the line up, as the footer says, whatever is shown above it', () => {
    const driven = new Driven(household()).press(':').type('st').press('Tab');
    expect(driven.board.mode).toMatchObject({ kind: 'command', completion: expect.anything() });
    expect(driven.press('Esc').board.mode.kind).toBe('normal');
    expect(driven.press(':', 'Ctrl-R', 'Esc').board.mode.kind).toBe('normal');
  });

  test('the line has history, completion, and one line of what is pasted', () => {
    const driven = new Driven(household()).press(':').type('status').press('Enter');
    expect(driven.effects).toContainEqual({ kind: 'remember', line: 'status' });
    driven.press(':', 'Up');
    expect(driven.board.mode).toMatchObject({ line: { text: 'status' } });
    driven.press('Ctrl-U').type('sto').press('Tab').type('ap').press('Tab');
    expect(driven.board.mode).toMatchObject({ line: { text: 'stop api ' } });
    driven.take({ type: 'processes', processes: household(), alerts: ['oncall'] });
    driven.press('Ctrl-U').type('alert test on').press('Tab');
    expect(driven.board.mode).toMatchObject({ line: { text: 'alert test oncall ' } });
    driven.press('Ctrl-U').input({ type: 'paste', text: 'stop all\nshutdown\n', bytes: new Uint8Array(0) });
    expect(driven.board.mode).toMatchObject({ kind: 'command', line: { text: 'stop all shutdown ' } });
    expect(driven.effects).toEqual([]);
  });

  test('attaching gives the terminal away, and only to look when read-only', () => {
    expect(new Driven(household()).press('Enter').effects).toMatchObject([
      { kind: 'hand over', words: ['attach', 'api'] },
    ]);
    expect(new Driven(household(), { readOnly: true }).press('a').ran).toEqual(['attach', '--read-only', 'api']);
  });
});

describe('tiles', () => {
  test('are at most twelve, around what is selected, and go on page by page', () => {
    const driven = new Driven(many(30)).press('G', 't');
    expect(driven.board.tiles).toHaveLength(6);
    expect(driven.press('g').board.tiles).toHaveLength(12);
    expect(driven.press('Tab').selected).toBe('task01');
    driven.press('Shift-Tab', 'Shift-Tab');
    expect(driven.selected).toBe('task29');
    expect(driven.board.tiles.at(-1)).toBe('task29');
  });

  test('are walked by where they stand', () => {
    const driven = new Driven(many(12)).press('t');
    const rectOf = (name: string) => layoutOf(driven.board).tiles.find(tile => tile.name === name)?.rect;
    const start = rectOf('task00');
    const right = rectOf(driven.press('Right').selected);
    expect([right?.y, (right?.x ?? 0) > (start?.x ?? 0)]).toEqual([start?.y, true]);
    const below = rectOf(driven.press('j').selected);
    expect([below?.x, (below?.y ?? 0) > (start?.y ?? 0)]).toEqual([right?.x, true]);
    expect(driven.press('h', 'k').selected).toBe('task00');
  });

  test('a heading gives way to its first process; Escape leaves the zoom, then the tiles', () => {
    const driven = new Driven(household()).press('j', 'j', 't');
    expect(driven.selected).toBe('web:web_00');
    expect(consolesOf(driven.press('z').board)).toHaveLength(1);
    expect(consolesOf(driven.press('Esc').board)).toHaveLength(5);
    expect(driven.press('Esc').board.screenful).toBe('list');
  });
});

describe("a console's history", () => {
  const view = (driven: Driven) => {
    const { mode } = driven.board;
    if (mode.kind !== 'history') throw new Error(`in mode ${mode.kind}`);
    return mode.history;
  };

  test('begins at the end, or a page above it, and is scrolled within its lines', () => {
    expect(new Driven(household()).press('PgUp').effects).toMatchObject([{ kind: 'fetch history', name: 'api' }]);
    const driven = inHistory();
    expect(view(driven).cursor.line).toBe(99);
    expect(view(driven.press('g'))).toMatchObject({ top: 0, cursor: { line: 0 } });
    expect(view(driven.press('k', 'PgUp', 'Ctrl-U'))).toMatchObject({ top: 0, cursor: { line: 0 } });
    expect(view(driven.press('G')).cursor.line).toBe(99);
    const { top } = view(driven);
    expect(view(driven.mouse('wheelup', 90, 5)).top).toBe(top - 3);
    expect(driven.press('q').board.mode.kind).toBe('normal');
  });

  test('is searched both ways, with small letters for both, and round its ends', () => {
    const driven = inHistory(undefined, ['Alpha', 'beta', 'ALPHA', 'gamma alpha'])
      .press('?')
      .type('alpha')
      .press('Enter');
    const places = ['n', 'n', 'n', 'N', 'N'].map(key => view(driven.press(key)).cursor);
    expect(places.map(({ line }) => line)).toEqual([0, 3, 2, 3, 0]);
    driven.press('/').type('ALPHA').press('Enter');
    expect(view(driven).cursor.line).toBe(2);
    expect(view(driven.press('/').type('nowhere').press('Enter')).cursor.line).toBe(2);
    expect(driven.board.notice?.text).toBe('not found: nowhere');
  });

  test('copies the line, some of it, or lines, and says how much', () => {
    const driven = inHistory(undefined, ['one two', 'three', 'four']).press('g', 'y');
    expect(driven.copied).toBe('one two');
    expect(driven.board.notice?.text).toBe('copied 7 characters of api to the clipboard');
    expect(driven.press('w', 'v', 'j', '$', 'y').copied).toBe('two\nthree');
    expect(driven.press('g', 'V', 'j', 'y').copied).toBe('one two\nthree\n');
    expect(driven.board.notice?.text).toBe('copied 2 lines of api to the clipboard');
  });

  test('joins what the terminal had wrapped, and cuts no wide character', () => {
    const wrapped = inHistory(undefined, ['twenty characters lo', '+ng, wrapped', '日本語 text']);
    expect(wrapped.press('g', 'V', 'j', 'y').copied).toBe('twenty characters long, wrapped\n');
    expect(wrapped.press('G', '0', 'l', 'v', 'l', 'y').copied).toBe('日本');
  });

  test('copies no more than terminals take', () => {
    const driven = inHistory(
      undefined,
      Array.from({ length: 9000 }, () => 'ten signs!'),
    ).press('g', 'V', 'G', 'y');
    expect(driven.copied).toBeUndefined();
    expect(driven.board.notice?.text).toContain('not copied: 99 kB');
  });

  test('text is selected with the mouse, and copied when it is let go', () => {
    const driven = inHistory(undefined, ['one two', 'three']).press('g');
    const pane = consolesOf(driven.board)[0]?.rect ?? { x: 0, y: 0 };
    driven
      .mouse('press', pane.x + 4, pane.y)
      .mouse('drag', pane.x + 1, pane.y + 1)
      .mouse('release', pane.x + 1, pane.y + 1);
    expect(driven.copied).toBe('two\nth');
  });

  test('the mouse finds its cell in one that is scrolled sideways, too', () => {
    const driven = inHistory(undefined, [`${'-'.repeat(200)}end`]).press('$');
    const pane = consolesOf(driven.board)[0]?.rect ?? { x: 0, y: 0, cols: 0 };
    expect(view(driven.mouse('press', pane.x + pane.cols - 3, pane.y)).cursor.column).toBe(200);
  });

  test('ends with its process, and says so', () => {
    const driven = inHistory().take({ type: 'processes', processes: [down('job')] });
    expect(driven.board.mode.kind).toBe('normal');
    expect(driven.board.notice?.text).toContain('api is gone');
  });
});

describe('what the daemon tells', () => {
  test('marks say what is news of consoles that nobody looks at', () => {
    const driven = new Driven(household());
    const sample = (at: number, ...processes: ProcessUsage[]): Message => ({
      type: 'usage',
      sample: { at, processes, daemon: { cpu: 0, memory: 0 } },
    });
    driven.take(sample(NOW, usage('api', { printed: 5 }), usage('web:web_00', { printed: 5 })));
    const marks = (name: string) => driven.board.rows.find(({ info }) => info.name === name)?.marks;
    expect(marks('web:web_00')).toMatchObject({ activity: false, bell: false });
    driven.take(
      sample(NOW + 1000, usage('api', { printed: 9, bells: 1 }), usage('web:web_00', { printed: 9, bells: 1 })),
    );
    expect(marks('api')).toMatchObject({ activity: false, bell: false });
    expect(marks('web:web_00')).toMatchObject({ activity: true, bell: true });
    driven.press('j', 'j', 'j');
    expect(marks('web:web_00')).toMatchObject({ activity: false, bell: false });
  });

  test('one that used to print and is silent is marked, once it has been for a while', () => {
    const driven = new Driven(household());
    for (let i = 1; i <= 5; i++) {
      const processes = [usage('web:web_00', { printed: i })];
      driven.take({ type: 'usage', sample: { at: NOW + i * 1000, processes, daemon: { cpu: 0, memory: 0 } } });
    }
    const isSilent = () => driven.board.rows.find(({ info }) => info.name === 'web:web_00')?.marks.silence;
    expect(driven.take({ type: 'tick', now: NOW + 30_000 }) && isSilent()).toBe(false);
    expect(driven.take({ type: 'tick', now: NOW + 40_000 }) && isSilent()).toBe(true);
  });

  test('others who are attached are counted, and wait when it does not run', () => {
    const viewer = {
      id: 4,
      label: 'ada@host',
      origin: '',
      readOnly: false,
      drives: true,
      painted: false,
      cols: 1,
      rows: 1,
      since: 0,
    };
    const driven = new Driven([up('api'), processInfo('job', { state: 'STOPPED', pid: null, viewers: [viewer] })]);
    expect(driven.board.rows[1]?.marks).toMatchObject({ viewers: 1, isWaitedFor: true });
    driven.press('i').take({ type: 'typing', name: 'api', viewer: 4, chord: 'Ctrl-B d' });
    expect(driven.board.rows[1]?.marks.viewers).toBe(0);
    expect(keysFor(driven.board)).toEqual([{ key: 'Ctrl-B d', label: 'back', isOff: false }]);
  });

  test('a state is shown at once, but not one from before the list', () => {
    const state = {
      id: 1,
      at: NOW,
      type: 'process.state',
      process: 'api',
      program: 'api',
      pid: null,
      from: 'RUNNING',
      to: 'FATAL',
      reason: 'no',
      cause: 'request',
      by: null,
    } as const;
    const driven = new Driven(household()).take({ type: 'happening', happening: state, isPast: true });
    expect(driven.board.rows[0]?.info.state).toBe('RUNNING');
    driven.take({ type: 'happening', happening: state, isPast: false });
    expect(driven.board.rows[0]?.info).toMatchObject({ state: 'FATAL', pid: null, reason: 'no' });
    expect(driven.board.events.map(({ tone }) => tone)).toEqual(['bad', 'bad']);
  });

  test('what ended says when, before the daemon could be asked, or where it went away meanwhile', () => {
    const base = { id: 1, process: 'api', program: 'api', cause: 'request', by: null } as const;
    const ended = { ...base, type: 'process.exit', at: NOW, pid: 70, exit: { code: 0, signal: null } } as const;
    const rest = { expected: true, ranFor: 5, stoppedBy: null } as const;
    const stopped = { ...base, type: 'process.state', at: NOW, pid: null, from: 'STOPPING', to: 'STOPPED' } as const;
    const driven = new Driven(household());
    driven.take({ type: 'happening', happening: { ...ended, ...rest }, isPast: false });
    driven.take({ type: 'happening', happening: { ...stopped, reason: null }, isPast: false });
    const [info] = driven.board.rows.map(row => row.info);
    expect(info && describedNow(info)).toBe(formatMoment(NOW));
  });

  test('what the daemon takes is known', () => {
    const daemon = { cpu: 2.5, memory: 61_000_000 };
    const driven = new Driven().take({ type: 'usage', sample: { at: NOW, processes: [], daemon } });
    expect(driven.board.daemonUsage).toEqual(daemon);
  });

  test('uptimes go on, notices go', () => {
    const driven = new Driven(household()).press('s').take({ type: 'tick', now: NOW + 3000 });
    expect(driven.board.rows[0]?.info.uptime).toBe(4000);
    expect(driven.board.rows.map(({ info }) => describedNow(info))[0]).toBe('pid 70, uptime 0:00:04');
    expect(driven.board.notice).toBeDefined();
    expect(driven.take({ type: 'tick', now: NOW + 9000 }).board.notice).toBeUndefined();
  });

  test('a picture changes its rows and leaves the others as they were', () => {
    const driven = new Driven(household()).take({ type: 'pane opened', name: 'api', pane: { cols: 10, rows: 3 } });
    const frame = { cols: 80, rows: 24, x: 0, y: 0, cursor: null, alternate: false };
    driven.take({
      type: 'pane',
      name: 'api',
      frame: { ...frame, lines: [0, 1, 2, 9].map(y => ({ y, spans: [{ text: `${y}` }] })) },
    });
    const before = driven.board.consoles.get('api')?.lines;
    driven.take({ type: 'pane', name: 'api', frame: { ...frame, lines: [{ y: 1, spans: [{ text: 'new' }] }] } });
    const after = driven.board.consoles.get('api')?.lines;
    expect(after?.map(spans => spans[0]?.text)).toEqual(['0', 'new', '2']);
    expect([after?.[0] === before?.[0], after?.[1] === before?.[1]]).toEqual([true, false]);
  });

  test('when it goes away typing ends, and what is shown stays', () => {
    const driven = new Driven(household())
      .press('i')
      .take({ type: 'link', link: { kind: 'lost', since: NOW, reason: 'gone' } });
    expect(driven.board.mode.kind).toBe('normal');
    expect(driven.board.rows).toHaveLength(5);
    expect(driven.take({ type: 'tick', now: NOW + 60_000 }).board.rows[0]?.info.uptime).toBe(1000);
    expect(driven.take({ type: 'link', link: { kind: 'live' } }).board.notice?.text).toBe('the daemon is back');
  });
});

describe('the mouse', () => {
  test('selects rows and tiles, folds a heading that is selected, and scrolls', () => {
    const driven = new Driven(household());
    const table = layoutOf(driven.board).table ?? { x: 0, y: 0, cols: 0, rows: 0 };
    const row = (n: number) => innerOf(table).y + 1 + n;
    expect(driven.mouse('press', 5, row(3)).selected).toBe('web:web_00');
    expect(driven.mouse('press', 5, row(2)).selected).toBe('web:*');
    expect(rowsOf(driven.mouse('press', 5, row(2)).board)).toHaveLength(3);
    driven.press('t');
    const tile = layoutOf(driven.board).tiles[1]?.rect ?? { x: 0, y: 0 };
    expect(driven.mouse('press', tile.x + 2, tile.y + 2).selected).toBe('job');
    expect(driven.mouse('wheelup', tile.x + 2, tile.y + 2).effects).toMatchObject([
      { kind: 'fetch history', name: 'job' },
    ]);
  });

  test('drags what divides the panes', () => {
    const driven = new Driven(household());
    const { dividers, table } = layoutOf(driven.board);
    const divider = dividers.find(({ kind }) => kind === 'tableCols')?.rect ?? { x: 0, y: 0 };
    driven
      .mouse('press', divider.x, divider.y + 3)
      .mouse('drag', divider.x + 10, 9)
      .mouse('release', divider.x + 10, 9);
    expect(layoutOf(driven.board).table?.cols).toBeGreaterThanOrEqual((table?.cols ?? 0) + 9);
    const { splits } = driven.board;
    expect(driven.mouse('drag', 3, 3).board.splits).toBe(splits);
  });
});

describe('whatever happens', () => {
  const key = fc.constantFrom(
    ...BINDINGS.flatMap(({ keys }) => keys),
    'a',
    'Z',
    '日',
    'Alt-x',
    'Backspace',
    'Up',
    'Del',
  );
  const name = fc.constantFrom('api', 'job', 'web:web_00', 'web:web_01', 'gone');
  const message: fc.Arbitrary<Message> = fc.oneof(
    {
      weight: 12,
      arbitrary: key.map(
        (name): Message => ({ type: 'input', input: { type: 'key', key: keyNamed(name), bytes: new Uint8Array(0) } }),
      ),
    },
    {
      weight: 4,
      arbitrary: fc
        .record({
          action: fc.constantFrom('press', 'release', 'drag', 'wheelup', 'wheeldown'),
          x: fc.nat(130),
          y: fc.nat(45),
        })
        .map(
          ({ action, x, y }): Message => ({
            type: 'input',
            input: {
              type: 'mouse',
              mouse: { action, x, y, button: 'left', ctrl: false, meta: false, shift: false },
              bytes: new Uint8Array(0),
            },
          }),
        ),
    },
    fc
      .record({ cols: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) })
      .map((size): Message => ({ type: 'size', size })),
    fc.subarray(household()).map((processes): Message => ({ type: 'processes', processes })),
    fc.nat(50).map((n): Message => ({ type: 'processes', processes: many(n) })),
    fc.nat().map((n): Message => ({ type: 'tick', now: NOW + n })),
    name.map((process): Message => ({ type: 'happening', happening: happening(1, process), isPast: false })),
    fc
      .record({ name, up: fc.nat(50), lines: fc.array(fc.string(), { maxLength: 60 }) })
      .map(({ name: of, up: by, lines }): Message => ({ type: 'history', name: of, up: by, screen: screenOf(lines) })),
    fc
      .record({ run: fc.integer({ min: 1, max: 5 }), lines: fc.array(fc.string(), { maxLength: 5 }) })
      .map((parts): Message => ({ type: 'printed', ...parts })),
    fc
      .record({ run: fc.integer({ min: 1, max: 5 }), code: fc.nat(7) })
      .map((parts): Message => ({ type: 'run over', ...parts })),
    fc.constantFrom<Message>(
      { type: 'link', link: { kind: 'live' } },
      { type: 'link', link: { kind: 'lost', since: NOW, reason: 'gone' } },
      { type: 'typing over', text: undefined },
      { type: 'history failed', name: 'api', text: 'no' },
      { type: 'missed', count: 3 },
    ),
  );

  test('what is selected is shown, cursors are within their texts, lists are bounded', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(message, { maxLength: 60 }), (readOnly, messages) => {
        const driven = new Driven(household(), { readOnly });
        for (const one of messages) {
          driven.take(one);
          const { board } = driven;
          const lines = rowsOf(board);
          if (board.screenful === 'list' && lines.length > 0) expect(lineOf(lines, board.selected)).not.toBe(-1);
          if (board.screenful === 'tiles' && lines.length > 0) expect(board.tiles).toContain(board.selected?.name);
          expect(board.tiles.length).toBeLessThanOrEqual(12);
          expect(board.tableTop).toBeGreaterThanOrEqual(0);
          expect(board.events.length).toBeLessThanOrEqual(MOST_EVENTS);
          if (board.mode.kind === 'history' && board.mode.history.lines !== undefined) {
            const { history } = board.mode;
            expect(history.cursor.line).toBeLessThan(Math.max(1, history.lines?.length ?? 0));
            expect(Math.min(history.cursor.line, history.cursor.column, history.top)).toBeGreaterThanOrEqual(0);
          }
          if (board.mode.kind === 'page') expect(board.mode.page.top).toBeLessThanOrEqual(board.mode.page.lines.length);
          if (readOnly) {
            const changes = driven.effects.filter(
              effect => effect.kind === 'run' && effect.words[0] !== 'tail' && effect.words[0] !== 'log',
            );
            expect(
              changes.filter(
                effect => effect.kind === 'run' && ['start', 'stop', 'restart'].includes(effect.words[0] ?? ''),
              ),
            ).toEqual([]);
            expect(driven.effects.filter(({ kind }) => kind === 'type')).toEqual([]);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('events are forgotten when there are too many', () => {
    const driven = new Driven(household());
    for (let i = 0; i < MOST_EVENTS + 20; i++)
      driven.take({ type: 'happening', happening: happening(i), isPast: true });
    expect(driven.board.events).toHaveLength(MOST_EVENTS);
    expect(driven.board.events[0]?.happening.id).toBe(20);
  });
});
