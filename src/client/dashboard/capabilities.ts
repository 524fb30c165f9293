/** What a terminal can show, from what its environment says of it. */

export interface Capabilities {
  readonly colors: 0 | 16 | 256;
  /** It shows UTF-8. */
  readonly unicode: boolean;
  readonly theme: 'dark' | 'light';
}

type Env = Readonly<Record<string, string | undefined>>;

/** Terminals of which a name without `256color` says nothing: they have had 256 colours for longer than most are in use. */
const MANY_COLOURS = /256|direct|kitty|alacritty|foot|wezterm|ghostty|iterm|konsole|vte|gnome|contour|mintty|tmux|rio/;

/** Terminals of paper, of one colour, or of none. */
const NO_COLOURS = /^(dumb|unknown|vt(52|1\d\d|2\d\d|3\d\d)|ansi-mono|.*-mono?)(-.*)?$/;

/** `NO_COLOR` as no-color.org has it: set, and not empty. */
export function capabilitiesOf(env: Env): Capabilities {
  return { colors: colorsOf(env), unicode: isUnicode(env), theme: themeOfColorFgBg(env.COLORFGBG) ?? 'dark' };
}

function colorsOf({ TERM = '', COLORTERM = '', NO_COLOR = '' }: Env): 0 | 16 | 256 {
  const term = TERM.toLowerCase();
  if (NO_COLOR !== '' || term === '' || NO_COLOURS.test(term)) return 0;
  if (/^(truecolor|24bit)$/i.test(COLORTERM) || MANY_COLOURS.test(term)) return 256;
  return 16;
}

/** The first of these that is set and not empty decides, as in setlocale(3). */
function isUnicode({ LC_ALL, LC_CTYPE, LANG, TERM = '' }: Env): boolean {
  if (/^(dumb|vt\d+.*)$/.test(TERM)) return false;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

/** `COLORFGBG` is `foreground;background`, sometimes with a third part between, in the colours of the sixteen. */
function themeOfColorFgBg(value: string | undefined): 'dark' | 'light' | undefined {
  const background = value?.split(';').at(-1) ?? '';
  if (!/^\d+$/.test(background)) return undefined;
  const colour = Number(background);
  return colour === 7 || colour >= 9 ? 'light' : 'dark';
}

/** From this lightness on, of 1, a background is a light one. */
const LIGHT_FROM = 0.5;

/** What the answer to OSC 11 says, `ESC ] 11 ; rgb:ffff/ffff/ffff ESC \`; undefined when it is no such answer. */
export function themeOf(reply: string): 'dark' | 'light' | undefined {
  const parts = /\]11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i.exec(reply)?.slice(1);
  if (!parts) return undefined;
  const [red = 0, green = 0, blue = 0] = parts.map(part => Number.parseInt(part, 16) / (16 ** part.length - 1));
  return 0.299 * red + 0.587 * green + 0.114 * blue >= LIGHT_FROM ? 'light' : 'dark';
}
