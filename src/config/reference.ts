/** The reference of the config file, `docs/CONFIG.md`, printed from the table of keys. */
import { RELOAD_CLASSES, type ReloadClass } from '../core/facets.ts';
import { ALERT_ROWS } from './alertschema.ts';
import { ROWS } from './schema.ts';
import { BUILTINS } from './scope.ts';
import type { Row, Rows } from './table.ts';

const INTRO = `# The config file

<!-- Printed from src/config/schema.ts by \`npm run generate\`. Do not edit. -->

Taskmaster reads one YAML 1.2 file: \`-c FILE\`, or the first of \`./taskmaster.yaml\`, \`./config/taskmaster.yaml\`,
\`$XDG_CONFIG_HOME/taskmaster/taskmaster.yaml\` and \`/etc/taskmaster/taskmaster.yaml\` that exists. \`taskmasterd --check\` reads it,
prints what would run, and reports every mistake with its line. A file with a mistake changes nothing that runs.

\`\`\`yaml
# yaml-language-server: $schema=taskmaster.schema.json
programs:
  web:
    cmd: "nginx -c /etc/nginx.conf -g 'daemon off;'"
    autorestart: unexpected
    env: {ROLE: front}
\`\`\`

With the first line, an editor that knows the schema completes keys and marks mistakes.

## How values are written

- **Durations** are seconds, fractions allowed (\`5\`, \`0.5\`), or have a unit: \`500ms\`, \`2s\`, \`5m\`, \`1h\`.
- **Sizes** are bytes, or have a unit of 1024s: \`64KB\`, \`1MB\`, \`1GB\`.
- **File modes** are octal however they are written: \`022\`, \`22\`, \`"022"\` and \`0o22\` are the same, and \`18\` is a mistake.
- **Signals** are names with or without \`SIG\`, or numbers: \`TERM\`, \`SIGTERM\`, \`15\`.
- **Paths** are relative to the file they stand in. \`~\` is not expanded; write \`\${HOME}\`.
- **Names** of programs, groups and processes hold no space, \`:\`, \`/\`, \`*\`, \`?\` or brackets; \`all\` is taken.
- **A command** is split into words as a POSIX shell does: quotes and backslashes work, and nothing is expanded by a shell. A
  word such as \`|\` or \`>\` would reach the program as an argument; \`shell: true\` hands the line to \`/bin/sh\`.
- **Aliases and merge keys** (\`&base\`, \`*base\`, \`<<: *base\`, \`<<: [*a, *b]\`) work; a key's own value wins. Top-level keys
  that begin with \`x-\` are ignored, so that anchors have a place.

## Variables

\`\${NAME}\` and \`\${NAME:-default}\` are expanded everywhere but in a \`cmd\` with \`shell: true\`. In a command this happens after
it was split, so that a value with spaces stays one word. \`$$\` is a dollar; only \`\${\` is special, and a lone \`$\` stays.
A variable that is not set and has no default is a mistake. Names mean, in this order:

- ${BUILTINS.map(name => `\`${name}\``).join(', ')}: the program, the process, its number (two digits when there are
  several), how many there are, the group, the directory of the file, and the host. Outside programs, and in values that are
  no text, only \`here\` and \`host\` exist;
- the environment of the daemon.

With \`shell: true\` those built-ins that the text names are in the program's environment, under the same names. Others are
not, so that a program is not restarted because a number changed that it does not use.

## Whom programs run as

A daemon that runs as root refuses a config in which a program has no \`user\`: its own, or one by \`defaults\` or \`daemon\`.
\`user: root\` is consent, as is \`--allow-root\`.

## What a program finds

- **A terminal** of its own, its controlling one, as standard input, output and error, of the size and \`TERM\` that \`terminal\`
  says. Where \`stderr\` goes elsewhere than \`stdout\` it is a second terminal. No other file is open.
- **The daemon's environment**, less what tells of the terminal the daemon was started in (\`TMUX\`, \`STY\`, \`COLUMNS\` …), plus
  \`env\`; \`HOME\`, \`USER\` and \`LOGNAME\` of its \`user\`; \`PWD\`; and \`TASKMASTER_ID\` and
  \`TASKMASTER_DAEMON\`, by which its processes are known as ours even after the daemon was killed.
- **Signals** at their defaults, none blocked. It leads a session and a process group of its own.
- **Limits** of the daemon, but for one: Node raises its own soft limit of open files to the hard one, and programs inherit
  that. \`cmd: sh -c 'ulimit -n 1024; exec …'\` lowers it.

## What becomes of what it leaves behind

When a leader ends, others of its session may live on. With \`leftovers: kill\` they get SIGTERM, then SIGKILL after
\`stoptime\`, and a restart waits for them; \`status\` and the log name them. They are looked for when somebody still holds the
terminal or is in the leader's process group. One that let go of all three files *and* changed its process group, or began a
session of its own, is not found.

## After a change

\`taskmasterctl reload\`, or SIGHUP to the daemon, reads the files again and touches nothing but what changed; with
\`--dry-run\` it only shows what that is. A file with a mistake changes nothing. What a value means counts, not how it is
written, in which file, in which order. A program that has another name and is the same otherwise stays the same program. What
a change of each key does stands with the key:

- *applied now*: it is in force at once, and the process keeps its pid;
- *the difference*: processes are started or stopped, those with the highest numbers first;
- *a restart*: the process is restarted; one that is not up takes the change at its next start;
- *the daemon's next start*.

Processes of a program that is gone are stopped, and only then is what is new started. Who was stopped by hand stays stopped,
who was started by hand stays up, across a reload and across a restart of the daemon; \`autostart\` decides for those that
nobody touched. A job that ended by itself does not run again because the daemon was restarted.
`;

/** The text of `docs/CONFIG.md`. */
export function referenceText(): string {
  const sections = [
    section('Top level', ROWS.TOP),
    section('Programs', ROWS.PROGRAM, {
      text:
        'Keys of each entry under `programs:`. All but `cmd` can stand in `defaults:` too, where they fill the gaps of every ' +
        'program of the file and of those it includes; `env` and `terminal` are filled key by key.',
    }),
    section('A log: `stdout`, `stderr`', ROWS.LOG_FILE, { prefix: 'stdout.' }),
    section('`terminal`', ROWS.TERMINAL, { prefix: 'terminal.' }),
    section('Groups', ROWS.GROUP, { prefix: 'groups.', text: 'Keys of each entry under `groups:`.' }),
    section('`daemon`', ROWS.DAEMON, { prefix: 'daemon.' }),
    section('`daemon.socket`', ROWS.SOCKET, { prefix: 'daemon.socket.' }),
    section('`daemon.log`', ROWS.DAEMON_LOG, { prefix: 'daemon.log.' }),
    section('Alerts', ALERT_ROWS.ALERT, {
      prefix: 'alerts.',
      text:
        'Keys of each entry under `alerts:`, which can stand in any file. Each has one of `email`, `http`, `syslog` and ' +
        '`command`. What they tell, and what that looks like, is in [ALERTS](ALERTS.md).',
    }),
    section('An alert: `email`', ALERT_ROWS.EMAIL, { prefix: 'alerts.email.' }),
    section('An alert: `email.smtp`', ALERT_ROWS.SMTP, { prefix: 'alerts.email.smtp.' }),
    section('An alert: `http`', ALERT_ROWS.HTTP, { prefix: 'alerts.http.' }),
    section('An alert: `syslog`', ALERT_ROWS.SYSLOG, { prefix: 'alerts.syslog.' }),
    section('An alert: `crashloop`', ALERT_ROWS.CRASHLOOP, { prefix: 'alerts.crashloop.' }),
    section('An alert: `output`', ALERT_ROWS.OUTPUT, { prefix: 'alerts.output.' }),
  ];
  return [INTRO, ...sections].join('\n');
}

interface SectionOptions {
  readonly text?: string;
  /** What stands before its keys in the table of reload classes. */
  readonly prefix?: string;
}

function section(title: string, rows: Rows, { text = '', prefix = '' }: SectionOptions = {}): string {
  const lead = text === '' ? '' : `${text}\n\n`;
  return `## ${title}\n\n${lead}${Object.entries(rows)
    .map(([key, row]) => entry(key, row, RELOAD_CLASSES.get(`${prefix}${key}`)))
    .join('\n')}`;
}

const ON_RELOAD: Readonly<Record<ReloadClass, string>> = {
  now: 'applied now',
  instances: 'the difference',
  restart: 'a restart',
  daemon: "the daemon's next start",
};

function entry(key: string, row: Row<unknown>, reload: ReloadClass | undefined): string {
  const lines = [`### ${key}`, '', row.help, '', `- Value: ${row.kind.label}`];
  if (row.required) lines.push('- Required');
  else lines.push(`- Default: ${row.default === undefined ? (row.otherwise ?? 'none') : `\`${row.default}\``}`);
  if (row.example !== undefined) lines.push(`- Example: \`${key}: ${row.example}\``);
  if (reload !== undefined) lines.push(`- On reload: ${ON_RELOAD[reload]}`);
  return `${lines.join('\n')}\n`;
}
