import { textWidth } from '../../terminal/width.ts';
import { SgrOnly } from '../sgr.ts';
import { type Look, type Piece, piece } from './piece.ts';

type Colour = 'fg' | 'bg';
type Style = { -readonly [key in keyof Look]: Look[key] };

const TAB = 8;

/** A line of text with colours as cells can be made of it. Whatever else a terminal would act upon is left out. */
export function spansOfSgr(line: string): Piece[] {
  const pieces: Piece[] = [];
  let style: Style = {};
  let column = 0;
  for (const part of new SgrOnly().push(line).split(/(\x1b\[[\d;:]*m)/)) {
    if (part.startsWith('\x1b[')) {
      style = styled(style, part.slice(2, -1));
    } else if (part !== '') {
      const text = part.replace(/[^\t]+|\t/g, run => {
        const shown = run === '\t' ? ' '.repeat(TAB - (column % TAB)) : run;
        column += textWidth(shown);
        return shown;
      });
      pieces.push(piece(text, style));
    }
  }
  return pieces;
}

function styled(before: Style, parameters: string): Style {
  let style: Style = { ...before };
  const codes = parameters.split(/[;:]/).map(Number);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) style = {};
    else if (code === 38 || code === 48) i += extended(style, code === 38 ? 'fg' : 'bg', codes.slice(i + 1));
    else apply(style, code);
  }
  return style;
}

/** How many parameters belong to it. */
function extended(style: Style, key: Colour, [kind, ...values]: readonly number[]): number {
  if (kind === 5) {
    style[key] = (values[0] ?? 0) & 0xff;
    return 2;
  }
  if (kind !== 2) return 1;
  style[key] = `#${[0, 1, 2].map(n => ((values[n] ?? 0) & 0xff).toString(16).padStart(2, '0')).join('')}`;
  return 4;
}

function apply(style: Style, code: number): void {
  if (code >= 30 && code <= 37) style.fg = code - 30;
  else if (code >= 90 && code <= 97) style.fg = code - 82;
  else if (code >= 40 && code <= 47) style.bg = code - 40;
  else if (code >= 100 && code <= 107) style.bg = code - 92;
  else if (code === 39) delete style.fg;
  else if (code === 49) delete style.bg;
  else applyFlag(style, code);
}

function applyFlag(style: Style, code: number): void {
  switch (code) {
    case 1:
      style.bold = true;
      break;
    case 2:
      style.dim = true;
      break;
    case 3:
      style.italic = true;
      break;
    case 4:
      style.underline = 'single';
      break;
    case 7:
      style.inverse = true;
      break;
    case 9:
      style.strikethrough = true;
      break;
    case 22:
      delete style.bold;
      delete style.dim;
      break;
    case 23:
      delete style.italic;
      break;
    case 24:
      delete style.underline;
      break;
    case 27:
      delete style.inverse;
      break;
    case 29:
      delete style.strikethrough;
      break;
  }
}
