import { alignColumns } from '../columns.ts';
import { GLOBAL_OPTIONS, VERSION_OPTION } from '../options.ts';
import { callOf, sentence } from '../usage.ts';
import type { Verb } from '../verb.ts';
import { VERBS } from './table.ts';

/** docs/COMMANDS.md, printed from the command table. */
export function commandsMarkdown(): string {
  return `${[
    '# taskmasterctl',
    'Printed from `src/client/commands/table.ts`; change it there and run `npm run generate`.',
    'Options that every command knows; behind a command that has a short option of that name only the long form works:',
    GLOBAL_OPTIONS.map(({ flags, help }) => `- \`${flags}\`: ${help}`).join('\n'),
    `\`${VERSION_OPTION.flags}\` stands alone. Colours appear only on a terminal unless asked for.`,
    SELECTORS,
    SCRIPTS,
    EXIT_CODES,
    ...VERBS.map(section),
  ].join('\n\n')}\n`;
}

export const SELECTORS = `## Selectors

\`SEL\` is a selector: \`web\`, \`web:web_03\`, \`web:*\` (a whole group), a glob such as \`w*\`, or \`all\`. A shell expands
stars, so quote them. \`NAME\` is one process by its full name.`;

export const SCRIPTS = `## Commands from a pipe

With no command and no terminal on standard input, \`taskmasterctl\` reads commands from there, one a line, quoted as in a
POSIX shell. Blank lines and lines that begin with \`#\` are skipped, \`exit\` and \`quit\` end it. It stops at the first
command that fails and exits with its code. The 3 of \`status\` is an answer and no failure: the script goes on, and exits
with 3 only when that \`status\` was its last command.`;

export const EXIT_CODES = `## Exit codes

They are supervisorctl's:

| code | meaning |
| --- | --- |
| 0 | done; also \`start\` of what is already started and \`stop\` of what does not run |
| 1 | no such command, no such process, a bad signal, a refusal of the daemon, an output that cannot be written |
| 2 | a command without its arguments, an unknown option |
| 3 | \`status\`: something that is shown is in a stopped state |
| 4 | \`status\`: an unknown name, or no daemon |
| 7 | not running, spawn error, abnormal termination; any other command without a daemon |
| 130 | interrupted with Ctrl-C, except where that is the way to leave (\`-f\`) |`;

function section(verb: Verb): string {
  const call = callOf(verb);
  const parts = [`## ${verb.name}`, `\`${call}\``, sentence(verb.summary)];
  if (verb.details !== '') parts.push(verb.details);
  if (verb.where === 'shell') parts.push('Only at the prompt of `taskmasterctl shell`, and in commands from a pipe.');
  if (verb.aliases.length > 0) parts.push(`Also called ${verb.aliases.map(alias => `\`${alias}\``).join(', ')}.`);
  if (verb.options.length > 0) parts.push(verb.options.map(({ flags, help }) => `- \`${flags}\`: ${help}`).join('\n'));
  if (verb.json !== undefined) parts.push(`With \`--json\`: ${verb.json}.`);
  const examples = alignColumns(
    verb.examples.map(({ line, help }) => [`${verb.where === 'shell' ? '' : 'taskmasterctl '}${line}`, `# ${help}`]),
  );
  if (examples !== '') parts.push(`\`\`\`sh\n${examples}\`\`\``);
  return parts.join('\n\n');
}
