/** What `Modes` knows of a terminal: data alone. A key that is missing stands for the default. */
import { type KittyStack, NO_KITTY } from './kittystack.ts';

/** What each of the two screens has of its own. */
export interface ScreenModes {
  kitty: KittyStack;
  /** A scroll region was set, and not taken back. */
  margins: boolean;
  /** A cursor was saved: whether origin mode was on then. */
  saved: { readonly origin: boolean } | undefined;
}

export type Attribute = 'pen' | 'link' | 'protection';

/** An entry of the title stack: `which` is what `CSI 22` was told, 0 for both, 1 for the icon's, 2 for the window's. */
export interface PushedTitle {
  readonly which: number;
  readonly title: string | undefined;
  readonly icon: string | undefined;
}

export interface ModeState {
  /** DEC private modes that differ from their default, and those of `USER_CHOICE` that were touched. */
  privates: Map<number, boolean>;
  /** Those that are as by default in xterm, but not in a terminal that lacks what reset them (XTRESTORE, DECSTR). */
  doubtful: Set<number>;
  /** Those saved with `CSI ? Ps s`. */
  saved: Map<number, boolean>;
  /** ANSI modes (2, 4, 12, 20) that differ from their default. */
  ansi: Map<number, boolean>;
  /** The mouse mode in force as xterm has it: the last one set, none after any reset. 0 for none. */
  tracking: number;
  /** In which form the mouse is told of: 1005, 1006, 1015, 1016, or 0. */
  encoding: number;
  /** Single settings, by intermediates and final byte, as ` q` for DECSCUSR: the parameter. */
  settings: Map<string, number>;
  /** XTMODKEYS and XTFMTKEYS: `m4` is modifyOtherKeys. */
  keys: Map<string, number>;
  main: ScreenModes;
  alternate: ScreenModes;
  /** The mode by which the alternate screen was entered: 47, 1047, 1049; 0 on the main screen. */
  entered: number;
  /** A kitty sequence was seen in this life. */
  usesKitty: boolean;
  title: string | undefined;
  icon: string | undefined;
  titles: PushedTitle[];
  /** Pops of titles that were never pushed: what they popped was the user's. */
  overpopped: number;
  /** By `4;n`, `5;n` or `10`..`19`: the colour's specification, '' for one that cannot be repeated. */
  colours: Map<string, string>;
  /** OSC 21, by kitty's names. */
  kittyColours: Map<string, string>;
  /** `params;uri` of the open OSC 8 link, '' for none. */
  link: string;
  /** OSC 22: the pointer's shape. */
  pointer: string;
  /** OSC 9;4: `4;state;percent`. */
  progress: string;
  /** G0..G3 that are not ASCII. */
  charsets: Set<number>;
  /** G0..G3 in use, on the left and, where it was changed, on the right. */
  left: number;
  right: boolean;
  charsetsEver: boolean;
  /** `ESC % @`: out of UTF-8. `ESC SP G`: 8-bit answers. `ESC l`: memory locked. */
  escapes: Set<string>;
  /** Text is now shown otherwise than by default. */
  pen: boolean;
  /** Attributes of the text that were ever set: with a saved cursor they are saved, and come back with it. */
  attributesEver: Set<Attribute>;
  /** Those that may have come back so: terminals differ in which do. */
  attributesBack: Set<Attribute>;
  /** Tab stops were changed. DECST8C does not undo that: too many terminals lack it. */
  tabs: boolean;
  /** DECSCL was used. */
  conformance: boolean;
}

export function defaultState(): ModeState {
  return {
    privates: new Map(),
    doubtful: new Set(),
    saved: new Map(),
    ansi: new Map(),
    tracking: 0,
    encoding: 0,
    settings: new Map(),
    keys: new Map(),
    main: { kitty: NO_KITTY, margins: false, saved: undefined },
    alternate: { kitty: NO_KITTY, margins: false, saved: undefined },
    entered: 0,
    usesKitty: false,
    title: undefined,
    icon: undefined,
    titles: [],
    overpopped: 0,
    colours: new Map(),
    kittyColours: new Map(),
    link: '',
    pointer: '',
    progress: '',
    charsets: new Set(),
    left: 0,
    right: false,
    charsetsEver: false,
    escapes: new Set(),
    pen: false,
    attributesEver: new Set(),
    attributesBack: new Set(),
    tabs: false,
    conformance: false,
  };
}

export function copyOf(state: ModeState): ModeState {
  return {
    ...state,
    privates: new Map(state.privates),
    doubtful: new Set(state.doubtful),
    saved: new Map(state.saved),
    ansi: new Map(state.ansi),
    settings: new Map(state.settings),
    keys: new Map(state.keys),
    main: { ...state.main },
    alternate: { ...state.alternate },
    titles: [...state.titles],
    colours: new Map(state.colours),
    kittyColours: new Map(state.kittyColours),
    charsets: new Set(state.charsets),
    attributesEver: new Set(state.attributesEver),
    attributesBack: new Set(state.attributesBack),
    escapes: new Set(state.escapes),
  };
}

/** Private modes that xterm has on from the start (ctlseqs, charproc.c); any other is off. */
const ON_BY_DEFAULT: ReadonlySet<number> = new Set([2, 7, 8, 25, 35, 1046, 1070]);

/**
 * Private modes whose default is the user's configuration (VTE and alacritty have 1007 on, xterm has not). What they were
 * is asked of nobody: `Modes.ENTRY` saves them with XTSAVE before anything is set, and undoing restores those touched.
 * A terminal without XTSAVE keeps what the program left.
 */
export const USER_CHOICE: readonly number[] = [
  30, 1007, 1010, 1011, 1034, 1035, 1036, 1037, 1039, 1040, 1041, 1042, 1043,
];

export const TRACKING_MODES: readonly number[] = [9, 1000, 1001, 1002, 1003];
export const ENCODING_MODES: readonly number[] = [1005, 1006, 1015, 1016];

export function isOnByDefault(mode: number): boolean {
  return ON_BY_DEFAULT.has(mode);
}

export function isOn(state: ModeState, mode: number): boolean {
  return state.privates.get(mode) ?? isOnByDefault(mode);
}

/** DECSCA, by intermediate and final byte. */
export const PROTECTION = '"q';

/** Settings of one number: intermediates and final byte, and the default. */
export const SETTINGS: ReadonlyMap<string, number> = new Map([
  [' q', 0], // DECSCUSR: 0 is the user's own shape
  [PROTECTION, 0],
  ['$}', 0], // DECSASD: the status line takes the text
  ['$~', 0], // DECSSDT
  ['*x', 0], // DECSACE
  [' t', 0], // DECSWBV
  [' u', 0], // DECSMBV
]);
