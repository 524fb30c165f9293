/**
 * Follows, without an emulator, every mode that a stream of control functions leaves a terminal in (xterm's ctlseqs, kitty's
 * and the other terminals' own protocols). The daemon has one for each life of a process, so that a viewer that comes
 * late is brought to the same modes; a client has one for its own terminal, so that it can take back exactly what was
 * set, whatever was on its way when the user left.
 *
 * Where terminals differ, `setup` follows xterm, and `undo` takes back what any of them may still have.
 */
import { changed, flagsOf, popped, pushed } from './kittystack.ts';
import { setupBefore, setupOf, transitionOf, undoOf } from './modebytes.ts';
import { applyOsc } from './modeosc.ts';
import {
  copyOf,
  defaultState,
  ENCODING_MODES,
  isOn,
  isOnByDefault,
  type ModeState,
  PROTECTION,
  type ScreenModes,
  SETTINGS,
  TRACKING_MODES,
  USER_CHOICE,
} from './modestate.ts';
import type { Sequence } from './sequence.ts';

/** Modes remembered of one kind. No program sets more; one that counts up must not grow a table for ever. */
const MAX_ENTRIES = 128;

/** xterm's and xterm.js's bound; the oldest goes first. */
const MAX_TITLES = 10;

export class Modes {
  /**
   * What a client writes before anything else: it saves the user's title, and those modes whose default is the user's
   * choice. `undo` restores both. (Pushing the title at the first change only would need a cut in the raw stream.)
   */
  static readonly ENTRY = `\x1b[22;0t\x1b[?${USER_CHOICE.join(';')}s`;

  private state: ModeState = defaultState();

  get isAlternate(): boolean {
    return this.state.entered !== 0;
  }

  /** The window's title, '' when none was set. */
  get title(): string {
    return this.state.title ?? '';
  }

  /** Kitty's keyboard flags in force on the screen shown. */
  get kittyFlags(): number {
    return flagsOf(this.screen.kitty);
  }

  /** DECSCUSR: 0 (the user's own shape) to 6. */
  get cursorStyle(): number {
    return this.state.settings.get(' q') ?? 0;
  }

  /** The mouse mode in force: 9, 1000 to 1003, or 0. */
  get mouseTracking(): number {
    return this.state.tracking;
  }

  /** The mouse's encoding: 1005, 1006, 1015, 1016, or 0 for the first one. */
  get mouseEncoding(): number {
    return this.state.encoding;
  }

  /** `undo` leaves the cursor at the upper left corner, as the end of origin mode does. */
  get undoMovesCursor(): boolean {
    return isOn(this.state, 6);
  }

  /** Whether a DEC private mode is set. Of the mouse's modes, only the one in force is. */
  isSet(mode: number): boolean {
    if (mode === 47 || mode === 1047 || mode === 1049) return this.isAlternate;
    if (TRACKING_MODES.includes(mode)) return this.state.tracking === mode;
    if (ENCODING_MODES.includes(mode)) return this.state.encoding === mode;
    return isOn(this.state, mode);
  }

  /** Whether an ANSI mode (4 insert, 20 LNM, …) is set. */
  isAnsiSet(mode: number): boolean {
    return this.state.ansi.get(mode) ?? mode === SRM;
  }

  /** A setting by its intermediates and final byte: `"q` is DECSCA. */
  setting(id: string): number {
    return this.state.settings.get(id) ?? 0;
  }

  /** XTMODKEYS (`m`) or XTFMTKEYS (`f`) of one resource; undefined when never set. `m`, 4 is modifyOtherKeys. */
  keys(kind: 'm' | 'f', resource: number): number | undefined {
    return this.state.keys.get(`${kind}${resource}`);
  }

  /** What the program set for a colour: `4;n`, `5;n` or `10`..`19`. Its own words; undefined when it did not. */
  colour(key: string): string | undefined {
    return this.state.colours.get(key);
  }

  /** As at the start of a life. */
  reset(): void {
    this.state = defaultState();
  }

  clone(): Modes {
    const copy = new Modes();
    copy.state = copyOf(this.state);
    return copy;
  }

  /**
   * Brings a terminal in its default state to these terminal modes. To be written after what draws the screen, so that it
   * finds the terminal on the screen that the program is on; `before` is what has to be written ahead of that.
   * Not in it: what belongs to the screen's state (modestate's margins, origin, wrap, insert, charsets, pen, tabs).
   */
  setup(): string {
    return setupOf(this.state);
  }

  /** What `setup` cannot do once the alternate screen is shown: the main screen's kitty stack. Mostly ''. */
  before(): string {
    return setupBefore(this.state);
  }

  /**
   * Takes back all that the stream may have left in a real terminal, the state of the screen included, and nothing else;
   * the screen is not cleared. The cursor stays, but for `undoMovesCursor`, and after the alternate screen is where it was
   * before it. Always pops the title of `ENTRY`.
   * `cols`: of the terminal. With it, tab stops are set again one by one, which every terminal can do; without, by DECST8C
   * (`CSI ? 5 W`), known to xterm, VTE, ghostty and Windows Terminal, and not to xterm.js, kitty, foot and alacritty.
   */
  undo(cols?: number): string {
    return undoOf(this.state, cols);
  }

  /**
   * Bytes that bring a terminal from the terminal modes `from` to those of `to`: for painted viewers, of whom the screen's
   * state is nobody's concern. Kitty's flags are set, not pushed. Where the two differ in the screen shown, the terminal
   * is taken to show that of `to` already. Synchronised updates (2026) are left to who paints.
   */
  static transition(from: Modes, to: Modes): string {
    return transitionOf(from.state, to.state);
  }

  apply(sequence: Sequence): void {
    switch (sequence.kind) {
      case 'csi':
        this.csi(sequence);
        return;
      case 'esc':
        this.escape(sequence.intermediates, sequence.final);
        return;
      case 'osc':
        applyOsc(this.state, sequence);
        return;
      case 'control':
        if (sequence.final === '\x0e') this.shift(1);
        else if (sequence.final === '\x0f') this.state.left = 0;
    }
  }

  private get screen(): ScreenModes {
    return this.state.entered === 0 ? this.state.main : this.state.alternate;
  }

  private csi(s: Sequence): void {
    if (s.intermediates !== '') {
      this.csiWithIntermediates(s);
      return;
    }
    switch (s.prefix) {
      case '':
        this.plainCsi(s);
        return;
      case '?':
        this.privateCsi(s);
        return;
      case '>':
        if (s.final === 'u') this.kitty(pushed(this.screen.kitty, s.param(0, 0)));
        else if (s.final === 'm' || s.final === 'f') this.setKeys(s.final, s);
        else if (s.final === 'n') this.state.keys.set(`m${s.param(0, 2)}`, -1);
        return;
      case '<':
        if (s.final === 'u') this.kitty(popped(this.screen.kitty, Math.max(s.param(0, 1), 1)));
        return;
      case '=':
        if (s.final === 'u') this.kitty(changed(this.screen.kitty, s.param(0, 0), s.param(1, 1)));
    }
  }

  private plainCsi(s: Sequence): void {
    const { state } = this;
    switch (s.final) {
      case 'm':
        this.paint(!s.isBare);
        return;
      case 'h':
      case 'l':
        for (const [mode = -1] of s.params) this.setAnsi(mode, s.final === 'h');
        return;
      case 'r':
        this.screen.margins = s.param(0, 0) > 1 || s.param(1, 0) > 0;
        return;
      case 's':
        if (!isOn(state, LEFT_RIGHT_MARGINS)) this.save();
        return;
      case 'u':
        this.restore();
        return;
      case 'g':
      case 'W':
        state.tabs = true;
        return;
      case 't':
        if (s.param(0, 0) === 22) this.pushTitle(s.param(1, 0));
        else if (s.param(0, 0) === 23) this.popTitle(s.param(1, 0));
    }
  }

  private privateCsi(s: Sequence): void {
    switch (s.final) {
      case 'h':
      case 'l':
        for (const [mode = -1] of s.params) this.setPrivate(mode, s.final === 'h');
        return;
      case 's':
        for (const [mode = -1] of s.params) remember(this.state.saved, mode, this.isSet(mode));
        return;
      case 'r':
        for (const [mode = -1] of s.params) {
          const value = this.state.saved.get(mode);
          if (value === undefined) continue;
          const wasChanged = this.state.privates.has(mode);
          this.setPrivate(mode, value);
          if (wasChanged && !this.state.privates.has(mode)) this.state.doubtful.add(mode);
        }
    }
  }

  private csiWithIntermediates(s: Sequence): void {
    if (s.prefix !== '') return;
    const id = s.intermediates + s.final;
    if (SETTINGS.has(id)) {
      const value = s.param(0, 0);
      if (value === SETTINGS.get(id)) this.state.settings.delete(id);
      else this.state.settings.set(id, value);
      if (id === PROTECTION) {
        this.state.attributesBack.delete('protection');
        if (value !== 0) this.state.attributesEver.add('protection');
      }
    } else if (id === '!p') this.softReset();
    else if (id === '"p') this.state.conformance = true;
    else if (id === '#}' || id === '#q') this.state.attributesBack.add('pen');
  }

  /** The hottest of all: one of these for every coloured word. */
  private paint(pen: boolean): void {
    const { state } = this;
    if (pen && !state.pen) state.attributesEver.add('pen');
    if (!pen && state.attributesBack.size > 0) state.attributesBack.delete('pen');
    state.pen = pen;
  }

  private escape(intermediates: string, final: string): void {
    const { state } = this;
    if (intermediates === '') {
      if (final === '7') this.save();
      else if (final === '8') this.restore();
      else if (final === 'c') this.hardReset();
      else if (final === '=' || final === '>') this.setPrivate(KEYPAD, final === '=');
      else if (final === 'H') state.tabs = true;
      else if (final === 'n') this.shift(2);
      else if (final === 'o') this.shift(3);
      else if (final === '~' || final === '}' || final === '|') state.right = state.charsetsEver = true;
      else if (final === '<') this.setPrivate(ANSI_MODE, true);
      else if (final === 'l') state.escapes.add('l');
      else if (final === 'm') state.escapes.delete('l');
      return;
    }
    const slot = '()*+_-./'.indexOf(intermediates[0] ?? '') % 4;
    if (slot >= 0) {
      if (intermediates.length === 1 && final === 'B' && intermediates <= '+') state.charsets.delete(slot);
      else state.charsets.add(slot);
      state.charsetsEver ||= state.charsets.size > 0;
    } else if (intermediates === '%') {
      if (final === '@') state.escapes.add('%');
      else if (final === 'G') state.escapes.delete('%');
    } else if (intermediates === ' ') {
      if (final === 'G') state.escapes.add(' ');
      else if (final === 'F') state.escapes.delete(' ');
    }
  }

  private shift(slot: number): void {
    this.state.left = slot;
    this.state.charsetsEver = true;
  }

  private kitty(stack: ScreenModes['kitty']): void {
    this.screen.kitty = stack;
    this.state.usesKitty = true;
  }

  private setKeys(kind: 'm' | 'f', s: Sequence): void {
    const { keys } = this.state;
    const resource = s.param(0, -1);
    const value = s.param(1, -1);
    if (resource === -1) for (const key of [...keys.keys()].filter(name => name.startsWith(kind))) keys.delete(key);
    else if (value === -1 || (value === 0 && kind === 'm' && resource === OTHER_KEYS))
      keys.delete(`${kind}${resource}`);
    else remember(keys, `${kind}${resource}`, value);
  }

  private setAnsi(mode: number, value: boolean): void {
    if (!ANSI_MODES.includes(mode)) return;
    if (value === (mode === SRM)) this.state.ansi.delete(mode);
    else this.state.ansi.set(mode, value);
  }

  private setPrivate(mode: number, value: boolean): void {
    const { state } = this;
    switch (mode) {
      case 47:
      case 1047:
      case 1049:
        this.setAlternate(mode, value);
        return;
      case 1048:
        if (value) this.save();
        else this.restore();
        return;
      case 3: // DECCOLM: a change of size, which the screen follows
      case -1:
        return;
    }
    if (TRACKING_MODES.includes(mode)) state.tracking = value ? mode : 0;
    if (ENCODING_MODES.includes(mode)) state.encoding = value ? mode : 0;
    state.doubtful.delete(mode);
    if (value !== isOnByDefault(mode) || USER_CHOICE.includes(mode)) remember(state.privates, mode, value);
    else state.privates.delete(mode);
  }

  private setAlternate(mode: number, value: boolean): void {
    const { state } = this;
    if (value) {
      if (mode === 1049) this.save();
      if (state.entered === 0) state.entered = mode;
    } else {
      state.entered = 0;
      if (mode === 1049) this.restore();
    }
  }

  private save(): void {
    this.screen.saved = { origin: isOn(this.state, ORIGIN) };
  }

  /** Terminals differ in what comes back with the cursor: all that may is taken to. */
  private restore(): void {
    const { state } = this;
    if (this.screen.saved?.origin) state.privates.set(ORIGIN, true);
    for (const attribute of state.attributesEver) state.attributesBack.add(attribute);
  }

  private pushTitle(which: number): void {
    const { state } = this;
    if (which > 2) return;
    state.titles.push({ which, title: state.title, icon: state.icon });
    if (state.titles.length > MAX_TITLES) state.titles.shift();
  }

  private popTitle(which: number): void {
    const { state } = this;
    if (which > 2) return;
    const entry = state.titles.pop();
    if (entry === undefined) {
      state.overpopped++;
      return;
    }
    if (which !== 1 && entry.which !== 1) state.title = entry.title;
    if (which !== 2 && entry.which !== 2) state.icon = entry.icon;
  }

  /** DECSTR, as xterm has it. */
  private softReset(): void {
    const { state } = this;
    state.privates.delete(ORIGIN); // without a doubt: to reset it again would cost the cursor's place
    for (const mode of [1, 7, CURSOR, KEYPAD, LEFT_RIGHT_MARGINS])
      if (state.privates.delete(mode)) state.doubtful.add(mode);
    for (const mode of [2, 4]) state.ansi.delete(mode);
    state.settings.delete(PROTECTION);
    this.screen.margins = false; // xterm.js has a region for each screen, and the other one's stays
    this.screen.saved = undefined;
    state.charsets.clear();
    state.left = 0;
    this.paint(false);
  }

  /** RIS. Titles stay, as in every terminal; in xterm.js, a hidden and a blinking cursor do too. */
  private hardReset(): void {
    const { title, icon, titles, overpopped, privates, doubtful } = this.state;
    this.state = { ...defaultState(), title, icon, titles, overpopped };
    for (const mode of [BLINKING, CURSOR]) if (privates.has(mode) || doubtful.has(mode)) this.state.doubtful.add(mode);
  }
}

const ANSI_MODES: readonly number[] = [2, 4, 12, 20];
/** Send/receive mode: off means that the terminal echoes. The one ANSI mode that is on from the start. */
const SRM = 12;
const ANSI_MODE = 2;
const ORIGIN = 6;
const BLINKING = 12;
const CURSOR = 25;
const KEYPAD = 66;
const LEFT_RIGHT_MARGINS = 69;
const OTHER_KEYS = 4;

function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (map.size < MAX_ENTRIES || map.has(key)) map.set(key, value);
}
