/** Regular expressions of strangers' making: RE2's, whose time is linear in the text. The only file that knows re2js. */
import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';
import type { OutputSpec } from '../core/alert.ts';

/** Two megabytes of memory that most daemons never need. */
const load = (): typeof import('re2js') => createRequire(import.meta.url)('re2js'); // what it exports is its types' word

/** `/…/`, and the flags that JavaScript has, of which one means something here. What ends otherwise is a path. */
const SLASHED = /^\/(.*)\/([dgimsuvy]*)$/s;

/** Characters of it. A megabyte takes seconds to compile, for which the daemon would stand still. */
const LONGEST_MATCH = 4096;

/** Whether a line holds what is looked for. */
export type Pattern = (line: string) => boolean;

/** What `match` says: `/…/` or `/…/i` is a pattern, anything else a text to be found as it stands. */
export function readMatch(match: string): Pick<OutputSpec, 'match' | 'ignoreCase'> | { readonly problem: string } {
  if (match.length > LONGEST_MATCH) return { problem: `it is longer than ${LONGEST_MATCH} characters` };
  const [, pattern, flags = ''] = SLASHED.exec(match) ?? [];
  if (match === '' || pattern === '') return { problem: 'it is empty, and would match every line' };
  if (pattern === undefined) return { match: load().RE2JS.quote(match), ignoreCase: false };
  if (flags !== '' && flags !== 'i') return { problem: `\`${flags}\` is no flag; the only one is \`i\`, as in /…/i` };
  const spec = { match: pattern, ignoreCase: flags === 'i' };
  try {
    compilePattern(spec);
    return spec;
  } catch (error) {
    // It throws for nothing but the pattern.
    const message = error instanceof Error ? error.message : String(error);
    return { problem: message.replace(/^error parsing regexp: /, '') };
  }
}

/** Compiles what `readMatch` found to be good. */
export function compilePattern({ match, ignoreCase }: Pick<OutputSpec, 'match' | 'ignoreCase'>): Pattern {
  const { RE2JS } = load();
  const compiled: RE2JS = RE2JS.compile(match, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  return line => compiled.test(line);
}
