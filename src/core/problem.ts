/** A mistake in a config file, and where it stands. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Absolute path. */
  readonly file: string;
  /** From 1; 0 when it has no place in the file. */
  readonly line: number;
  /** From 1, in UTF-16 units as editors count; 0 without a line. */
  readonly column: number;
  /** The line itself. */
  readonly text: string;
  readonly hint?: string;
}

/** One line for a log: where, what, what to do. */
export function describeProblem({ file, line, column, message, hint }: Problem): string {
  const where = line === 0 ? file : `${file}:${line}:${column}`;
  return `${where}: ${message}${hint === undefined ? '' : ` (${hint.replaceAll('\n', '; ')})`}`;
}
