/** Questions for colours (OSC 4, 5, 10..19) and the answers of a terminal that nobody has changed: xterm's, light on black. */

/** Among colours' keys, the one for `CSI ? 996 n`: dark or light. */
export const COLOUR_SCHEME = 'scheme';

const FOREGROUND = 0xe5e5e5;
const BACKGROUND = 0x000000;

/** xterm's first sixteen (charproc.c, XTerm-col.ad). */
const SYSTEM_COLOURS: readonly number[] = [
  ...[0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5],
  ...[0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff],
];

/** Levels of the 6×6×6 cube that follows. */
const CUBE: readonly number[] = [0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff];

/** The dynamic colours that stand on the background's side: background, mouse and Tektronix background, highlight. */
const BACKGROUNDS: readonly number[] = [11, 14, 16, 17];

/** Keys (`4;n`, `5;n`, `10`..`19`) of the colours that an OSC asks for, in order. */
export function colourKeysOf(data: string): string[] {
  if (!/^(?:[45]|1\d);/.test(data)) return [];
  const [command = '', ...rest] = data.split(';');
  if (command === '4' || command === '5') {
    const keys: string[] = [];
    for (let i = 0; i + 1 < rest.length; i += 2) {
      const index = rest[i] ?? '';
      if (rest[i + 1] === '?' && /^\d{1,3}$/.test(index) && Number(index) < 256)
        keys.push(`${command};${Number(index)}`);
    }
    return keys;
  }
  return rest.flatMap((part, i) => (part === '?' && Number(command) + i <= 19 ? [String(Number(command) + i)] : []));
}

/** The answer for one key. `set`: what the program made it, told where it can be read as numbers. */
export function colourAnswer(key: string, set: string | undefined, endsWithBell: boolean): string {
  const rgb = (set === undefined ? undefined : parseColour(set)) ?? defaultColour(key);
  const parts = [rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff].map(part => part.toString(16).padStart(2, '0').repeat(2));
  return `\x1b]${key};rgb:${parts.join('/')}${endsWithBell ? '\x07' : '\x1b\\'}`;
}

function defaultColour(key: string): number {
  const [command = '', index = ''] = key.split(';');
  if (command === '4') return paletteColour(Number(index));
  return BACKGROUNDS.includes(Number(command)) ? BACKGROUND : FOREGROUND;
}

function paletteColour(index: number): number {
  const system = SYSTEM_COLOURS[index];
  if (system !== undefined) return system;
  if (index >= 232) return 0x010101 * (8 + 10 * (index - 232));
  const cube = index - 16;
  const [red = 0, green = 0, blue = 0] = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(
    at => CUBE[at],
  );
  return (red << 16) | (green << 8) | blue;
}

/** `#rgb`, `#rrggbb`, up to `#rrrrggggbbbb`, and `rgb:r/g/b` of one to four digits each; undefined for names and the rest. */
function parseColour(text: string): number | undefined {
  const sharp = /^#((?:[\da-f]{3}){1,4})$/i.exec(text)?.[1];
  if (sharp !== undefined) {
    const digits = sharp.length / 3;
    // As in X, these are the leading digits: #f00 is f0 of ff.
    return joined(
      [0, 1, 2].map(i =>
        Number.parseInt(
          sharp
            .slice(i * digits, i * digits + 2)
            .slice(0, digits)
            .padEnd(2, '0'),
          16,
        ),
      ),
    );
  }
  const parts = /^rgb:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})$/i.exec(text)?.slice(1);
  if (parts === undefined) return undefined;
  return joined(parts.map(part => Math.round((Number.parseInt(part, 16) * 0xff) / (16 ** part.length - 1))));
}

function joined([red = 0, green = 0, blue = 0]: readonly number[]): number {
  return (red << 16) | (green << 8) | blue;
}
