/** The bytes that set modes up, take them back, or turn one set of them into another. */
import { flagsOf, setupOfKitty, undoOfKitty } from './kittystack.ts';
import {
  type Attribute,
  defaultState,
  ENCODING_MODES,
  isOn,
  isOnByDefault,
  type ModeState,
  PROTECTION,
  SETTINGS,
  TRACKING_MODES,
  USER_CHOICE,
} from './modestate.ts';

const ST = '\x1b\\';
const SAVE = '\x1b7';
const RESTORE = '\x1b8';

/** Private modes with bytes of their own below: the screen's state, the mouse, the keypad, synchronised updates. */
const SCREEN_STATE: readonly number[] = [6, 7, 45, 69];
const APART: ReadonlySet<number> = new Set([2, 66, 2026, ...SCREEN_STATE, ...TRACKING_MODES, ...ENCODING_MODES]);

/** Parameters in one sequence: all terminals take 16. */
const MAX_PARAMS = 16;

/** VT420, xterm's own level: with any lower one it ignores what came later. */
const CONFORMANCE = '\x1b[64;1"p';

export function setupOf(state: ModeState): string {
  const kitty = setupOfKitty(state.entered === 0 ? state.main.kitty : state.alternate.kitty);
  const titles = state.titles.map(({ which, title, icon }) => `${titleBytes(title, icon)}\x1b[22;${which}t`).join('');
  const sync = isOn(state, 2026) ? '\x1b[?2026h' : '';
  return titles + titleBytes(state.title, state.icon) + differences(DEFAULT, state) + kitty + sync;
}

export function setupBefore(state: ModeState): string {
  return state.entered === 0 ? '' : setupOfKitty(state.main.kitty);
}

export function transitionOf(from: ModeState, to: ModeState): string {
  let bytes = '';
  if (from.title !== to.title || from.icon !== to.icon) {
    bytes += titleBytes(to.title ?? (from.title === undefined ? undefined : ''), to.icon);
  }
  bytes += differences(from, to);
  const [old, now] = [from, to].map(state => flagsOf(state.entered === 0 ? state.main.kitty : state.alternate.kitty));
  const isOtherScreen = (from.entered === 0) !== (to.entered === 0);
  const usesKitty = from.usesKitty || to.usesKitty;
  if (old !== now || (isOtherScreen && usesKitty)) bytes += `\x1b[=${now};1u`;
  return bytes;
}

export function undoOf(known: ModeState, cols: number | undefined): string {
  const state = worstOf(known);
  let bytes = isOn(state, 2026) ? '\x1b[?2026l' : '';
  if (!isOn(state, 2)) bytes += '\x1b<';
  if (state.conformance) bytes += CONFORMANCE;
  bytes += differences(state, DEFAULT);
  bytes += leaveAlternate(state);
  bytes += undoOfKitty(state.main.kitty);
  bytes += undoScreenState(state, cols);
  bytes += undoCharsets(state);
  // Leaving the alternate screen restores a cursor, and with it how text was shown.
  const isBack = (attribute: Attribute): boolean =>
    state.attributesBack.has(attribute) || (state.entered !== 0 && state.attributesEver.has(attribute));
  if (state.link !== '' || isBack('link')) bytes += `\x1b]8;;${ST}`;
  if (state.settings.has(PROTECTION) || isBack('protection')) bytes += '\x1b[0"q';
  if (state.pen || isBack('pen')) bytes += '\x1b[m';
  return bytes + undoTitles(state);
}

/** With all that is in doubt taken to be otherwise than by default. */
function worstOf(state: ModeState): ModeState {
  if (state.doubtful.size === 0) return state;
  const privates = new Map(state.privates);
  for (const mode of state.doubtful) privates.set(mode, !isOnByDefault(mode));
  return { ...state, privates };
}

function leaveAlternate(state: ModeState): string {
  const { alternate, entered, main } = state;
  const kitty = undoOfKitty(alternate.kitty);
  // What a program left on the alternate screen's stack when it left that screen would meet the user's next program.
  if (entered === 0) return kitty === '' ? '' : `\x1b[?1049h${kitty}\x1b[?1049l`;
  const margins = alternate.margins ? `${SAVE}\x1b[r${RESTORE}` : '';
  const cursor = entered !== 1049 && main.saved !== undefined ? RESTORE : '';
  return `${kitty + margins}\x1b[?${entered}l${cursor}`;
}

function undoScreenState(state: ModeState, cols: number | undefined): string {
  let bytes = '';
  if (isOn(state, 6) || (state.entered !== 0 && state.main.saved?.origin)) bytes += '\x1b[?6l';
  if (isOn(state, 69)) bytes += '\x1b[?69l';
  if (!isOn(state, 7)) bytes += '\x1b[?7h';
  if (isOn(state, 45)) bytes += '\x1b[?45l';
  for (const mode of [4, 20]) if (state.ansi.get(mode)) bytes += `\x1b[${mode}l`;
  let inPlace = state.main.margins ? '\x1b[r' : '';
  if (state.tabs) inPlace += cols === undefined ? '\x1b[?5W' : tabStops(cols);
  return bytes + (inPlace === '' ? '' : SAVE + inPlace + RESTORE);
}

/** The default tab stops, set one by one. */
function tabStops(cols: number): string {
  let bytes = '\x1b[3g';
  for (let column = 1; column <= cols; column += 8) bytes += `\x1b[${column}G\x1bH`;
  return bytes;
}

function undoCharsets({ charsets, charsetsEver, escapes, left, right, main, entered, alternate }: ModeState): string {
  let bytes = escapes.has('%') ? '\x1b%G' : '';
  if (escapes.has(' ')) bytes += '\x1b F';
  if (escapes.has('l')) bytes += '\x1bm';
  // A restored cursor brings its charsets back: then all may be something else.
  const mayBeRestored = charsetsEver && (main.saved !== undefined || alternate.saved !== undefined || entered !== 0);
  const designators = ['(', ')', '*', '+'];
  for (const [slot, designator] of designators.entries()) {
    if (charsets.has(slot) || (mayBeRestored && slot < 2)) bytes += `\x1b${designator}B`;
  }
  if (right) bytes += '\x1b}';
  if (left !== 0 || right || mayBeRestored) bytes += '\x0f';
  return bytes;
}

function undoTitles({ overpopped, titles }: ModeState): string {
  const own = titles.map(({ which }) => `\x1b[23;${which}t`).reverse();
  return own.join('') + (overpopped > 0 ? '' : '\x1b[23;0t');
}

function titleBytes(title: string | undefined, icon: string | undefined): string {
  if (title !== undefined && title === icon) return `\x1b]0;${title}${ST}`;
  return (icon === undefined ? '' : `\x1b]1;${icon}${ST}`) + (title === undefined ? '' : `\x1b]2;${title}${ST}`);
}

/** The terminal modes alone: neither the screen's state (link and protection are the pen's) nor titles nor kitty's stacks. */
function differences(from: ModeState, to: ModeState): string {
  return (
    settings(from, to) +
    privateModes(from, to) +
    mouse(from, to) +
    ansiModes(from, to) +
    keys(from, to) +
    colours(from, to) +
    (from.pointer === to.pointer ? '' : `\x1b]22;${to.pointer}${ST}`) +
    (from.progress === to.progress ? '' : `\x1b]9;${to.progress === '' ? '4;0' : to.progress}${ST}`)
  );
}

function settings(from: ModeState, to: ModeState): string {
  let bytes = '';
  if (from.settings.size + to.settings.size === 0) return bytes;
  for (const [id, usual] of SETTINGS) {
    const value = to.settings.get(id) ?? usual;
    if (id !== PROTECTION && value !== (from.settings.get(id) ?? usual)) bytes += `\x1b[${value}${id}`;
  }
  return bytes;
}

function privateModes(from: ModeState, to: ModeState): string {
  const [on, off, restored]: [number[], number[], number[]] = [[], [], []];
  for (const mode of new Set([...from.privates.keys(), ...to.privates.keys()])) {
    if (APART.has(mode) || from.privates.get(mode) === to.privates.get(mode)) continue;
    if (USER_CHOICE.includes(mode) && !to.privates.has(mode)) restored.push(mode);
    else if (isOn(to, mode)) on.push(mode);
    else off.push(mode);
  }
  const keypad = isOn(to, 66) === isOn(from, 66) ? '' : isOn(to, 66) ? '\x1b=' : '\x1b>';
  return listed(off, 'l') + listed(on, 'h') + listed(restored, 'r') + keypad;
}

/** A reset of any mouse mode may end them all, so the one that is to be comes after those that are not. */
function mouse(from: ModeState, to: ModeState): string {
  return (
    mouseGroup(from, to, TRACKING_MODES, [from.tracking, to.tracking]) +
    mouseGroup(from, to, ENCODING_MODES, [from.encoding, to.encoding])
  );
}

function mouseGroup(
  from: ModeState,
  to: ModeState,
  modes: readonly number[],
  [before, after]: readonly [number, number],
): string {
  const left = modes.filter(mode => from.privates.has(mode) && !to.privates.has(mode));
  if (before === after && left.length === 0) return '';
  const off = modes.filter(mode => from.privates.has(mode) && mode !== after);
  return listed(off, 'l') + (after === 0 ? '' : `\x1b[?${after}h`);
}

function ansiModes(from: ModeState, to: ModeState): string {
  let bytes = '';
  if ((from.ansi.get(2) ?? false) !== (to.ansi.get(2) ?? false)) bytes += `\x1b[2${to.ansi.get(2) ? 'h' : 'l'}`;
  if ((from.ansi.get(12) ?? true) !== (to.ansi.get(12) ?? true)) bytes += `\x1b[12${to.ansi.has(12) ? 'l' : 'h'}`;
  return bytes;
}

function keys(from: ModeState, to: ModeState): string {
  let bytes = '';
  for (const key of new Set([...from.keys.keys(), ...to.keys.keys()])) {
    const value = to.keys.get(key);
    if (value === from.keys.get(key)) continue;
    const [kind, resource] = [key.slice(0, 1), key.slice(1)];
    if (value === -1) bytes += `\x1b[>${resource}n`;
    else bytes += value === undefined ? `\x1b[>${resource}${kind}` : `\x1b[>${resource};${value}${kind}`;
  }
  return bytes;
}

function colours(from: ModeState, to: ModeState): string {
  let bytes = '';
  const [indexed, special]: [string[], string[]] = [[], []];
  for (const key of from.colours.keys()) {
    if (to.colours.has(key)) continue;
    if (key.startsWith('4;')) indexed.push(key.slice(2));
    else if (key.startsWith('5;')) special.push(key.slice(2));
    else bytes += `\x1b]1${key}${ST}`;
  }
  if (indexed.length > 0) bytes += `\x1b]104;${indexed.join(';')}${ST}`;
  if (special.length > 0) bytes += `\x1b]105;${special.join(';')}${ST}`;
  for (const [key, colour] of to.colours) {
    if (colour !== '' && colour !== from.colours.get(key)) bytes += `\x1b]${key};${colour}${ST}`;
  }
  const names = [...from.kittyColours.keys()].filter(name => !to.kittyColours.has(name));
  const set = [...to.kittyColours].filter(([name, colour]) => colour !== from.kittyColours.get(name));
  const parts = [...names, ...set.map(([name, colour]) => `${name}=${colour}`)];
  return bytes + (parts.length === 0 ? '' : `\x1b]21;${parts.join(';')}${ST}`);
}

function listed(modes: readonly number[], final: string): string {
  let bytes = '';
  for (let i = 0; i < modes.length; i += MAX_PARAMS)
    bytes += `\x1b[?${modes.slice(i, i + MAX_PARAMS).join(';')}${final}`;
  return bytes;
}

const DEFAULT: ModeState = defaultState();
