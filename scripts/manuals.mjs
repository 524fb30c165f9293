// docs/man: what the commands are, from the table of verbs, the options of the daemon and the reference of the config.
import { manPage } from './man.mjs';

const FILES = `## Files

- \`./taskmaster.yaml\`, \`./config/taskmaster.yaml\`, \`$XDG_CONFIG_HOME/taskmaster/taskmaster.yaml\`,
  \`/etc/taskmaster/taskmaster.yaml\`: the config, the first that exists, unless \`-c\` names one.
- \`$XDG_RUNTIME_DIR/taskmaster\`, \`/run/taskmaster\` (root), \`/tmp/taskmaster-<uid>\`: the socket, named by a hash of the
  config's path, in the first of them that works.
- \`$XDG_STATE_HOME/taskmaster\`: the daemon's log and what outlives it, and the history of the shell.`;

const SIGNALS = `## Signals

- \`SIGHUP\` reads the config again, and applies what changed and nothing else.
- \`SIGUSR2\` opens every log file anew, for logrotate and its like.
- \`SIGTERM\`, \`SIGINT\` and \`SIGQUIT\` stop every program in order, then the daemon; a second one kills what still runs.`;

/** Every page: where it lies, and what is in it. */
export async function manuals(load) {
  const [
    { COMMAND_VERBS, SHELL_VERBS, VERBS },
    { callOf, sentence },
    options,
    daemons,
    document,
    { VERSION },
    reference,
  ] = await Promise.all(
    [
      'client/commands/table.js',
      'client/usage.js',
      'client/options.js',
      'core/daemonoptions.js',
      'client/commands/document.js',
      'protocol/version.js',
      'config/reference.js',
    ].map(load),
  );
  const list = all => all.map(({ flags, help }) => `- \`${flags}\`: ${sentence(help)}`).join('\n');
  const page = (name, section, summary, sections) => ({
    path: `docs/man/${name}.${section}`,
    text: manPage({ name, section, summary, version: VERSION, sections: sections.join('\n\n') }),
  });
  const onlyInShell = SHELL_VERBS.filter(verb => !COMMAND_VERBS.includes(verb));
  return [
    page('taskmasterctl', 1, 'control what taskmasterd runs', [
      '## Synopsis',
      '`taskmasterctl` [options] [command ...]',
      '## Description',
      'Talks to the daemon of a config: shows what runs, starts and stops it, and makes its consoles yours. Without a command it opens the dashboard on a terminal, and elsewhere reads commands from standard input, one a line.',
      '## Options',
      list([...options.GLOBAL_OPTIONS, options.READ_ONLY_OPTION, options.VERSION_OPTION]),
      '## Commands',
      ...VERBS.filter(verb => !onlyInShell.includes(verb)).map(verb => verbSection(verb, { callOf, sentence, list })),
      '## In the control shell',
      'The shell knows these commands as well:',
      ...onlyInShell.map(verb => verbSection(verb, { callOf, sentence, list })),
      document.SELECTORS,
      document.SCRIPTS,
      document.EXIT_CODES.replace('## Exit codes', '## Exit status'),
      '## Environment',
      '- `TASKMASTER_DETACH_KEYS`: The keys that detach from a console, `ctrl-b,d` unless it says otherwise.\n- `NO_COLOR`: No colours.',
      FILES,
      '## See also',
      '**taskmaster**(1), **taskmasterd**(8), **taskmaster.yaml**(5)',
    ]),
    page('taskmaster', 1, 'run programs in terminals, and a shell to control them', [
      '## Synopsis',
      '`taskmaster` [`-c <file>`] [`--allow-root`]',
      '## Description',
      'Starts the daemon in a session of its own, where Ctrl-C never reaches it, or joins the one of this config, and opens the control shell of **taskmasterctl**(1). Leaving the shell asks once whether to stop everything in order or to leave it running; a daemon that it has joined is left running without a question. When the terminal is closed the daemon goes on too.',
      'Without a terminal on standard input and output it is **taskmasterd**(8) with all of its options, and ignores the end of file.',
      '## Options',
      list(daemons.BOTH_OPTIONS),
      '## Signals',
      '`SIGHUP`, `SIGTERM` and `SIGUSR2` are passed on to a daemon that it has started; after `SIGTERM` it waits for the orderly end.',
      '## Exit status',
      '**0** when it is left, **1** when the daemon cannot run, **2** for a config with mistakes or a wrong option, **128** and the number of a signal that ended it.',
      FILES,
      '## See also',
      '**taskmasterctl**(1), **taskmasterd**(8), **taskmaster.yaml**(5)',
    ]),
    page('taskmasterd', 8, 'run programs in terminals and keep them alive', [
      '## Synopsis',
      '`taskmasterd` [`-c <file>`] [`--check`] [`--daemon`] [`--allow-root`]',
      '## Description',
      'Starts programs in pseudo-terminals, keeps them alive by policy and remembers what each printed. It stays in the foreground and logs to its file and, on a terminal, to that.',
      '## Options',
      list(daemons.DAEMON_OPTIONS),
      SIGNALS,
      '## Exit status',
      '**0** after an orderly end, **1** when it cannot run, **2** for a config with mistakes or a wrong option.',
      '## Environment',
      '- `TASKMASTER_ALLOW_ROOT`: When it is `1`, programs without `user` may run as root.',
      FILES,
      '## See also',
      '**taskmaster**(1), **taskmasterctl**(1), **taskmaster.yaml**(5)',
    ]),
    page('taskmaster.yaml', 5, 'the config of taskmasterd', [
      `## Description\n${reference.referenceText().replace(/^# .*\n/, '')}`,
      '## See also\n\n**taskmasterd**(8), **taskmasterctl**(1)',
    ]),
  ];
}

function verbSection(verb, { callOf, sentence, list }) {
  const parts = [`### ${callOf(verb).replace('taskmasterctl ', '')}`, sentence(verb.summary)];
  if (verb.details !== '') parts.push(verb.details);
  if (verb.aliases.length > 0) parts.push(`Also called ${verb.aliases.map(alias => `\`${alias}\``).join(', ')}.`);
  if (verb.options.length > 0) parts.push(list(verb.options));
  if (verb.json !== undefined) parts.push(`With \`--json\`: ${verb.json}.`);
  if (verb.examples.length > 0)
    parts.push(['```', ...verb.examples.map(({ line }) => example(verb, line)), '```'].join('\n'));
  return parts.join('\n\n');
}

function example(verb, line) {
  return verb.where === 'shell' ? line : `taskmasterctl ${line}`;
}
