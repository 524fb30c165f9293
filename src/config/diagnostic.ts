/** A mistake in a config file as people read it: where, what, the line itself with a caret, and what to do. */
import { relative } from 'node:path';
import type { Problem } from '../core/problem.ts';

export type Diagnostic = Problem;

export interface FormatOptions {
  readonly color: boolean;
  /** Files below this directory are named relative to it. */
  readonly cwd?: string;
}

/** Lines are cut to this many characters around the caret, so that it stays visible in a terminal. */
const MAX_LINE = 160;

/** Prints diagnostics as compilers do, one after the other, with a closing newline unless there is none. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: FormatOptions): string {
  return diagnostics.map(diagnostic => `${formatDiagnostic(diagnostic, options)}\n`).join('');
}

function formatDiagnostic(diagnostic: Diagnostic, options: FormatOptions): string {
  const paint = (code: number, text: string): string => (options.color ? `\x1b[${code}m${text}\x1b[0m` : text);
  const { severity, line, column } = diagnostic;
  const file = shortPath(diagnostic.file, options.cwd);
  const where = line === 0 ? file : `${file}:${line}:${column}`;
  const colour = severity === 'error' ? 31 : 33;
  const lines = [`${paint(1, `${visible(where)}:`)} ${paint(colour, `${severity}:`)} ${visible(diagnostic.message)}`];
  if (line > 0) {
    const [text, caret] = excerpt(diagnostic.text, column - 1);
    lines.push(`    ${text}`, `    ${caret}${paint(colour, '^')}`);
  }
  for (const hint of diagnostic.hint?.split('\n') ?? []) lines.push(`  ${paint(36, 'hint:')} ${visible(hint)}`);
  return lines.join('\n');
}

function shortPath(file: string, cwd: string | undefined): string {
  if (cwd === undefined) return file;
  const path = relative(cwd, file);
  return path === '' || path.startsWith('../') ? file : path;
}

/** The line cut to what is worth showing, and the blanks that bring a caret below the character at `index`. */
function excerpt(line: string, index: number): [text: string, blanks: string] {
  const from = index > MAX_LINE / 2 && line.length > MAX_LINE ? index - MAX_LINE / 2 : 0;
  const cut = line.slice(from, from + MAX_LINE);
  const before = cut.slice(0, index - from);
  const lead = from > 0 ? '…' : '';
  const tail = from + MAX_LINE < line.length ? '…' : '';
  // A tab stays a tab so that both lines reach the same stop, whatever the terminal's are.
  const blanks = Array.from(before, char => (char === '\t' ? '\t' : ' '.repeat(cellsOf(char)))).join('');
  return [`${lead}${visible(cut)}${tail}`, `${' '.repeat(lead.length)}${blanks}`];
}

/** A config file must not be able to type escape sequences at the terminal of whoever checks it. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** East Asian wide characters. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

/** Columns a character takes: 2 for wide ones and emoji, 0 for marks that combine and for joiners. */
function cellsOf(char: string): number {
  if (/^[\p{Mn}\p{Cf}]/u.test(char)) return 0;
  return WIDE.test(char) || /^\p{Emoji_Presentation}/u.test(char) ? 2 : 1;
}
