/**
 * The one schema: every key of a config file with its kind, its default and its help. The types of
 * the values, the JSON Schema for editors and the reference in docs/CONFIG.md come from here.
 */

import { ALERT_TABLE } from './alertschema.ts';
import { textOr } from './either.ts';
import { environment } from './environment.ts';
import {
  reportKeysBesidePrograms,
  reportLostIndentation,
  strayAtTop,
  strayInDaemon,
  strayInProgram,
} from './misplaced.ts';
import { nameProblem } from './names.ts';
import { boolean, duration, integer, keys, octal, oneOf, signal, size } from './scalar.ts';
import { type Fields, mapOf, type Rows, type Table, tableOf } from './table.ts';
import { anyText, command, oneOrMany, text } from './text.ts';

const KB = 2 ** 10;
const GB = 2 ** 30;

/** Processes of one program. */
export const MAX_NUMPROCS = 1000;

const MAX_SCROLLBACK = GB;
const MIN_SCROLLBACK = 4 * KB;
const MAX_LOG = 1024 * GB;
const MAX_PRIORITY = 9999;
const MAX_RETRIES = 1_000_000;
const MAX_BACKUPS = 1000;

const PRIORITY = integer({ min: -MAX_PRIORITY, max: MAX_PRIORITY });

/** Reasons for keys that a later version brings: refused until then, for what is ignored surprises. */
function notYet(...keys: string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    keys.map(key => [
      key,
      `\`${key}\` is not yet supported: it would do nothing, so it is refused until a later version`,
    ]),
  );
}

const LOG_FILE = {
  file: {
    kind: text('a path'),
    help: 'The file, relative to the config file.',
    required: true,
    example: 'log/web.log',
  },
  maxsize: {
    kind: size({ min: 0, max: MAX_LOG }),
    help: 'Size at which the file is rotated, before the line that would make it larger; 0 for never.',
    default: '50MB',
  },
  backups: {
    kind: integer({ min: 0, max: MAX_BACKUPS }),
    help: 'How many rotated files are kept, the newest as `.1`; with 0 the file is begun anew.',
    default: '10',
  },
  compress: {
    kind: boolean(),
    help: 'Compresses rotated files by gzip, in the background.',
    default: 'false',
    example: 'true',
  },
  mode: {
    kind: octal(),
    help: 'The permissions of the file when it is made, octal however it is written.',
    default: '0600',
    example: '0640',
  },
  format: {
    kind: oneOf(['raw', 'text', 'json']),
    help:
      'How lines are written. `raw`: as the program wrote them. `text`: what was visible of them, without escape sequences ' +
      'and redraws. `json`: that as `text`, in an object with `time`, `process` and `stream`.',
    default: 'raw',
    example: 'text',
  },
  timestamps: {
    kind: oneOf(['none', 'utc', 'local'], { true: 'utc', false: 'none' }),
    help: 'What time stands before each line.',
    default: 'none',
    example: 'utc',
  },
  prefix: {
    kind: anyText('a text'),
    help: 'A text before each line, after the time.',
    otherwise: 'none',
    example: '"[${process}] "',
  },
} as const satisfies Rows;

const LOG_TARGET = textOr('a path, or `discard`', { what: 'a log', rows: LOG_FILE });

const TERMINAL = {
  cols: { kind: integer({ min: 2, max: 1000 }), help: 'Columns.', default: '120' },
  rows: { kind: integer({ min: 1, max: 500 }), help: 'Rows.', default: '40' },
  term: {
    kind: text('the name of a terminal'),
    help: 'The `TERM` of the program.',
    default: 'xterm-256color',
  },
} as const satisfies Rows;

const PROGRAM = {
  cmd: {
    kind: command(),
    help:
      'What to run: a line, split into words as a POSIX shell does but run without one, or a list of words. Variables ' +
      'are expanded after splitting, so that a value with spaces stays one word.',
    required: true,
    example: '"nginx -c /etc/nginx.conf -g \'daemon off;\'"',
  },
  shell: {
    kind: boolean(),
    help:
      "Hands `cmd` to `/bin/sh -c`, unexpanded: pipes, globs and `$VARIABLES` are the shell's. The built-ins are in " +
      'its environment.',
    default: 'false',
    example: 'true',
  },
  numprocs: {
    kind: integer({ min: 1, max: MAX_NUMPROCS }),
    help: 'How many processes of this program run.',
    default: '1',
    example: '4',
  },
  processname: {
    kind: text('a name'),
    help: 'The name of each process. Give it `${num}` when there are several.',
    otherwise: '`${program}`, or `${program}_${num}` with several processes',
    example: 'worker_${num}',
  },
  autostart: {
    kind: boolean(),
    help: 'Whether it starts with the daemon, and when it is added by a reload.',
    default: 'true',
  },
  autorestart: {
    kind: oneOf(['always', 'never', 'unexpected'], { true: 'always', false: 'never' }),
    help: 'When a process that ended by itself is started again; `unexpected` is any end but one of `exitcodes`.',
    default: 'unexpected',
    example: 'always',
  },
  exitcodes: {
    kind: oneOrMany(integer({ min: 0, max: 255 })),
    help: 'The exit codes that are expected: one, or a list.',
    default: '0',
    example: '[0, 2]',
  },
  startretries: {
    kind: integer({ min: 0, max: MAX_RETRIES }),
    help: 'How many failed starts in a row are tried again before the process is FATAL.',
    default: '3',
  },
  starttime: {
    kind: duration(),
    help: 'How long a process must stay up to count as started; 0 for at once.',
    default: '1',
    example: '500ms',
  },
  stopsignal: {
    kind: signal(),
    help: 'The signal that asks it to end.',
    default: 'TERM',
    example: 'QUIT',
  },
  stoptime: {
    kind: duration(),
    help: 'How long it may take to end after that before it is killed.',
    default: '10',
    example: '1m',
  },
  stopinput: {
    kind: anyText('what to type'),
    help:
      'What to type into its terminal to make it end, before any signal is sent; a newline is the Enter key. It has half of ' +
      '`stoptime`, then comes `stopsignal`.',
    otherwise: 'nothing is typed',
    example: '"stop\\n"',
  },
  stopasgroup: {
    kind: boolean(),
    help: 'Sends the stop signal to its whole process group. Needs `killasgroup`.',
    default: 'false',
  },
  killasgroup: {
    kind: boolean(),
    help: 'Sends SIGKILL to its whole process group.',
    otherwise: 'the value of `stopasgroup`',
  },
  leftovers: {
    kind: oneOf(['kill', 'report', 'ignore']),
    help: 'What becomes of processes of its session that outlive it: they are ended, told of, or left alone.',
    default: 'kill',
  },
  priority: {
    kind: PRIORITY,
    help: 'Lower ones start first and stop last.',
    default: '999',
    example: '10',
  },
  user: {
    kind: anyText('`name` or `name:group`'),
    help: 'Whom it runs as, when the daemon is root: `name` or `name:group`.',
    otherwise: 'that of `daemon`; without one, a daemon that runs as root refuses the config',
    example: 'www-data:adm',
  },
  umask: {
    kind: octal(),
    help: 'Its file mode creation mask, octal however it is written.',
    otherwise: "the daemon's",
    example: '022',
  },
  workingdir: {
    kind: text('a path'),
    help: 'The directory it runs in, relative to the config file.',
    otherwise: "the daemon's",
    example: '/srv/web',
  },
  env: {
    kind: environment(),
    help: "Variables added to the daemon's environment; one without a value is unset. Those of `defaults` are added to.",
    example: '{ROLE: front, HTTP_PROXY: }',
  },
  stdout: {
    kind: LOG_TARGET,
    help:
      'Where its output is kept, beside its scrollback: a path, `discard`, or a map. What programs write to one file is ' +
      'kept apart by lines; what they say of the file itself holds for all of them.',
    otherwise: 'nowhere',
    example: '{file: log/web.log, maxsize: 10MB, backups: 3}',
  },
  stderr: {
    kind: LOG_TARGET,
    help: 'The same for its standard error, which then gets a terminal of its own.',
    otherwise: 'together with its output',
    example: 'discard',
  },
  pidfile: {
    kind: text('a path'),
    help: 'A file that holds its pid while it runs, for others to read.',
    otherwise: 'none',
    example: '/run/web.pid',
  },
  terminal: {
    kind: tableOf({ what: 'a terminal', rows: TERMINAL }),
    help: 'Its terminal: the size until somebody attaches, and its `TERM`.',
    otherwise: '{cols: 120, rows: 40, term: xterm-256color}',
    example: '{cols: 80, rows: 24}',
  },
  scrollback: {
    kind: size({ min: MIN_SCROLLBACK, max: MAX_SCROLLBACK }),
    help: 'How much of its output is remembered.',
    default: '1MB',
    example: '256KB',
  },
} as const satisfies Rows;

const LATER_KEYS = notYet('limits', 'nice', 'requires', 'ready', 'health', 'watch', 'events', 'defines');

const { cmd: _cmd, ...DEFAULTS } = PROGRAM;

const GROUP = {
  programs: {
    kind: oneOrMany(anyText('the name of a program')),
    help: 'The programs of the group, each in no other.',
    required: true,
    example: '[api, db]',
  },
  priority: { kind: PRIORITY, help: "Orders before the programs' own.", default: '999', example: '10' },
} as const satisfies Rows;

const SOCKET = {
  path: {
    kind: text('a path'),
    help: 'Where the daemon listens, relative to the config file.',
    otherwise: 'a private directory: `$XDG_RUNTIME_DIR/taskmaster`, `/run/taskmaster` or `/tmp/taskmaster-<uid>`',
    example: 'run/tm.sock',
  },
  mode: { kind: octal(), help: 'Who may talk to it.', default: '0600', example: '"0660"' },
} as const satisfies Rows;

const DAEMON_LOG = {
  file: {
    kind: text('a path'),
    help: 'The file, relative to the config file.',
    otherwise: 'none',
    example: 'taskmasterd.log',
  },
  level: {
    kind: oneOf(['trace', 'debug', 'info', 'warn', 'error']),
    help: 'What is worth a line.',
    default: 'info',
  },
  maxsize: LOG_FILE.maxsize,
  backups: LOG_FILE.backups,
} as const satisfies Rows;

const DAEMON = {
  socket: {
    kind: textOr('a path', { what: 'a socket', rows: SOCKET }),
    help: 'Where the daemon listens: a path, or a map.',
    example: '{path: run/tm.sock, mode: "0600"}',
  },
  log: {
    kind: textOr('a path', { what: "the daemon's log", rows: DAEMON_LOG }),
    help: "The daemon's own log: a path, or a map.",
    example: '{file: taskmasterd.log, level: debug}',
  },
  shutdowntimeout: {
    kind: duration(),
    help:
      'How long stopping everything may take at most when the daemon ends: before it is over, whatever still runs is killed, ' +
      'and the daemon ends whether that worked or not.',
    otherwise: 'as long as the stop times of the programs take',
    example: '30',
  },
  detachkeys: {
    kind: keys(),
    help:
      "The keys that leave an attached program running, in docker's notation: up to eight, with commas between them, each " +
      'one character or `ctrl-` and one of `a-z @ [ \\ ] ^ _ ?` or `space`. The first of them typed twice is typed once. ' +
      '`--detach-keys` and `TASKMASTER_DETACH_KEYS` go before it.',
    otherwise: '`ctrl-b,d`',
    example: '"ctrl-p,ctrl-q"',
  },
  user: { ...PROGRAM.user, help: 'Whom programs run as that name no `user` themselves.', otherwise: 'none' },
} as const satisfies Rows;

const programTable: Table<typeof PROGRAM> = {
  what: 'a program',
  rows: PROGRAM,
  refused: LATER_KEYS,
  stray: entry => strayInProgram(entry, PROGRAM),
};

const TOP = {
  daemon: {
    kind: tableOf({ what: '`daemon`', rows: DAEMON, stray: strayInDaemon }),
    help: 'The daemon itself. Only in the main file.',
  },
  defaults: {
    kind: tableOf({
      what: '`defaults`',
      rows: DEFAULTS,
      refused: { ...LATER_KEYS, cmd: '`cmd` cannot have a default: it is what makes a program one' },
    }),
    help: 'Keys of programs that fill the gaps of every program of this file and of those it includes.',
  },
  include: {
    kind: oneOrMany(text('a path, in which `*`, `?` and `[…]` match')),
    help: 'More files, relative to this one; those a pattern matches are read in the order of their names.',
    example: '[conf.d/*.yaml]',
  },
  programs: {
    kind: mapOf(tableOf(programTable), {
      label: 'a map from names to programs',
      check: name => nameProblem('program', name),
      inspect: (node, { report }) => reportKeysBesidePrograms(node, PROGRAM, report),
    }),
    help: 'What to run: a map from the name of each program to its keys.',
  },
  groups: {
    kind: mapOf(tableOf({ what: 'a group', rows: GROUP }), {
      label: 'a map from names to groups',
      check: name => nameProblem('group', name),
    }),
    help: 'Programs that are started, stopped and named together. A program outside any is its own group.',
  },
  alerts: {
    kind: mapOf(tableOf(ALERT_TABLE), {
      label: 'a map from names to alerts',
      check: name => nameProblem('alert', name),
    }),
    help: 'Whom to tell of what: a map from the name of each alert to its keys. In any file.',
  },
} as const satisfies Rows;

const topTable: Table<typeof TOP> = {
  what: 'the config',
  rows: TOP,
  refused: notYet('defines'),
  ignored: /^x-/,
  stray: (entry, top) => strayAtTop(entry, top, PROGRAM),
  inspect: (node, { report }) => reportLostIndentation(node, { top: TOP, program: PROGRAM }, report),
};

/** A whole file. */
export const CONFIG_FILE = tableOf(topTable);

/** The rows, for those who settle values or print the schema. */
export const ROWS = { TOP, PROGRAM, DEFAULTS, GROUP, DAEMON, SOCKET, DAEMON_LOG, LOG_FILE, TERMINAL } as const;

export type ProgramFields = Fields<typeof PROGRAM>;
export type DefaultFields = Fields<typeof DEFAULTS>;
export type DaemonFields = Fields<typeof DAEMON>;
export type FileFields = Fields<typeof TOP>;
