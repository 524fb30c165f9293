/** Collects what is wrong with a config, so that all of it can be told at once. */
import type { Diagnostic } from './diagnostic.ts';
import { columnOf, lineOf, type Place, type Source, shownLine } from './source.ts';

/** Beyond these many there is no use in more, and a broken file of megabytes must not fill memory, nor take minutes. */
const MAX_DIAGNOSTICS = 200;

/** Thrown by the error after the last that is taken: there is no use in going on. */
export class TooManyMistakes extends Error {}

export interface Report {
  /** Says that a file is read now: what is wrong is told in this order of the files. */
  begin(file: string): void;
  error(place: Place, message: string, hint?: string): void;
  warning(place: Place, message: string, hint?: string): void;
  /** An error about a file as a whole. */
  fileError(file: string, message: string, hint?: string): void;
  /**
   * From here on, errors and warnings inside these lines of a source are not taken: its syntax is broken there, and
   * what was read of them is not what was written.
   */
  distrust(source: Source, lines: LineRange): void;
  /** Whether all lines of a place can be trusted. */
  trusts(place: Place): boolean;
  failed(): boolean;
  /** Everything reported, file by file in the order they were read, then by place. */
  diagnostics(): Diagnostic[];
}

/** Numbers of lines, both included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

interface Found {
  readonly diagnostic: Diagnostic;
  /** Undefined for what is wrong with a file as a whole. */
  readonly source: Source | undefined;
}

/** The line is taken at the end: which secrets it holds is not known from the start. */
function withLine({ diagnostic, source }: Found): Diagnostic {
  return source === undefined ? diagnostic : { ...diagnostic, text: shownLine(source, diagnostic.line) };
}

/** A report that holds nothing yet. */
export function createReport(): Report {
  const found = new Map<string, Found>();
  const files: string[] = [];
  const distrusted: { source: Source; lines: LineRange }[] = [];
  let failed = false;
  let tooMany = false;

  const add = (diagnostic: Diagnostic, source?: Source): void => {
    if (diagnostic.severity === 'error') failed = true;
    // A node that hangs in several branches, or a program of eight processes, has its mistake once.
    const key = `${diagnostic.file}:${diagnostic.line}:${diagnostic.column}:${diagnostic.message}`;
    if (found.has(key)) return;
    if (found.size >= MAX_DIAGNOSTICS) {
      if (diagnostic.severity === 'warning') return;
      tooMany = true;
      throw new TooManyMistakes();
    }
    found.set(key, { diagnostic, source });
  };

  const trusts = (place: Place): boolean => {
    if (distrusted.length === 0) return true;
    const first = lineOf(place.source, place.start);
    const last = lineOf(place.source, Math.max(place.start, place.end - 1));
    return !distrusted.some(
      ({ source, lines }) => source === place.source && first <= lines.last && last >= lines.first,
    );
  };

  const at = (severity: Diagnostic['severity'], place: Place, [message, hint]: [string, string | undefined]): void => {
    const { source, start } = place;
    if (!trusts({ source, start, end: start + 1 })) return;
    const line = lineOf(source, start);
    const base = { severity, message, file: source.file, line, column: columnOf(source, start), text: '' };
    add({ ...base, ...(hint === undefined ? {} : { hint }) }, source);
  };

  return {
    begin: file => {
      files.push(file);
    },
    error: (place, message, hint) => at('error', place, [message, hint]),
    warning: (place, message, hint) => at('warning', place, [message, hint]),
    fileError: (file, message, hint) =>
      add({ severity: 'error', message, file, line: 0, column: 0, text: '', ...(hint === undefined ? {} : { hint }) }),
    distrust: (source, lines) => {
      distrusted.push({ source, lines });
    },
    trusts,
    failed: () => failed,
    diagnostics: () => {
      const order = (diagnostic: Diagnostic): number => files.indexOf(diagnostic.file);
      const sorted = [...found.values()]
        .map(withLine)
        .sort((a, b) => order(a) - order(b) || a.line - b.line || a.column - b.column);
      const last = sorted.at(-1);
      if (tooMany && last !== undefined) {
        const message = `too many mistakes: these ${MAX_DIAGNOSTICS} are not all`;
        sorted.push({ severity: 'error', message, file: last.file, line: 0, column: 0, text: '' });
      }
      return sorted;
    },
  };
}
