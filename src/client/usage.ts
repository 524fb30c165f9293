import { alignColumns, wrap } from './columns.ts';
import { GLOBAL_OPTIONS, READ_ONLY_OPTION, VERSION_OPTION } from './options.ts';
import type { Parameter, Verb } from './verb.ts';

/** Columns of help and docs: fixed, so that what is generated does not depend on a terminal. */
const WIDTH = 100;

/** `tail [-f] [-n <lines>] NAME...`. */
export function usageOf(verb: Verb): string {
  const options = verb.options.map(({ flags }) => `[${shortestFlag(flags)}]`);
  return [verb.name, ...options, ...verb.parameters.map(parameterUsage)].join(' ');
}

/** How it is called where it exists: `taskmasterctl tail …`, and a verb that only shells of ours know by itself. */
export function callOf(verb: Verb): string {
  return verb.where === 'shell' ? usageOf(verb) : `taskmasterctl ${usageOf(verb)}`;
}

function parameterUsage({ label, required, many }: Parameter): string {
  const text = many ? `${label}...` : label;
  return required ? text : `[${text}]`;
}

/** `-n <lines>` of `-n, --lines <lines>`. */
function shortestFlag(flags: string): string {
  const [first = flags] = flags.split(', ');
  const value = /<.*>$/.exec(flags)?.[0];
  return value === undefined || first.endsWith(value) ? first : `${first} ${value}`;
}

/** What `--help` prints for one verb. */
export function verbHelp(verb: Verb): string {
  const parts = [`usage: ${callOf(verb)}\n`, wrap(sentence(verb.summary), WIDTH)];
  if (verb.details !== '') parts.push(wrap(verb.details, WIDTH));
  if (verb.aliases.length > 0) parts.push(`Also called ${verb.aliases.join(', ')}.\n`);
  if (verb.options.length > 0) parts.push(`Options:\n${alignColumns(verb.options.map(o => [`  ${o.flags}`, o.help]))}`);
  if (verb.json !== undefined) parts.push(wrap(`--json: ${verb.json}.`, WIDTH));
  if (verb.examples.length > 0) {
    const rows = verb.examples.map(({ line, help }) => [
      `  ${verb.where === 'shell' ? '' : 'taskmasterctl '}${line}`,
      help,
    ]);
    parts.push(`Examples:\n${alignColumns(rows)}`);
  }
  return parts.join('\n');
}

/** What `help` prints: every verb with its summary, and what they share. */
export function overview(verbs: readonly Verb[]): string {
  return [
    'usage: taskmasterctl [options] COMMAND ...\n',
    `Commands:\n${alignColumns(verbs.map(verb => [`  ${verb.name}`, verb.summary]))}`,
    `Options:\n${alignColumns([...GLOBAL_OPTIONS, READ_ONLY_OPTION, VERSION_OPTION].map(o => [`  ${o.flags}`, o.help]))}`,
    wrap('SEL is a selector: web, web:web_03, web:* (a group), a glob such as w*, or all. Quote the stars.', WIDTH),
    wrap(
      'Without a command the dashboard is opened, `shell` opens the control shell; with no terminal on standard input commands are read from there, one a line.',
      WIDTH,
    ),
    '`taskmasterctl help COMMAND` explains one.\n',
  ].join('\n');
}

/** A summary as a sentence of its own. */
export function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}
