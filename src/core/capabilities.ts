/** XTGETTCAP: termcap and terminfo names in hexadecimal, answered one by one as kitty, foot and ghostty do. */

const ST = '\x1b\\';

/**
 * What is told: the terminal's name, 256 colours, and direct ones. Not `Ms`, the clipboard: a program that has it also
 * asks for the clipboard's text, and waits for ten seconds (neovim).
 */
const CAPABILITIES: ReadonlyMap<string, string> = new Map([
  ['TN', 'xterm-256color'],
  ['name', 'xterm-256color'],
  ['Co', '256'],
  ['colors', '256'],
  ['RGB', '8'],
  ['Tc', ''],
]);

/** An answer for each name of `hex;hex`. A name that is not known is not repeated. */
export function capabilityAnswers(names: string): string {
  return names
    .split(';')
    .map(hex => {
      const name = textOfHex(hex);
      const value = CAPABILITIES.get(name);
      if (value === undefined) return `\x1bP0+r${ST}`;
      return `\x1bP1+r${hexOf(name)}${value === '' ? '' : `=${hexOf(value)}`}${ST}`;
    })
    .join('');
}

function textOfHex(hex: string): string {
  return (hex.match(/../g) ?? []).map(pair => String.fromCharCode(Number.parseInt(pair, 16))).join('');
}

function hexOf(text: string): string {
  return [...text].map(character => character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')).join('');
}
