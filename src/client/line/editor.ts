/**
 * The line editor: keys in, the next state out, and nothing else: it knows no terminal, so the shell draws it below its
 * output and the dashboard within itself. Our own and not node:readline, which has no Ctrl-R, draws on a terminal that it
 * must own, and holds standard input while `attach` needs it.
 *
 * Keys are Emacs's, as in every shell. Three things have a memory of the key before: kills in a row are one kill, Alt-Y
 * goes on from a yank, and letters in a row are undone together.
 */
import { after, before, blankBefore, boundaryFrom, wordAfter, wordBefore } from './graphemes.ts';
import type { Key } from './key.ts';
import type { Completion, Line } from './line.ts';
import { type Menu, nextChoice, offer } from './menu.ts';
import { type Browsing, browse, type Search, searchAgain, searchFor, startSearch } from './recall.ts';

export interface EditorState {
  readonly line: Line;
  /** What Tab offers and is to be shown below the line; gone with the next key that is not Tab. */
  readonly completion: Completion | undefined;
  /** Which candidate Tab has put into the line; -1 for none yet. */
  readonly chosen: number;
  /** Ctrl-R or Ctrl-S looks through the history; `searchLabel` is to be shown in place of the prompt. */
  readonly search: Search | undefined;
  /** Oldest first. */
  readonly history: readonly string[];
  readonly browsing: Browsing | undefined;
  /** What was searched for last: Ctrl-R Ctrl-R looks for it again. */
  readonly lastPattern: string;
  /** The last one first. */
  readonly kills: readonly string[];
  /** What Ctrl-_ goes back to, the last one first. */
  readonly undo: readonly Line[];
  /** What the key before this one did. */
  readonly last: 'typed' | 'killed' | 'yanked' | 'other';
  /** What the last yank put into the line, and which kill it is. */
  readonly yank: { readonly from: number; readonly to: number; readonly index: number } | undefined;
  /** The line as it was before Tab chose something. */
  readonly beforeMenu: Line | undefined;
}

export interface Edited {
  readonly state: EditorState;
  readonly outcome: Outcome;
}

/**
 * What the caller is to do beside drawing: `accepted`: run `state.line`; `cancelled`: Ctrl-C, forget it; `end`: Ctrl-D on an
 * empty line; `complete`: ask for a completion of the line and give it by `withCompletion`; `bell`: nothing was to be done;
 * `redraw`: Ctrl-L.
 */
export type Outcome = 'edited' | 'accepted' | 'cancelled' | 'end' | 'complete' | 'bell' | 'redraw';

/** Kills that Alt-Y can bring back. */
const MOST_KILLS = 30;

/** Steps that can be undone: more than anybody takes in one line. */
const MOST_UNDO = 500;

/** Longest line: what is pasted beyond is left out. A command line of the kernel's is 128 KB at most. */
const LONGEST = 64 * 1024;

const EMPTY: Line = { text: '', cursor: 0 };

/** An empty line, with what was typed before, oldest first. `former` hands its kills and last search on. */
export function newEditor(history: readonly string[], former?: EditorState): EditorState {
  return {
    line: EMPTY,
    completion: undefined,
    chosen: -1,
    search: undefined,
    history,
    browsing: undefined,
    lastPattern: former?.lastPattern ?? '',
    kills: former?.kills ?? [],
    undo: [],
    last: 'other',
    yank: undefined,
    beforeMenu: undefined,
  };
}

/** What a key does. Escape and Ctrl-G leave a search or a menu and do nothing else. */
export function editKey(state: EditorState, key: Key): Edited {
  const name = `${key.ctrl ? 'C-' : ''}${key.meta ? 'M-' : ''}${key.shift ? 'S-' : ''}${key.name}`;
  if (state.search !== undefined) {
    const searched = searchKey(state, state.search, { name, text: key.text });
    if (searched !== undefined) return searched;
    return editKey(withoutSearch(state, state.search), key);
  }
  if (state.completion !== undefined) {
    if (name === 'tab' || name === 'S-tab') return edited(choose(state, name === 'tab' ? 1 : -1));
    const closed: EditorState = { ...state, completion: undefined, chosen: -1, beforeMenu: undefined };
    if (name === 'escape' || name === 'C-g') return edited({ ...closed, line: state.beforeMenu ?? state.line });
    return editKey(closed, key);
  }
  if (key.name === 'text') return edited(insert(state, key.text));
  return (COMMANDS.get(name) ?? COMMANDS.get(name.replace('S-', '')))?.(state) ?? { state, outcome: 'bell' };
}

/** Controls but for line breaks: what says that there is no such word would have the terminal obey them. */
const CONTROLS = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/g;

/**
 * Puts pasted text into the line, without its controls. A line break stays one (`\n`): the caller runs what is before and
 * behind it as lines.
 */
export function editPaste(state: EditorState, text: string): Edited {
  const clean = text.replace(/\r\n?/g, '\n').replaceAll('\t', ' ').replace(CONTROLS, '');
  const ended = state.search === undefined ? state : withoutSearch(state, state.search);
  return edited({ ...insert({ ...ended, ...NO_MENU }, clean), last: 'other' });
}

/**
 * Gives what was asked for with `complete`: the only candidate is put into the line, of several what they begin with alike,
 * and they are there to be shown and to be walked through with Tab. None changes nothing: it is worth a bell.
 */
export function withCompletion(state: EditorState, completion: Completion): EditorState {
  const { line, menu } = offer(state.line, completion);
  const changed = line === state.line ? state : { ...state, ...remember(state), line: snapped(line) };
  const isOpen = menu !== undefined;
  return { ...changed, completion: menu, chosen: -1, beforeMenu: isOpen ? changed.line : undefined, last: 'other' };
}

/** What stands in place of the prompt while the history is searched. */
export function searchLabel({ pattern, isBackward, isFailing }: Search): string {
  return `${isFailing ? 'not found' : isBackward ? 'search back' : 'search forward'} (${pattern}): `;
}

const NO_MENU = { completion: undefined, chosen: -1, beforeMenu: undefined } as const;

type Command = (state: EditorState) => Edited;

const edited = (state: EditorState): Edited => ({ state, outcome: 'edited' });

/** Goes to a place. */
const move =
  (to: (line: Line) => number): Command =>
  state => {
    const cursor = to(state.line);
    return { state: put(state, { ...state.line, cursor }), outcome: cursor === state.line.cursor ? 'bell' : 'edited' };
  };

/** Deletes from here to a place, for good. */
const erase =
  (to: (line: Line) => number): Command =>
  state => {
    const cut = cutTo(state.line, to(state.line));
    return cut.text === '' ? { state, outcome: 'bell' } : edited(change(state, cut.line));
  };

/** The same, but it can be yanked. */
const kill =
  (to: (line: Line) => number): Command =>
  state => {
    const place = to(state.line);
    const cut = cutTo(state.line, place);
    if (cut.text === '') return { state, outcome: 'bell' };
    const [first = '', ...others] = state.kills;
    const joined = place < state.line.cursor ? cut.text + first : first + cut.text;
    const kills = state.last === 'killed' ? [joined, ...others] : [cut.text, ...state.kills];
    return edited({ ...change(state, cut.line), kills: kills.slice(0, MOST_KILLS), last: 'killed' });
  };

/** Turns the word from here on into another case. */
const recase =
  (as: (word: string) => string): Command =>
  state => {
    const { text, cursor } = state.line;
    const to = wordAfter(text, cursor);
    if (to === cursor) return { state, outcome: 'bell' };
    const word = as(text.slice(cursor, to));
    return edited(change(state, { text: text.slice(0, cursor) + word + text.slice(to), cursor: cursor + word.length }));
  };

const recall =
  (step: 'back' | 'forward' | 'first' | 'last'): Command =>
  state => {
    const found = browse(state, step);
    if (found === undefined) return { state, outcome: 'bell' };
    return edited({ ...change(state, found.line), browsing: found.browsing });
  };

const search =
  (isBackward: boolean): Command =>
  state =>
    edited({ ...put(state, state.line), search: startSearch(state.line, isBackward) });

const backward: Command = erase(({ text, cursor }) => before(text, cursor));
const forward: Command = erase(({ text, cursor }) => after(text, cursor));
const accept: Command = state => ({ state: put(state, state.line), outcome: 'accepted' });

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ...names(
    ['C-a', 'home'],
    move(() => 0),
  ),
  ...names(
    ['C-e', 'end'],
    move(({ text }) => text.length),
  ),
  ...names(
    ['C-b', 'left'],
    move(({ text, cursor }) => before(text, cursor)),
  ),
  ...names(
    ['C-f', 'right'],
    move(({ text, cursor }) => after(text, cursor)),
  ),
  ...names(
    ['M-b', 'C-left', 'M-left'],
    move(({ text, cursor }) => wordBefore(text, cursor)),
  ),
  ...names(
    ['M-f', 'C-right', 'M-right'],
    move(({ text, cursor }) => wordAfter(text, cursor)),
  ),
  ...names(['C-h', 'backspace'], backward),
  ...names(['delete'], forward),
  ['C-d', state => (state.line.text === '' ? { state, outcome: 'end' } : forward(state))],
  ['C-k', kill(({ text }) => text.length)],
  ['C-u', kill(() => 0)],
  ['C-w', kill(({ text, cursor }) => blankBefore(text, cursor))],
  ...names(
    ['M-backspace', 'C-backspace', 'C-M-h'],
    kill(({ text, cursor }) => wordBefore(text, cursor)),
  ),
  ...names(
    ['M-d', 'C-delete', 'M-delete'],
    kill(({ text, cursor }) => wordAfter(text, cursor)),
  ),
  ['C-y', state => yank(state)],
  ['M-y', state => yankOlder(state)],
  ['C-t', state => transpose(state)],
  ['M-u', recase(word => word.toUpperCase())],
  ['M-l', recase(word => word.toLowerCase())],
  ['M-c', recase(word => word.toLowerCase().replace(/\p{L}/u, letter => letter.toUpperCase()))],
  ['C-_', state => undo(state)],
  ...names(['C-p', 'up'], recall('back')),
  ...names(['C-n', 'down'], recall('forward')),
  ...names(['M-<', 'pageup'], recall('first')),
  ...names(['M->', 'pagedown'], recall('last')),
  ['C-r', search(true)],
  ['C-s', search(false)],
  ['tab', state => ({ state: put(state, state.line), outcome: 'complete' })],
  ['C-l', state => ({ state, outcome: 'redraw' })],
  ...names(['enter', 'C-j', 'C-m'], accept),
  ['C-c', state => ({ state: put(state, state.line), outcome: 'cancelled' })],
  ['C-g', state => ({ state, outcome: 'bell' })],
  ['escape', state => edited(state)],
]);

function names(keys: readonly string[], command: Command): [string, Command][] {
  return keys.map(key => [key, command]);
}

/** The same text with the cursor elsewhere, and whatever the keys before began is over. */
function put(state: EditorState, line: Line): EditorState {
  return { ...state, line, last: 'other', yank: undefined };
}

/** Another text, which can be undone. */
function change(state: EditorState, line: Line): EditorState {
  return { ...put(state, snapped(line)), ...remember(state), browsing: undefined };
}

function remember({ undo, line }: EditorState): Pick<EditorState, 'undo'> {
  return { undo: [line, ...undo].slice(0, MOST_UNDO) };
}

/** With the cursor out of the middle of a character, where what is now beside it has made one. */
function snapped({ text, cursor }: Line): Line {
  return { text, cursor: boundaryFrom(text, cursor) };
}

function cutTo({ text, cursor }: Line, place: number): { readonly line: Line; readonly text: string } {
  const [from, to] = [Math.min(cursor, place), Math.max(cursor, place)];
  return { line: { text: text.slice(0, from) + text.slice(to), cursor: from }, text: text.slice(from, to) };
}

function insert(state: EditorState, text: string): EditorState {
  const { text: old, cursor } = state.line;
  const room = text.slice(0, Math.max(0, LONGEST - old.length));
  if (room === '') return state;
  const line = snapped({ text: old.slice(0, cursor) + room + old.slice(cursor), cursor: cursor + room.length });
  // Undo takes back a word at a time, and what is typed on goes with it.
  const goesOn = state.last === 'typed' && room !== ' ';
  const next: EditorState = goesOn ? { ...put(state, line), browsing: undefined } : change(state, line);
  return { ...next, last: 'typed' };
}

function yank(state: EditorState): Edited {
  const [text] = state.kills;
  return text === undefined ? { state, outcome: 'bell' } : edited(yanked(state, text, 0));
}

function yankOlder(state: EditorState): Edited {
  const { yank: last, line } = state;
  if (state.last !== 'yanked' || last === undefined) return { state, outcome: 'bell' };
  const index = (last.index + 1) % state.kills.length;
  const without = { text: line.text.slice(0, last.from) + line.text.slice(last.to), cursor: last.from };
  return edited(yanked({ ...state, line: without, undo: state.undo.slice(1) }, state.kills[index] ?? '', index, line));
}

function yanked(state: EditorState, text: string, index: number, undone: Line = state.line): EditorState {
  const { text: old, cursor } = state.line;
  const line = snapped({ text: old.slice(0, cursor) + text + old.slice(cursor), cursor: cursor + text.length });
  const next = change({ ...state, line: undone }, line);
  return { ...next, last: 'yanked', yank: { from: cursor, to: line.cursor, index } };
}

/** The character before the cursor goes behind the one at it; at the end of the line the last two change places. */
function transpose(state: EditorState): Edited {
  const { text, cursor } = state.line;
  const middle = cursor === text.length ? before(text, cursor) : cursor;
  const [from, to] = [before(text, middle), after(text, middle)];
  if (from === middle || to === middle) return { state, outcome: 'bell' };
  const turned = text.slice(0, from) + text.slice(middle, to) + text.slice(from, middle) + text.slice(to);
  return edited(change(state, { text: turned, cursor: to }));
}

function undo(state: EditorState): Edited {
  const [line, ...rest] = state.undo;
  if (line === undefined) return { state, outcome: 'bell' };
  return edited({ ...put(state, line), undo: rest, browsing: undefined });
}

function choose(state: EditorState, step: 1 | -1): EditorState {
  const menu: Menu = { completion: state.completion, chosen: state.chosen, before: state.beforeMenu ?? state.line };
  const { line, chosen } = nextChoice(menu, step);
  const remembered = state.chosen === -1 ? remember(state) : { undo: state.undo };
  return {
    ...state,
    ...remembered,
    line: snapped(line),
    chosen,
    last: 'other',
    browsing: undefined,
  };
}

/** What was found stays, and can be undone. */
function withoutSearch(state: EditorState, { before, pattern }: Search): EditorState {
  const isChanged = state.line.text !== before.text;
  const undo = isChanged ? remember({ ...state, line: before }) : {};
  return { ...state, ...undo, search: undefined, lastPattern: pattern, last: 'other', browsing: undefined };
}

/** A key within a search; undefined for one that ends it and then does what it does. */
function searchKey(
  state: EditorState,
  search: Search,
  { name, text }: { readonly name: string; readonly text: string },
): Edited | undefined {
  const found = (next: Search): Edited => {
    const line = next.line === undefined ? state.line : snapped(next.line);
    return { state: { ...state, line, search: next }, outcome: next.isFailing ? 'bell' : 'edited' };
  };
  switch (name) {
    case 'text':
      return found(searchFor(state.history, search, search.pattern + text));
    case 'backspace':
    case 'C-h':
      return found(
        searchFor(state.history, search, search.pattern.slice(0, before(search.pattern, search.pattern.length))),
      );
    case 'C-r':
    case 'C-s': {
      const isBackward = name === 'C-r';
      if (search.pattern !== '') return found(searchAgain(state.history, { ...search, isBackward }));
      return found(searchFor(state.history, { ...search, isBackward }, state.lastPattern));
    }
    case 'C-g':
      return edited({ ...state, search: undefined, line: search.before, lastPattern: search.pattern });
    case 'escape':
      return edited(withoutSearch(state, search));
    default:
      return undefined;
  }
}
