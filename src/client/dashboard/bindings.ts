import { RUNNING_STATES, STOPPED_STATES } from '../../core/status.ts';
import type { Mode, Model } from './model.ts';
import { chosenRows } from './selection.ts';

/**
 * Every key of the dashboard, once: `update.ts` acts by this table, and the footer and the help are printed from it.
 */
export interface Binding {
  /** As `nameOfKey` writes them; the first is the one that the footer shows. */
  readonly keys: readonly string[];
  /** For the footer: a word or two. */
  readonly label: string;
  /** For the help: what it does, in a few words. */
  readonly help: string;
  readonly modes: readonly KeyMode[];
  readonly action: Action;
  /** It changes what runs, so that it is refused in a read-only dashboard. */
  readonly changes: boolean;
  /** Whether the footer shows it: the first ones are shown first, as far as there is room. */
  readonly isShown: boolean;
}

/** What keys mean depends on the mode; the search within a console's history is a line of its own. */
export type KeyMode = Mode['kind'] | 'search';

export type Action =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'first'
  | 'last'
  | 'half page up'
  | 'half page down'
  | 'page up'
  | 'page down'
  | 'next pane'
  | 'previous pane'
  | 'fold'
  | 'attach'
  | 'start'
  | 'stop'
  | 'restart'
  | 'type'
  | 'tiles'
  | 'zoom'
  | 'log'
  | 'daemon log'
  | 'history'
  | 'copy screen'
  | 'filter'
  | 'command'
  | 'events up'
  | 'events down'
  | 'help'
  | 'redraw'
  | 'suspend'
  | 'escape'
  | 'interrupt'
  | 'leave'
  // In a console's history.
  | 'line start'
  | 'line end'
  | 'word right'
  | 'word left'
  | 'search'
  | 'search back'
  | 'next match'
  | 'previous match'
  | 'select'
  | 'select lines'
  | 'copy'
  | 'close'
  // In lines and questions.
  | 'accept'
  | 'complete'
  | 'yes'
  | 'no'
  | 'untype';

const SCROLLED: readonly KeyMode[] = ['normal', 'history', 'page'];
const NORMAL: readonly KeyMode[] = ['normal'];
const HISTORY: readonly KeyMode[] = ['history'];
const PAGE: readonly KeyMode[] = ['page'];

/** What most keys are: they change nothing, and only the help shows them. */
const QUIET = { changes: false, isShown: false } as const;
/** These the footer shows. */
const SHOWN = { changes: false, isShown: true } as const;
const CHANGING = { changes: true, isShown: true } as const;

/** In the order of the help; what the footer shows, it shows in this order too. */
export const BINDINGS: readonly Binding[] = [
  {
    ...SHOWN,
    keys: ['Enter', 'a'],
    label: 'attach',
    help: 'give the program the whole terminal; on a group: fold it',
    modes: NORMAL,
    action: 'attach',
  },
  { ...CHANGING, keys: ['s'], label: 'start', help: 'start what is selected', modes: NORMAL, action: 'start' },
  { ...CHANGING, keys: ['x'], label: 'stop', help: 'stop it', modes: NORMAL, action: 'stop' },
  { ...CHANGING, keys: ['r'], label: 'restart', help: 'stop it, then start it', modes: NORMAL, action: 'restart' },
  { ...CHANGING, keys: ['i'], label: 'type', help: 'type into its console, here', modes: NORMAL, action: 'type' },
  {
    ...SHOWN,
    keys: ['t'],
    label: 'tiles',
    help: 'many consoles at once, or the table',
    modes: NORMAL,
    action: 'tiles',
  },
  {
    ...SHOWN,
    keys: ['l'],
    label: 'log',
    help: 'what it printed, line by line, and what comes',
    modes: NORMAL,
    action: 'log',
  },
  {
    ...SHOWN,
    keys: ['/'],
    label: 'filter',
    help: 'show only what matches: part of a name, a state, a selector',
    modes: NORMAL,
    action: 'filter',
  },
  { ...SHOWN, keys: [':'], label: 'command', help: 'a command, as in the shell', modes: NORMAL, action: 'command' },
  {
    ...SHOWN,
    keys: ['[', 'PgUp'],
    label: 'scroll',
    help: 'scroll back through its console; search it, copy from it',
    modes: NORMAL,
    action: 'history',
  },
  { ...SHOWN, keys: ['z'], label: 'zoom', help: 'the console alone, or everything', modes: NORMAL, action: 'zoom' },
  { ...SHOWN, keys: ['?', 'F1'], label: 'help', help: 'all keys', modes: NORMAL, action: 'help' },
  { ...SHOWN, keys: ['q'], label: 'leave', help: 'leave; programs run on', modes: NORMAL, action: 'leave' },

  { ...QUIET, keys: ['j', 'Down'], label: 'down', help: 'down', modes: SCROLLED, action: 'down' },
  { ...QUIET, keys: ['k', 'Up'], label: 'up', help: 'up', modes: SCROLLED, action: 'up' },
  {
    ...QUIET,
    keys: ['h', 'Left'],
    label: 'left',
    help: 'left; in the table: fold the group',
    modes: ['normal', 'history'],
    action: 'left',
  },
  {
    ...QUIET,
    keys: ['Right'],
    label: 'right',
    help: 'right; in the table: unfold the group',
    modes: ['normal'],
    action: 'right',
  },
  { ...QUIET, keys: ['l', 'Right'], label: 'right', help: 'right', modes: HISTORY, action: 'right' },
  { ...QUIET, keys: ['Space'], label: 'fold', help: 'fold or unfold the group', modes: NORMAL, action: 'fold' },
  { ...QUIET, keys: ['g', 'Home'], label: 'first', help: 'to the first', modes: SCROLLED, action: 'first' },
  { ...QUIET, keys: ['G', 'End'], label: 'last', help: 'to the last', modes: SCROLLED, action: 'last' },
  {
    ...QUIET,
    keys: ['Ctrl-D'],
    label: 'half down',
    help: 'half a page down',
    modes: SCROLLED,
    action: 'half page down',
  },
  { ...QUIET, keys: ['Ctrl-U'], label: 'half up', help: 'half a page up', modes: SCROLLED, action: 'half page up' },
  { ...QUIET, keys: ['PgDn', 'Ctrl-F'], label: 'page down', help: 'a page down', modes: SCROLLED, action: 'page down' },
  {
    ...QUIET,
    keys: ['PgUp', 'Ctrl-B'],
    label: 'page up',
    help: 'a page up',
    modes: ['history', 'page'],
    action: 'page up',
  },
  { ...QUIET, keys: ['Space'], label: 'page down', help: 'a page down', modes: PAGE, action: 'page down' },
  {
    ...QUIET,
    keys: ['Tab'],
    label: 'next',
    help: 'to the next console, or the next group',
    modes: NORMAL,
    action: 'next pane',
  },
  {
    ...QUIET,
    keys: ['Shift-Tab'],
    label: 'previous',
    help: 'to the console before, or the group before',
    modes: NORMAL,
    action: 'previous pane',
  },
  {
    ...QUIET,
    keys: ['J', 'Shift-Down'],
    label: 'events down',
    help: 'scroll the events down',
    modes: NORMAL,
    action: 'events down',
  },
  {
    ...QUIET,
    keys: ['K', 'Shift-Up'],
    label: 'events up',
    help: 'scroll the events up',
    modes: NORMAL,
    action: 'events up',
  },
  { ...QUIET, keys: ['y'], label: 'copy', help: 'copy what its console shows', modes: NORMAL, action: 'copy screen' },
  { ...QUIET, keys: ['L'], label: 'daemon log', help: "the daemon's own log", modes: NORMAL, action: 'daemon log' },
  {
    ...QUIET,
    keys: ['Ctrl-L'],
    label: 'redraw',
    help: 'draw everything anew',
    modes: ['normal', 'history', 'page'],
    action: 'redraw',
  },
  {
    ...QUIET,
    keys: ['Ctrl-Z'],
    label: 'suspend',
    help: 'to the shell that started this; `fg` comes back',
    modes: ['normal', 'history', 'page'],
    action: 'suspend',
  },
  {
    ...QUIET,
    keys: ['Esc'],
    label: 'back',
    help: 'end the zoom, the tiles or the filter',
    modes: NORMAL,
    action: 'escape',
  },
  {
    ...QUIET,
    keys: ['Ctrl-C'],
    label: 'cancel',
    help: 'cancel the command that runs',
    modes: NORMAL,
    action: 'interrupt',
  },

  { ...SHOWN, keys: ['q', 'Esc', 'Ctrl-C'], label: 'back', help: 'leave the history', modes: HISTORY, action: 'close' },
  {
    ...SHOWN,
    keys: ['/'],
    label: 'search',
    help: 'search forward; small letters find large ones too',
    modes: HISTORY,
    action: 'search',
  },
  {
    ...QUIET,
    keys: ['?'],
    label: 'search back',
    help: 'search backward; F1 is the help here',
    modes: HISTORY,
    action: 'search back',
  },
  { ...SHOWN, keys: ['n'], label: 'next', help: 'next match', modes: HISTORY, action: 'next match' },
  { ...QUIET, keys: ['N'], label: 'previous', help: 'match before', modes: HISTORY, action: 'previous match' },
  {
    ...SHOWN,
    keys: ['v', 'Space'],
    label: 'select',
    help: 'begin to select, or end it',
    modes: HISTORY,
    action: 'select',
  },
  { ...QUIET, keys: ['V'], label: 'lines', help: 'select whole lines', modes: HISTORY, action: 'select lines' },
  {
    ...SHOWN,
    keys: ['y', 'Enter'],
    label: 'copy',
    help: 'put the selection, or the line, on the clipboard',
    modes: HISTORY,
    action: 'copy',
  },
  { ...QUIET, keys: ['F1'], label: 'help', help: 'all keys', modes: ['history', 'page'], action: 'help' },
  {
    ...QUIET,
    keys: ['0', 'Ctrl-A'],
    label: 'line start',
    help: 'to the beginning of the line',
    modes: HISTORY,
    action: 'line start',
  },
  {
    ...QUIET,
    keys: ['$', 'Ctrl-E'],
    label: 'line end',
    help: 'to the end of the line',
    modes: HISTORY,
    action: 'line end',
  },
  { ...QUIET, keys: ['w'], label: 'word', help: 'a word on', modes: HISTORY, action: 'word right' },
  { ...QUIET, keys: ['b'], label: 'word back', help: 'a word back', modes: HISTORY, action: 'word left' },

  {
    ...SHOWN,
    keys: ['q', 'Esc', 'Enter', 'Ctrl-C'],
    label: 'close',
    help: 'close the page',
    modes: PAGE,
    action: 'close',
  },

  { ...SHOWN, keys: ['Enter'], label: 'keep', help: 'keep the filter', modes: ['filter'], action: 'accept' },
  {
    ...SHOWN,
    keys: ['Esc', 'Ctrl-C', 'Ctrl-G'],
    label: 'undo',
    help: 'as it was before',
    modes: ['filter'],
    action: 'close',
  },
  { ...QUIET, keys: ['Up'], label: 'up', help: 'up, among what matches', modes: ['filter'], action: 'up' },
  { ...QUIET, keys: ['Down'], label: 'down', help: 'down, among what matches', modes: ['filter'], action: 'down' },

  { ...SHOWN, keys: ['Enter'], label: 'search', help: 'look for it', modes: ['search'], action: 'accept' },
  {
    ...SHOWN,
    keys: ['Esc', 'Ctrl-C', 'Ctrl-G'],
    label: 'cancel',
    help: 'do not search',
    modes: ['search'],
    action: 'close',
  },

  { ...SHOWN, keys: ['Enter'], label: 'run', help: 'run the command', modes: ['command'], action: 'accept' },
  { ...SHOWN, keys: ['Tab'], label: 'complete', help: 'complete the word', modes: ['command'], action: 'complete' },
  { ...SHOWN, keys: ['Esc'], label: 'cancel', help: 'back to the table', modes: ['command'], action: 'close' },

  { ...SHOWN, keys: ['y', 'Y'], label: 'yes', help: 'do it', modes: ['confirm'], action: 'yes' },
  { ...SHOWN, keys: ['n', 'N', 'q', 'Esc', 'Ctrl-C'], label: 'no', help: 'leave it', modes: ['confirm'], action: 'no' },

  {
    ...SHOWN,
    keys: [],
    label: 'back',
    help: 'the keys that detach end the typing',
    modes: ['typing'],
    action: 'untype',
  },
];

const BY_MODE: ReadonlyMap<KeyMode, ReadonlyMap<string, Binding>> = new Map(
  (['normal', 'filter', 'command', 'typing', 'history', 'search', 'page', 'confirm'] as const).map(mode => [
    mode,
    new Map(
      BINDINGS.filter(({ modes }) => modes.includes(mode)).flatMap(binding => binding.keys.map(key => [key, binding])),
    ),
  ]),
);

/** What a key does in a mode; undefined when it does nothing there, or goes to the line or the program. */
export function bindingOf(mode: KeyMode, key: string): Binding | undefined {
  return BY_MODE.get(mode)?.get(key);
}

export function keyModeOf({ mode }: Pick<Model, 'mode'>): KeyMode {
  return mode.kind === 'history' && mode.history.typing !== undefined ? 'search' : mode.kind;
}

/** A key of the footer; `isOff`: it can do nothing now. */
export interface ShownKey {
  readonly key: string;
  readonly label: string;
  readonly isOff: boolean;
}

/** What the footer shows, the most wanted first. */
export function keysFor(model: Model): readonly ShownKey[] {
  const mode = keyModeOf(model);
  return BINDINGS.filter(binding => binding.isShown && binding.modes.includes(mode)).map(binding => ({
    key: model.mode.kind === 'typing' ? (model.mode.chord ?? '') : (binding.keys[0] ?? ''),
    label: labelFor(model, binding),
    isOff: whyNot(model, binding) !== undefined,
  }));
}

function labelFor(model: Model, { action, label }: Binding): string {
  if (action === 'tiles' && model.screenful === 'tiles') return 'table';
  if (action === 'zoom' && model.isZoomed) return 'unzoom';
  if (action !== 'attach' || model.selected?.kind !== 'group') return label;
  return model.collapsed.has(model.selected.name) ? 'unfold' : 'fold';
}

/** Why a key can do nothing now, as a sentence for people; undefined when it can. */
export function whyNot(model: Model, { action, changes }: Binding): string | undefined {
  if (changes && model.readOnly) return `read-only: this dashboard changes nothing, so it does not ${wordFor(action)}`;
  if (!NEEDS_DAEMON.has(action)) return undefined;
  if (model.link.kind === 'connecting') return 'not connected to the daemon yet';
  if (model.link.kind === 'lost') return 'the daemon is away; what is shown is what was last known';
  return action === 'daemon log' ? undefined : whyNotOn(model, action);
}

function wordFor(action: Action): string {
  return action === 'type' ? 'type' : action;
}

/** A key for which somebody must answer. */
const NEEDS_DAEMON: ReadonlySet<Action> = new Set([
  'attach',
  'start',
  'stop',
  'restart',
  'type',
  'log',
  'daemon log',
  'history',
]);

function whyNotOn(model: Model, action: Action): string | undefined {
  const rows = chosenRows(model);
  const [row] = rows;
  if (row === undefined) return 'nothing is selected';
  const isGroup = model.selected?.kind === 'group';
  const name = isGroup ? `everything in ${model.selected.name}` : row.info.name;
  switch (action) {
    case 'start':
      if (rows.every(({ info }) => RUNNING_STATES.includes(info.state))) return `${name} is started already`;
      return undefined;
    case 'stop':
      if (rows.every(({ info }) => STOPPED_STATES.includes(info.state))) return `${name} does not run`;
      return undefined;
    case 'type':
      if (isGroup) return 'select one process to type into: this is a group';
      return row.info.pid === null ? `${name} does not run: there is nobody to type to; s starts it` : undefined;
    case 'log':
    case 'history':
      return isGroup ? 'select one process: this is a group' : undefined;
    default:
      return undefined;
  }
}
