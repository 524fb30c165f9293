/** `${NAME}` and `${NAME:-default}`. `$$` is a dollar; a dollar before anything else is itself. Pure. */

/** What a name stands for; undefined when it is unset. */
export type Lookup = (name: string) => string | undefined;

export interface ExpansionProblem {
  /** Of the `${` in the text. */
  readonly offset: number;
  readonly kind: 'unset' | 'unterminated' | 'bad name' | 'too deep';
  readonly name: string;
}

export interface Expansion {
  readonly text: string;
  readonly problems: readonly ExpansionProblem[];
}

/** Defaults in defaults: `${A:-${B:-c}}`. Nobody nests more, and the recursion needs a bound. */
const MAX_DEPTH = 16;

const VARIABLE_NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

/** Expands every variable of `text`. A variable with a problem stays as it was written. */
export function expand(text: string, lookup: Lookup): Expansion {
  const read = expandUntil({ text, lookup, depth: 0 }, 0);
  return { text: read.text, problems: read.problems };
}

/** Whether expanding would change the text or fail: the cheap question, as most texts hold no variable. */
export function holdsVariable(text: string): boolean {
  return text.includes('${');
}

interface Job {
  readonly text: string;
  readonly lookup: Lookup;
  /** 0 for the whole text; above, the text of a default that ends at its closing brace. */
  readonly depth: number;
}

interface Read {
  text: string;
  end: number;
  problems: ExpansionProblem[];
}

function expandUntil(job: Job, start: number): Read {
  const read: Read = { text: '', end: start, problems: [] };
  while (read.end < job.text.length) {
    if (job.depth > 0 && job.text[read.end] === '}') break;
    if (job.text.startsWith('$$', read.end)) {
      read.text += '$';
      read.end += 2;
    } else if (job.text.startsWith('${', read.end)) {
      const variable = expandVariable(job, read.end);
      read.text += variable.text;
      read.end = variable.end;
      read.problems.push(...variable.problems);
    } else {
      read.text += job.text[read.end];
      read.end++;
    }
  }
  return read;
}

function expandVariable(job: Job, offset: number): Read {
  const { text, lookup, depth } = job;
  VARIABLE_NAME.lastIndex = offset + 2;
  const name = VARIABLE_NAME.exec(text)?.[0] ?? '';
  const afterName = offset + 2 + name.length;
  const problem = (kind: ExpansionProblem['kind'], end: number): Read => ({
    text: text.slice(offset, end),
    end,
    problems: [{ offset, kind, name: kind === 'bad name' ? text.slice(offset + 2, end - 1) : name }],
  });
  const close = text.indexOf('}', afterName);
  if (close < 0) return problem('unterminated', text.length);

  if (name !== '' && close === afterName) {
    const value = lookup(name);
    return value === undefined ? problem('unset', close + 1) : { text: value, end: close + 1, problems: [] };
  }
  if (name === '' || !text.startsWith(':-', afterName)) return problem('bad name', close + 1);
  if (depth >= MAX_DEPTH) return problem('too deep', text.length);

  const fallback = expandUntil({ text, lookup, depth: depth + 1 }, afterName + 2);
  if (text[fallback.end] !== '}') return problem('unterminated', text.length);
  const value = lookup(name);
  // As in a shell, `:-` stands in for an empty value too; what is wrong in an unused default is wrong for nobody.
  const unused = value !== undefined && value !== '';
  return unused ? { text: value, end: fallback.end + 1, problems: [] } : { ...fallback, end: fallback.end + 1 };
}
