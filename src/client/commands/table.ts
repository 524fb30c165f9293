import { EXIT, type Option, type Parameter, type Verb, verbsAt } from '../verb.ts';

const SELECTORS: Parameter = { label: 'SEL', kind: 'selector', required: true, many: true };

const NAME: Parameter = { label: 'NAME', kind: 'name', required: true, many: false };

const NO_WAIT: Option = { flags: '--no-wait', help: 'return at once, not when the outcome is known' };
const READ_ONLY: Option = { flags: '--read-only', help: 'see everything, change nothing' };
const FOLLOW: Option = { flags: '-f, --follow', help: 'go on with what comes, until Ctrl-C' };

const RESULTS_JSON = 'one result per process: `{"results": [{"name", "ok", "code", "message"}]}`';

const RELOAD_JSON =
  'what became of each process that changed: `{"applied", "processes": [{"name", "was", "kind", "action", "changes": [{"key", "class", "from", "to"}], "note"}], "unchanged", "daemon", "overrides", "warnings", "results"}`; of a config with mistakes: `{"error": {"code", "message", "problems"}}`';

const ALERT_CHOICES = [
  { word: 'list', help: 'whom each tells, what waits, what was last heard' },
  { word: 'test', help: 'send a test by one of them' },
];

const STREAMS = [
  { word: 'stderr', help: 'standard error alone' },
  { word: 'stdout', help: 'what `tail` prints anyway' },
];

const SHELLS = [
  { word: 'bash', help: 'for ~/.bashrc' },
  { word: 'zsh', help: 'for a directory of $fpath, as _taskmasterctl' },
  { word: 'fish', help: 'for ~/.config/fish/config.fish' },
];

/** What most verbs are: no aliases, no options, 7 without a daemon. */
const PLAIN = {
  aliases: [],
  details: '',
  parameters: [],
  options: [],
  examples: [],
  exitWithoutDaemon: EXIT.notRunning,
} as const satisfies Partial<Verb>;

/** Every verb, in the order in which help shows them. */
export const VERBS: readonly Verb[] = [
  {
    ...PLAIN,
    name: 'status',
    summary: 'show the state of processes',
    changes: false,
    details:
      'Exits with 0 when all that is shown is up, 3 when something is in a stopped state (STOPPED, EXITED, FATAL, UNKNOWN), 4 for an unknown name or without a daemon.',
    parameters: [{ ...SELECTORS, required: false }],
    options: [
      {
        flags: '-u, --usage',
        help: 'with CPU and memory of each, of all processes it is made of; takes a quarter of a second',
      },
    ],
    examples: [
      { line: 'status', help: 'all processes' },
      { line: 'status -u', help: 'with what each takes of the machine' },
      { line: "status web 'db:*'", help: 'one process and a whole group' },
      { line: "status --json | jq '.processes[].pid'", help: 'everything that is known, for scripts' },
    ],
    json: 'everything that is known of each process: `{"processes": […], "unknown": […]}`',
    exitWithoutDaemon: EXIT.statusUnknown,
    load: () => import('./status.ts'),
  },
  {
    ...PLAIN,
    name: 'start',
    summary: 'start processes, and wait until each runs or has failed',
    changes: true,
    details: 'A process that is already started is no failure.',
    parameters: [SELECTORS],
    options: [NO_WAIT],
    examples: [
      { line: 'start web', help: 'one process' },
      { line: "start 'web:*' 'w*' all", help: 'a group, a glob, everything' },
    ],
    json: RESULTS_JSON,
    load: () => import('./start.ts'),
  },
  {
    ...PLAIN,
    name: 'stop',
    summary: 'stop processes, and wait until each has ended',
    changes: true,
    details: 'A process that does not run is no failure.',
    parameters: [SELECTORS],
    options: [NO_WAIT],
    examples: [{ line: 'stop web', help: 'one process' }],
    json: RESULTS_JSON,
    load: () => import('./stop.ts'),
  },
  {
    ...PLAIN,
    name: 'restart',
    summary: 'stop processes, then start them; what does not run is started',
    changes: true,
    details: 'The config file is not read again; `reload` does that.',
    parameters: [SELECTORS],
    options: [NO_WAIT],
    examples: [{ line: 'restart all', help: 'everything' }],
    json: RESULTS_JSON,
    load: () => import('./restart.ts'),
  },
  {
    ...PLAIN,
    name: 'reload',
    aliases: ['update'],
    summary: 'read the config again, and apply what changed and nothing else',
    changes: true,
    harmless: { option: '--dry-run' },
    details:
      'Shows what changed for each process, from what to what, and what happens to it, then waits until what was started, restarted or stopped has its outcome. A config with mistakes changes nothing: all of them are shown. The same happens on SIGHUP to the daemon.',
    options: [{ flags: '--dry-run', help: 'only show what would happen' }, NO_WAIT],
    examples: [
      { line: 'reload --dry-run', help: 'look first' },
      { line: 'reload', help: 'apply it' },
    ],
    json: RELOAD_JSON,
    load: () => import('./reload.ts'),
  },
  {
    ...PLAIN,
    name: 'reread',
    summary: 'show what a reload would change, and change nothing',
    changes: false,
    details: 'The same as `reload --dry-run`.',
    examples: [{ line: 'reread', help: 'what would happen' }],
    json: RELOAD_JSON,
    load: () => import('./reread.ts'),
  },
  {
    ...PLAIN,
    name: 'scale',
    summary: 'run another number of processes of a program, until the next reload',
    changes: true,
    details: 'Numbers that are added start, the highest numbers stop first; the others keep their pids.',
    parameters: [{ label: 'PROGRAM=N', kind: 'count', required: true, many: false }],
    options: [NO_WAIT],
    examples: [{ line: 'scale web=4', help: 'four of them' }],
    json: RELOAD_JSON,
    load: () => import('./scale.ts'),
  },
  {
    ...PLAIN,
    name: 'add',
    summary: 'put programs or groups of the config into use that are not, until the next reload',
    changes: true,
    details:
      'The config files are read as they are now; what else has changed in them waits for `reload`. What starts by itself is started, and not waited for. One that is in use already is no failure.',
    parameters: [{ label: 'NAME', kind: 'program', required: true, many: true }],
    examples: [{ line: 'add web', help: 'one that was just written into the config, and nothing else of it' }],
    json: RESULTS_JSON,
    load: () => import('./add.ts'),
  },
  {
    ...PLAIN,
    name: 'remove',
    summary: 'take programs or groups out of use, until the next reload',
    changes: true,
    details: 'Only what is stopped can be removed; nothing is changed for one of which something still runs.',
    parameters: [{ label: 'NAME', kind: 'program', required: true, many: true }],
    examples: [{ line: 'remove web', help: 'after `stop web`' }],
    json: RESULTS_JSON,
    load: () => import('./remove.ts'),
  },
  {
    ...PLAIN,
    name: 'signal',
    summary: 'send a signal to processes',
    changes: true,
    details:
      'The signal goes to the process itself, not to its children, and is not a stop: policy decides what follows.',
    parameters: [{ label: 'SIG', kind: 'signal', required: true, many: false }, SELECTORS],
    examples: [{ line: 'signal HUP web', help: 'by name (SIGHUP and 1 are the same)' }],
    json: RESULTS_JSON,
    load: () => import('./signal.ts'),
  },
  {
    ...PLAIN,
    name: 'tail',
    summary: 'print the end of what processes printed',
    changes: false,
    details:
      "One name: its last 1600 bytes; on a terminal only text, colours and what overwrites a line are kept, since other sequences could make the terminal type an answer into the shell; elsewhere the terminal's `\\r\\n` becomes `\\n` and the rest stays as it is. Several names: the last 10 lines of each behind a coloured name; on a terminal only the colours are kept. With -f what was overwritten before it could be read is told on standard error. supervisorctl's `tail -1000 web stderr` works too.",
    parameters: [{ ...SELECTORS, choices: STREAMS }],
    options: [
      FOLLOW,
      { flags: '-n, --lines <lines>', help: 'begin so many lines before the end' },
      { flags: '-c, --bytes <bytes>', help: 'begin so many bytes before the end', dashNumber: true },
      { flags: '--stderr', help: 'standard error alone, where the config sends it elsewhere' },
      { flags: '--raw', help: 'every byte of one process as it is, whatever it does to a terminal' },
    ],
    examples: [
      { line: 'tail -f web', help: 'follow one process, Ctrl-C to leave' },
      { line: "tail -f -n 20 'web:*' db", help: 'follow several, a name before each line' },
      { line: 'tail -1000 web stderr', help: "the last 1000 bytes of standard error, in supervisorctl's words" },
    ],
    load: () => import('./tail.ts'),
  },
  {
    ...PLAIN,
    name: 'send',
    summary: "type text into a process's terminal",
    changes: true,
    details:
      'The words are joined by spaces, a newline is typed as the Enter key does (CR). Text that begins with a dash goes behind `--`.',
    parameters: [NAME, { label: 'TEXT', kind: 'text', required: true, many: true }],
    options: [{ flags: '--enter', help: 'press Enter after the text' }],
    examples: [{ line: "send repl '1 + 1' --enter", help: 'a line for a program that reads lines' }],
    load: () => import('./send.ts'),
  },
  {
    ...PLAIN,
    name: 'attach',
    aliases: ['fg'],
    summary: 'make this terminal that of a process, until the detach keys are typed',
    changes: true,
    harmless: { option: '--read-only' },
    details:
      "What the process's terminal shows now is shown first, then what comes; what is typed goes to the program, Ctrl-C and Ctrl-Z too. Ctrl-B d detaches and leaves the program running, Ctrl-B Ctrl-B types one Ctrl-B; other keys are set by --detach-keys, by TASKMASTER_DETACH_KEYS or by `daemon.detachkeys` in the config, in that order. Afterwards the terminal is as it was. Exits with 0 after detaching, with the program's exit code when it has ended for good (128 and the number of a signal), with 7 when it does not run.",
    parameters: [NAME],
    options: [
      { flags: '--read-only', help: 'only look: nothing that is typed is sent' },
      { flags: '--steal', help: 'detach all others' },
      { flags: '--detach-keys <keys>', help: 'the keys that detach, as in `ctrl-b,d`' },
    ],
    examples: [
      { line: 'attach web', help: 'Ctrl-B d to leave' },
      { line: 'attach --read-only --detach-keys ctrl-p,ctrl-q web', help: 'watch, with keys as in docker' },
    ],
    load: () => import('./attach.ts'),
  },
  {
    ...PLAIN,
    name: 'detach',
    summary: 'detach everybody who is attached to a process',
    changes: true,
    details: 'The process runs on. Nobody being attached is no failure.',
    parameters: [NAME],
    examples: [{ line: 'detach web', help: 'those who look at it get their terminals back' }],
    json: '`{"detached": 1}`',
    load: () => import('./detach.ts'),
  },
  {
    ...PLAIN,
    name: 'screen',
    summary: "print what a process's terminal shows",
    changes: false,
    details: 'Text alone, a line for each row, unless --ansi or --json says otherwise.',
    parameters: [NAME],
    options: [
      { flags: '--ansi', help: 'with colours and attributes' },
      { flags: '--scrollback <lines>', help: 'so many lines from above the screen, too' },
    ],
    examples: [
      { line: 'screen web', help: 'what an attached terminal would show' },
      { line: "screen --json web | jq '.cursor'", help: 'where the cursor is, for scripts' },
    ],
    json: 'the screen: size, cursor, whether it is the alternate one, and each row with its attributes',
    load: () => import('./screen.ts'),
  },
  {
    ...PLAIN,
    name: 'clear',
    summary: 'forget what processes printed',
    changes: true,
    parameters: [SELECTORS],
    examples: [{ line: 'clear web', help: 'tail begins anew' }],
    json: RESULTS_JSON,
    load: () => import('./clear.ts'),
  },
  {
    ...PLAIN,
    name: 'pid',
    summary: "print the daemon's pid, or those of processes",
    changes: false,
    details:
      'One process that does not run has nothing on standard output, so that `kill $(taskmasterctl pid web)` harms nobody, and the exit code is 7. Among several it has pid 0, and the code is 7 too, save with `all`.',
    parameters: [{ ...SELECTORS, required: false }],
    examples: [
      { line: 'pid', help: "the daemon's" },
      { line: 'pid web', help: 'one process' },
      { line: 'pid all', help: 'one a line' },
    ],
    json: '`{"daemon": 1}`, or `{"processes": [{"name", "pid"}], "unknown": […]}`',
    load: () => import('./pid.ts'),
  },
  {
    ...PLAIN,
    name: 'avail',
    summary: 'list the configured processes: in use, started by itself or not, priority',
    changes: false,
    json: '`{"processes": [{"name", "inUse", "autostart", "priority"}]}`',
    load: () => import('./avail.ts'),
  },
  {
    ...PLAIN,
    name: 'events',
    summary: 'print what happened, and by whose request: states, ends, what people did',
    changes: false,
    details:
      'Without -f what the daemon remembers, with -f also what comes. With names only what happened to these processes, without them all. A connection that is lost is taken up where it was. docs/EVENTS.md lists all events.',
    parameters: [{ ...SELECTORS, required: false }],
    options: [
      FOLLOW,
      {
        flags: '--since <when>',
        help: 'begin after the event of this number, so long ago (`10m`), or at a time (`14:30`)',
      },
    ],
    examples: [
      { line: 'events -f', help: 'watch, Ctrl-C to leave' },
      { line: "events --since 10m 'web:*'", help: 'the last ten minutes of a group' },
      { line: 'events -f --json | jq -c \'select(.type == "process.exit")\'', help: 'one JSON object a line' },
    ],
    json: 'one JSON object a line, as `GET /v1/events` sends them',
    load: () => import('./events.ts'),
  },
  {
    ...PLAIN,
    name: 'alert',
    aliases: ['alerts'],
    summary: 'list the alerts, or send a test by one of them',
    changes: true,
    harmless: { word: 'list' },
    details:
      'A test is sent at once, whatever waits and however often, and what the receiver answered is printed: exit code 0 when it was told, 1 when not.',
    parameters: [
      { label: 'list|test', kind: 'choice', choices: ALERT_CHOICES, required: false, many: false },
      { label: 'NAME', kind: 'alert', required: false, many: false },
    ],
    examples: [
      { line: 'alert', help: 'whom each tells, what waits, what was last heard' },
      { line: 'alert test oncall', help: 'does it arrive?' },
    ],
    json: 'all that is known of each: `{"alerts": [{"name", "kind", "where", "on", "programs", "every", "waiting", "retryIn", "lastDelivery", "lastFailure"}]}`; of a test `{"ok", "answer"}`',
    load: () => import('./alert.ts'),
  },
  {
    ...PLAIN,
    name: 'log',
    aliases: ['maintail'],
    summary: "print the end of the daemon's own log",
    changes: false,
    details: 'The last 20 lines, unless -n or -c says otherwise.',
    options: [
      FOLLOW,
      { flags: '-n, --lines <lines>', help: 'begin so many lines before the end' },
      {
        flags: '-c, --bytes <bytes>',
        help: 'begin at the first line within so many bytes of the end',
        dashNumber: true,
      },
    ],
    examples: [{ line: 'log -f', help: 'follow it, Ctrl-C to leave' }],
    json: 'the log as it is, one JSON object a line',
    load: () => import('./log.ts'),
  },
  {
    ...PLAIN,
    name: 'version',
    summary: 'print the version of this client and of the daemon',
    changes: false,
    json: '`{"client": {"version", "protocol"}, "daemon": {"version", "protocol"}}`; `daemon` is null when none is reached',
    load: () => import('./version.ts'),
  },
  {
    ...PLAIN,
    name: 'shutdown',
    summary: 'stop every process in order, then the daemon',
    changes: true,
    options: [{ flags: '--no-wait', help: 'return at once, not when the daemon is gone' }],
    json: '`{"stopping": 3, "gone": true}`',
    load: () => import('./shutdown.ts'),
  },
  {
    ...PLAIN,
    name: 'shell',
    summary: 'open the control shell: these commands at a prompt, with history and completion',
    changes: false,
    details:
      'What you command and what ends unexpectedly is told above the line being typed. Ctrl-C cancels a command and never ends a program, Ctrl-R searches the history, Ctrl-D leaves. It reconnects by itself when the daemon comes back.',
    options: [READ_ONLY],
    examples: [
      { line: 'shell', help: 'for those who know supervisorctl' },
      { line: 'shell --read-only', help: 'commands that change something are refused' },
    ],
    exitWithoutDaemon: undefined,
    where: 'command line',
    load: () => import('./shell.ts'),
  },
  {
    ...PLAIN,
    name: 'dashboard',
    summary: 'open the dashboard: states, consoles and events on one screen',
    changes: false,
    details:
      'What `taskmasterctl` opens on a terminal when it is given no command. The keys are shown at the bottom, ? shows all of them, q leaves.',
    options: [READ_ONLY],
    examples: [
      { line: 'dashboard', help: 'the same as taskmasterctl alone' },
      { line: 'dashboard --read-only', help: 'look, and be sure to change nothing' },
    ],
    exitWithoutDaemon: undefined,
    load: () => import('./dashboard.ts'),
  },
  {
    ...PLAIN,
    name: 'open',
    summary: 'talk to another daemon: that of a config, or the one behind a socket',
    changes: false,
    details: "supervisorctl's `open` takes a URL; here `unix://PATH` names a socket too.",
    parameters: [{ label: 'CONFIG|SOCKET', kind: 'file', required: true, many: false }],
    exitWithoutDaemon: EXIT.notRunning,
    where: 'shell',
    load: () => import('./open.ts'),
  },
  {
    ...PLAIN,
    name: 'history',
    summary: 'list what was typed, with the numbers that !N takes',
    changes: false,
    details:
      'It is kept between shells, but for lines that begin with a space. `!!` is the last line, `!5` the fifth, `!-2` the one before the last, `!start` the last that begins so, `!$` the last word of the last line; Ctrl-R searches.',
    parameters: [{ label: 'N', kind: 'text', required: false, many: false }],
    examples: [{ line: 'history 10', help: 'the last ten' }],
    exitWithoutDaemon: undefined,
    where: 'shell',
    load: () => import('./history.ts'),
  },
  {
    ...PLAIN,
    name: 'alias',
    summary: 'let a word stand for others, as long as the shell lasts',
    changes: false,
    parameters: [{ label: "NAME='WORDS'", kind: 'text', required: false, many: true }],
    examples: [{ line: "alias up='start web:*'", help: '`up` starts them' }],
    exitWithoutDaemon: undefined,
    where: 'shell',
    load: () => import('./alias.ts'),
  },
  {
    ...PLAIN,
    name: 'unalias',
    summary: 'forget what a word stands for',
    changes: false,
    parameters: [{ label: 'NAME', kind: 'text', required: true, many: true }],
    exitWithoutDaemon: undefined,
    where: 'shell',
    load: () => import('./unalias.ts'),
  },
  {
    ...PLAIN,
    name: 'exit',
    aliases: ['quit'],
    summary: 'leave the shell, as Ctrl-D does',
    changes: false,
    exitWithoutDaemon: undefined,
    where: 'shell',
    load: () => import('./exit.ts'),
  },
  {
    ...PLAIN,
    name: 'completion',
    summary: 'print what makes a shell complete these commands, names and options',
    changes: false,
    details:
      'Names, groups and alerts are asked of the daemon at each Tab; without one only commands and options are offered. The first lines of what is printed say where it belongs.',
    parameters: [{ label: 'bash|zsh|fish', kind: 'choice', choices: SHELLS, required: true, many: false }],
    examples: [
      { line: 'completion bash >> ~/.bashrc', help: 'from the next shell on' },
      { line: 'completion zsh > ~/.zfunc/_taskmasterctl', help: 'a directory of $fpath' },
      { line: 'completion fish | source', help: 'a line for ~/.config/fish/config.fish' },
    ],
    exitWithoutDaemon: undefined,
    where: 'command line',
    load: () => import('./completion.ts'),
  },
  {
    ...PLAIN,
    name: 'help',
    aliases: ['?'],
    summary: 'explain the verbs, or one of them',
    changes: false,
    parameters: [{ label: 'VERB', kind: 'verb', required: false, many: false }],
    exitWithoutDaemon: undefined,
    load: () => import('./help.ts'),
  },
];

/** What can be called as `taskmasterctl VERB`. */
export const COMMAND_VERBS = verbsAt(VERBS, 'command line');

/** What can be called at a prompt of ours, and in commands that are read from a pipe. */
export const SHELL_VERBS = verbsAt(VERBS, 'shell');
