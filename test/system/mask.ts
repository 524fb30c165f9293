/** A dashboard's screen without what differs from run to run: figures become signs that take as much room. */

const HEADER = /^ taskmaster (\S+)( +)(.*)$/;
const FIGURE = / *\b\d+(?:\.\d+)?(?:[KMG%]|(?:[dhms]\d*)+s?)?(?= |$)/g;
const SPARK = / *[▁▂▃▄▅▆▇█]+/g;
const BORDER = /─+ \d+\.\d% \d+(?:\.\d)?[KMG] ─/g;
const EVENT = /(?<=│) \d\d:\d\d:\d\d (.*?) *(?=│)/g;

/** The same lines at the same columns. */
export function masked(screen: string): string {
  return screen
    .split('\n')
    .map((line, y) => (y === 0 ? maskedHeader(line) : maskedLine(line)))
    .join('\n');
}

/** The config's path and the daemon's pid are of any length: what is between them gives. */
function maskedHeader(line: string): string {
  const [, , , right = ''] = HEADER.exec(line) ?? [];
  if (right === '') return line;
  const what = right.replace(/daemon \d+ .*/, 'daemon PID …');
  return ` taskmaster CONFIG … ${what}`;
}

function maskedLine(line: string): string {
  const [found] = line.match(EVENT) ?? [];
  if (found !== undefined) {
    const text = found.replace(/\d\d:\d\d:\d\d/, 'HH:MM:SS').replace(/pid \d+/, 'pid PID');
    return line.replace(found, text.trimEnd().padEnd(found.length));
  }
  return line
    .replace(BORDER, all => `${'─'.repeat(all.length - 9)} #% #M ─`)
    .split('││')
    .map(part => (/RUNNING|\bup\b/.test(part) && !part.includes('─') ? maskedRow(part) : part))
    .join('││');
}

/** Figures stand at the right of their columns, so that the blanks before them take the difference. */
function maskedRow(row: string): string {
  const sign = (all: string, mark: string): string => mark.padStart(all.length);
  return row.replace(FIGURE, all => sign(all, '#')).replace(SPARK, all => sign(all, '~'));
}
