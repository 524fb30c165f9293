/** What is wrong with the YAML itself, in words of somebody who did not mean to learn YAML's grammar. */
import type { LineRange, Report } from './report.ts';
import { hiddenByName } from './secrets.ts';
import { columnOf, indentOf, lineOf, lineText, type Place, type Source, shownLine } from './source.ts';

/** An error of the YAML library. */
export interface SyntaxFault {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

/**
 * Reports faults in the order of the file. Each makes some lines unreliable; faults and mistakes inside those are
 * consequences, and not reported.
 */
export function reportFaults(source: Source, faults: readonly SyntaxFault[], report: Report): void {
  for (const fault of [...faults].sort((a, b) => a.pos[0] - b.pos[0])) {
    const place: Place = { source, start: Math.min(fault.pos[0], source.text.length), end: fault.pos[1] };
    const explained = explain(source, fault, place);
    // The library's own words may quote the file.
    report.error(explained.place ?? place, hiddenByName(explained.message), explained.hint);
    if (explained.spoilt !== undefined) report.distrust(source, explained.spoilt);
  }
}

/** Tabs that indent, which YAML forbids: reported once for all of them. Undefined when there are none. */
export function withoutTabs(source: Source, faults: readonly SyntaxFault[], report: Report): string | undefined {
  const lines = faults.filter(({ code }) => code === 'TAB_AS_INDENT').map(({ pos }) => lineOf(source, pos[0]));
  const first = Math.min(...lines);
  if (lines.length === 0) return undefined;
  const start = (source.lineStarts[first - 1] ?? 0) + Math.max(0, lineText(source, first).indexOf('\t'));
  const more = new Set(lines).size - 1;
  report.error(
    { source, start, end: start + 1 },
    more === 0
      ? 'this line is indented by a tab, and YAML takes spaces only'
      : `this line and ${more} more are indented by tabs, and YAML takes spaces only`,
    'replace each tab by spaces, as many for every level',
  );
  // One space for each tab keeps every offset, and is as good as any width where all levels are tabs.
  return source.text.replace(/^[ \t]+/gm, blanks => ' '.repeat(blanks.length));
}

interface Explained {
  readonly message: string;
  readonly hint?: string;
  readonly place?: Place;
  readonly spoilt?: LineRange;
}

function explain(source: Source, { code, message }: SyntaxFault, place: Place): Explained {
  const line = lineOf(source, place.start);
  const toEnd: LineRange = { first: line, last: source.lineStarts.length };
  switch (code) {
    case 'BAD_INDENT':
      return message.startsWith('All') ? badIndent(source, line) : unclosed(source, line, message);
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return badValue(source, line);
    case 'MISSING_CHAR':
      if (/quote/.test(message)) return openQuote(source, place);
      if (/Implicit map keys/.test(message)) return noColon(source, line);
      return { message: plainWords(message), spoilt: toEnd };
    case 'BAD_SCALAR_START': {
      const char = source.text[place.start] ?? '';
      return {
        message: `a value cannot begin with ${char === '`' ? 'a backtick' : `\`${char}\``}`,
        hint: 'put the value into quotes',
        spoilt: { first: line, last: line },
      };
    }
    case 'BLOCK_IN_FLOW':
      return {
        message: 'a value in braces or brackets holds a `: `, which would make it a key',
        hint: 'put the value into quotes',
        spoilt: { first: line, last: line },
      };
    case 'BAD_ALIAS':
      return {
        message: '`&` or `*` without a name',
        hint: 'they begin an anchor or an alias; put the value into quotes if it is meant as text',
      };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `\`${message.replace(/^Invalid escape sequence /, '')}\` means nothing in double quotes`,
        hint: 'write `\\\\` for a backslash, or use single quotes, which know no escapes',
      };
    case 'TAG_RESOLVE_FAILED':
      return { message: 'tags such as `!name` mean nothing here', hint: 'remove it' };
    case 'RESOURCE_EXHAUSTION':
      return { message: 'this is nested too deeply', spoilt: toEnd };
    case 'UNEXPECTED_TOKEN':
      return unexpected(source, place, message);
    default:
      return { message: plainWords(message), spoilt: toEnd };
  }
}

/** A line that stands between the levels above it. */
function badIndent(source: Source, line: number): Explained {
  const indent = indentOf(source, line) ?? 0;
  const levels = levelsAround(source, line).map(level => `${level.indent} (as line ${level.line})`);
  const start = (source.lineStarts[line - 1] ?? 0) + indent;
  return {
    place: { source, start, end: start + 1 },
    message: `this line is indented by ${indent}, which fits no level above it`,
    hint: `indent it by ${levels.reverse().join(' or ')}`,
    spoilt: blockAt(source, line, indent),
  };
}

interface Level {
  readonly indent: number;
  readonly line: number;
}

/** The indentations open above a line, innermost first. */
function openIndents(source: Source, line: number): Level[] {
  const levels: Level[] = [];
  for (let above = line - 1; above > 0; above--) {
    const indent = indentOf(source, above);
    if (indent === undefined) continue;
    const last = levels.at(-1);
    if (last === undefined || indent < last.indent) levels.push({ indent, line: above });
  }
  return levels;
}

/** Those open levels between which a line stands. */
function levelsAround(source: Source, line: number): Level[] {
  const levels = openIndents(source, line);
  const own = indentOf(source, line) ?? 0;
  const inner = levels.filter(level => level.indent > own).slice(-1);
  const outer = levels.filter(level => level.indent < own).slice(0, 1);
  return [...inner, ...outer];
}

/** A value that goes on in the next line, where a key was meant; or a second `: ` in one line. */
function badValue(source: Source, line: number): Explained {
  const indent = indentOf(source, line) ?? 0;
  const next = nextLine(source, line);
  const text = lineText(source, line);
  const spoilt = blockAt(source, line, Math.max(0, indent - 1));
  if (/^[^:#]*:\s+[^"'\s].*:(?:\s|$)/.test(text)) {
    const at = (source.lineStarts[line - 1] ?? 0) + text.search(/:\s/) + 1;
    const start = at + (source.text.slice(at).match(/^ */)?.[0].length ?? 0);
    return {
      place: { source, start, end: start + 1 },
      message: 'this value holds a `: `, which would make it a key',
      hint: 'put the value into quotes',
      spoilt,
    };
  }
  if (next !== undefined && next.indent > indent && /:\s+\S/.test(text)) {
    const start = (source.lineStarts[next.line - 1] ?? 0) + next.indent;
    return {
      place: { source, start, end: start + 1 },
      message: `this line is indented by ${next.indent - indent} more than the key above it, which has a value already`,
      hint: `indent it by ${indent}, as line ${line}`,
      spoilt,
    };
  }
  return noColon(source, line);
}

function noColon(source: Source, line: number): Explained {
  const indent = indentOf(source, line) ?? 0;
  const open = openIndents(source, line);
  const isDeepest = (open[0]?.indent ?? 0) < indent;
  if (!isDeepest && !open.some(level => level.indent === indent)) return badIndent(source, line);
  const start = (source.lineStarts[line - 1] ?? 0) + indent;
  const text = shownLine(source, line).trim();
  const glued = /^([A-Za-z_]+):\S/.exec(text)?.[1];
  return {
    place: { source, start, end: start + 1 },
    message: glued === undefined ? `\`${text}\` is no key with a value` : `there is no space after \`${glued}:\``,
    hint:
      glued === undefined
        ? 'a key is followed by a colon and a space'
        : `write \`${glued}: ${text.slice(glued.length + 1)}\``,
    spoilt: blockAt(source, line, Math.max(0, indent - 1)),
  };
}

/** The library notices at the end of the file; the quote that was opened is what people look for. */
function openQuote(source: Source, place: Place): Explained {
  const start = place.start;
  const line = lineOf(source, start);
  return {
    place,
    message: 'this quote is never closed',
    spoilt: { first: line, last: source.lineStarts.length },
  };
}

function unclosed(source: Source, line: number, message: string): Explained {
  const bracket = /end with a (.)/.exec(message)?.[1] ?? '}';
  return {
    message: `a \`${bracket}\` is missing before this`,
    hint: 'close it, and indent what it encloses',
    spoilt: { first: Math.max(1, line - 1), last: source.lineStarts.length },
  };
}

function unexpected(source: Source, place: Place, message: string): Explained {
  const line = lineOf(source, place.start);
  const spoilt: LineRange = { first: line, last: source.lineStarts.length };
  const text = lineText(source, line);
  if (/:\s*\$$/.test(text.slice(0, columnOf(source, place.start) - 1)) || /\$\{/.test(text)) {
    return {
      message: 'the `{` of this variable would begin a map, as it stands inside braces or brackets',
      hint: 'put the value into quotes: "${NAME}"',
      spoilt,
    };
  }
  if (/at node end/.test(message)) {
    if (columnOf(source, place.start) - 1 === indentOf(source, line)) return badIndent(source, line);
    return {
      message: 'there is more here after a value that has ended',
      hint: 'put the whole value into quotes; inside single ones, a single quote is written twice',
      spoilt,
    };
  }
  return { message: plainWords(message), spoilt };
}

/** The lines from this one on that belong to it: those indented by more than `indent`. */
function blockAt(source: Source, line: number, indent: number): LineRange {
  let last = line;
  for (let below = line + 1; below <= source.lineStarts.length; below++) {
    const here = indentOf(source, below);
    if (here !== undefined && here <= indent) break;
    last = below;
  }
  return { first: line, last };
}

function nextLine(source: Source, line: number): { line: number; indent: number } | undefined {
  for (let below = line + 1; below <= source.lineStarts.length; below++) {
    const indent = indentOf(source, below);
    if (indent !== undefined) return { line: below, indent };
  }
  return undefined;
}

function plainWords(message: string): string {
  return `this is no YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
