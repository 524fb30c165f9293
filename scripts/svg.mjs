// A terminal's screen as an SVG picture: each run of cells at its column and stretched to its width, so that no font can
// shift what stands behind it.

import { cellsOf } from '../dist/terminal/cells.js';

/** Size of a cell in the picture's units: what common monospaced fonts have at 14. */
const [CELL_WIDTH, CELL_HEIGHT, FONT_SIZE, BASELINE] = [8.4, 16, 14, 12.5];
const MARGIN = 12;
const FONTS = "ui-monospace, 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";
const [FOREGROUND, BACKGROUND] = ['#d4d4d8', '#16181d'];

/** The first sixteen colours; the rest are computed as xterm does. */
const SIXTEEN = '#2b2f38 #f0616d #7fc97f #e5c07b #61afef #c678dd #56c2c9 #d4d4d8'
  .concat(' #6b7280 #ff7a85 #98e098 #f5d58f #7ec3ff #d894ec #76d7de #ffffff')
  .split(' ');
const LEVELS = [0, 95, 135, 175, 215, 255];

/** `screen`: as `taskmasterctl screen --json` prints it; `title` goes into the picture for who cannot see it. */
export function svgOf(screen, title) {
  const width = screen.cols * CELL_WIDTH + 2 * MARGIN;
  const height = screen.rows * CELL_HEIGHT + 2 * MARGIN;
  const rows = screen.lines.slice(screen.scrollback);
  const body = rows.flatMap((line, y) => drawLine(runsOf(cellsOf(line.spans, screen.cols)), y));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-label="${escapeXml(title)}">
<title>${escapeXml(title)}</title>
<style>text{font:${FONT_SIZE}px ${FONTS}}</style>
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
${body.join('\n')}
</svg>
`;
}

/** Cells that stand side by side and look the same, with how many they are: words apart from blanks, which renderers squeeze. */
function runsOf(cells) {
  const runs = [];
  for (const { text, span } of cells) {
    const last = runs.at(-1);
    const isBlank = text === ' ';
    const isSame = last !== undefined && last.span === span && (text === '' || last.isBlank === isBlank);
    if (isSame) [last.text, last.cols] = [last.text + text, last.cols + 1];
    else runs.push({ span, text, cols: 1, isBlank });
  }
  return runs;
}

function drawLine(runs, y) {
  const [boxes, texts] = [[], []];
  let column = 0;
  for (const { span = {}, text, cols } of runs) {
    let [ink, paper] = [colourOf(span.fg) ?? FOREGROUND, colourOf(span.bg)];
    if (span.inverse) [ink, paper] = [paper ?? BACKGROUND, ink];
    const [x, top] = [MARGIN + column * CELL_WIDTH, MARGIN + y * CELL_HEIGHT];
    const length = round(cols * CELL_WIDTH);
    if (paper !== undefined) {
      boxes.push(`<rect x="${round(x)}" y="${top}" width="${length}" height="${CELL_HEIGHT}" fill="${paper}"/>`);
    }
    if (text.trim() !== '' && !span.invisible) {
      const look = [`fill="${ink}"`, ...looksOf(span)].join(' ');
      const place = `x="${round(x)}" y="${top + BASELINE}" textLength="${length}" lengthAdjust="spacingAndGlyphs"`;
      texts.push(`<text ${place} ${look}>${escapeXml(text)}</text>`);
    }
    column += cols;
  }
  return [...boxes, ...texts];
}

function looksOf({ bold, dim, italic, underline, strikethrough }) {
  const lines = [underline && 'underline', strikethrough && 'line-through'].filter(Boolean);
  return [
    bold && 'font-weight="bold"',
    dim && 'opacity="0.55"',
    italic && 'font-style="italic"',
    lines.length > 0 && `text-decoration="${lines.join(' ')}"`,
  ].filter(Boolean);
}

function colourOf(name) {
  if (name === undefined || typeof name === 'string') return name;
  if (name < 16) return SIXTEEN[name];
  const grey = 8 + (name - 232) * 10;
  const [red, green, blue] = [36, 6, 1].map(unit => LEVELS[Math.floor((name - 16) / unit) % 6]);
  const parts = name >= 232 ? [grey, grey, grey] : [red, green, blue];
  return `#${parts.map(part => part.toString(16).padStart(2, '0')).join('')}`;
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function round(number) {
  return Math.round(number * 100) / 100;
}
