/**
 * Splits a command line into words as a POSIX shell does (2.2 Quoting, 2.3 Token Recognition), and expands nothing:
 * no variables, no globs, no `~`, no comments. The words are what the program gets.
 */

export interface Word {
  readonly text: string;
  /** For each UTF-16 unit of `text`, its offset in the line: where to point when something in the word is wrong. */
  readonly origins: readonly number[];
  /** Offset of the word in the line. */
  readonly start: number;
  /** Whether any of it was quoted or escaped: then an operator in it is meant as text. */
  readonly quoted: boolean;
}

export type Split =
  | { readonly ok: true; readonly words: readonly Word[] }
  | { readonly ok: false; readonly offset: number; readonly problem: string };

const BLANK = /[ \t\r\n]/;

/** What a backslash quotes inside double quotes; before anything else it is a backslash. */
const ESCAPED_IN_DOUBLE = '$`"\\';

/** Characters that need no quotes in any shell. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./^-]+$/;

/** A word that a shell would have taken for itself: a list or pipe operator, a redirection, a substitution. */
const OPERATOR = /^(?:\|\|?|\|&|&&?|;|[0-9]*(?:<|<<|<<<|<>|>|>>|>\|)|&>>?|[0-9]*[<>]&(?:[0-9]+|-)|`.*|\$\(.*)$/s;

/** Splits `line` into words; an unterminated quote is a problem at its offset. */
export function splitWords(line: string): Split {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    if (BLANK.test(line[at] ?? '')) at++;
    else if (line.startsWith('\\\n', at)) at += 2;
    else {
      const read = readWord(line, at);
      if ('problem' in read) return { ok: false, ...read };
      words.push(read.word);
      at = read.end;
    }
  }
  return { ok: true, words };
}

/** The line that splits into these words again. */
export function joinWords(words: readonly string[]): string {
  return words.map(word => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

/** Whether a shell would have acted on this word rather than passed it on. */
export function isShellOperator(word: Word): boolean {
  return !word.quoted && OPERATOR.test(word.text);
}

function readWord(line: string, start: number): { word: Word; end: number } | { offset: number; problem: string } {
  let text = '';
  let quoted = false;
  const origins: number[] = [];
  const take = (offset: number): void => {
    text += line[offset] ?? '';
    origins.push(offset);
  };
  let at = start;
  while (at < line.length && !BLANK.test(line[at] ?? '')) {
    const char = line[at];
    if (char === '\\') {
      const next = line[at + 1];
      if (next === undefined) return { offset: at, problem: 'the backslash at the end quotes nothing' };
      if (next !== '\n') {
        take(at + 1);
        quoted = true;
      }
      at += 2;
    } else if (char === "'") {
      const close = line.indexOf("'", at + 1);
      if (close < 0) return { offset: at, problem: 'this single quote is never closed' };
      for (let i = at + 1; i < close; i++) take(i);
      quoted = true;
      at = close + 1;
    } else if (char === '"') {
      const close = readDoubleQuoted(line, at, take);
      if (close === undefined) return { offset: at, problem: 'this double quote is never closed' };
      quoted = true;
      at = close + 1;
    } else {
      take(at);
      at++;
    }
  }
  return { word: { text, origins, start, quoted }, end: at };
}

/** Takes what the double quote at `open` holds; the offset of its closing quote, or undefined without one. */
function readDoubleQuoted(line: string, open: number, take: (offset: number) => void): number | undefined {
  for (let at = open + 1; at < line.length; at++) {
    const char = line[at];
    if (char === '"') return at;
    const next = line[at + 1];
    if (char === '\\' && next === '\n') at++;
    else if (char === '\\' && next !== undefined && ESCAPED_IN_DOUBLE.includes(next)) take(++at);
    else take(at);
  }
  return undefined;
}
