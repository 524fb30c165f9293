/**
 * What a reload compares: every key of a config as a facet of the spec that came of it, with what a change of it does.
 * The mapped types below fail to compile when a field of a spec has no facets; a test fails when a key of the schema has
 * no class.
 */
import type { AlertSpec } from './alert.ts';
import { addressText, originOf } from './alertvia.ts';
import { type DaemonSpec, isStderrApart, type LogTarget, type ProcessSpec, type UserSpec } from './program.ts';
import { joinWords } from './words.ts';

/**
 * What a change does (design, section 8): `now` is in force at once and keeps the pid; `instances` starts or stops the
 * difference; `restart` needs a new life; `daemon` waits for the daemon's next start.
 */
export type ReloadClass = 'now' | 'instances' | 'restart' | 'daemon';

/** A key and its values as one would write them; null is one that is not set. Values in `env` are never shown. */
export interface KeyChange {
  readonly key: string;
  readonly class: ReloadClass;
  readonly from: string | null;
  readonly to: string | null;
}

/** `stoptime: 10s -> 2s`. */
export function describeChange({ key, from, to }: KeyChange): string {
  return `${key}: ${from ?? '(none)'} -> ${to ?? '(none)'}`;
}

/** One key of the config, of which a spec holds the outcome. */
export interface Facet<Spec> {
  /** As in the config, a dot between a map and its key. */
  readonly key: string;
  readonly class: ReloadClass;
  /** The value as one would write it; null when it is not set. Equal texts mean the same. */
  readonly of: (spec: Spec) => string | null;
  /** What of a secret may be shown. */
  readonly show?: (value: string) => string;
}

type Facets<Spec> = { readonly [Field in keyof Spec]: readonly Facet<Spec>[] };

/** `env` is compared by variable, see `environmentChanges`. */
const PROCESS: Facets<ProcessSpec> = {
  program: [], // a program that is called otherwise is found again by what it is made of
  name: [],
  num: [],
  env: [],
  fullname: [{ key: 'processname', class: 'now', of: spec => spec.fullname }],
  group: [{ key: 'groups.programs', class: 'now', of: spec => (spec.group === spec.program ? null : spec.group) }],
  numprocs: [{ key: 'numprocs', class: 'instances', of: spec => `${spec.numprocs}` }],
  argv: [{ key: 'cmd', class: 'restart', of: spec => joinWords(spec.argv) }],
  workingdir: [{ key: 'workingdir', class: 'restart', of: spec => spec.workingdir ?? null }],
  umask: [{ key: 'umask', class: 'restart', of: spec => octal(spec.umask) }],
  user: [
    {
      key: 'user',
      class: 'restart',
      of: ({ user }) => (user === undefined ? null : userText(user)),
    },
  ],
  autostart: [{ key: 'autostart', class: 'now', of: spec => `${spec.autostart}` }],
  autorestart: [{ key: 'autorestart', class: 'now', of: spec => spec.autorestart }],
  exitcodes: [
    {
      key: 'exitcodes',
      class: 'now',
      of: spec => `[${[...new Set(spec.exitcodes)].sort((a, b) => a - b).join(', ')}]`,
    },
  ],
  startretries: [{ key: 'startretries', class: 'now', of: spec => `${spec.startretries}` }],
  starttime: [{ key: 'starttime', class: 'now', of: spec => duration(spec.starttime) }],
  stopsignal: [{ key: 'stopsignal', class: 'now', of: spec => spec.stopsignal.slice('SIG'.length) }],
  stoptime: [{ key: 'stoptime', class: 'now', of: spec => duration(spec.stoptime) }],
  stopinput: [
    {
      key: 'stopinput',
      class: 'now',
      of: ({ stopinput }) => (stopinput === undefined ? null : JSON.stringify(stopinput)),
    },
  ],
  stopasgroup: [{ key: 'stopasgroup', class: 'now', of: spec => `${spec.stopasgroup}` }],
  killasgroup: [{ key: 'killasgroup', class: 'now', of: spec => `${spec.killasgroup}` }],
  leftovers: [{ key: 'leftovers', class: 'now', of: spec => spec.leftovers }],
  priority: [{ key: 'priority', class: 'now', of: spec => `${spec.priority}` }],
  groupPriority: [
    {
      key: 'groups.priority',
      class: 'now',
      of: ({ groupPriority, priority }) => (groupPriority === priority ? null : `${groupPriority}`),
    },
  ],
  pidfile: [{ key: 'pidfile', class: 'now', of: spec => spec.pidfile ?? null }],
  terminal: [
    { key: 'terminal.cols', class: 'now', of: spec => `${spec.terminal.cols}` },
    { key: 'terminal.rows', class: 'now', of: spec => `${spec.terminal.rows}` },
    { key: 'terminal.term', class: 'restart', of: spec => spec.terminal.term },
  ],
  scrollback: [{ key: 'scrollback', class: 'now', of: spec => size(spec.scrollback) }],
  stdout: logFacets('stdout', spec => spec.stdout),
  stderr: [
    ...logFacets('stderr', spec => spec.stderr),
    // Which of its two files a program's terminal is cannot be changed under it.
    { key: 'stderr on its own', class: 'restart', of: spec => `${isStderrApart(spec)}` },
  ],
};

const DAEMON: Facets<DaemonSpec> = {
  socket: [
    { key: 'daemon.socket.path', class: 'daemon', of: ({ socket }) => socket.path ?? null },
    { key: 'daemon.socket.mode', class: 'now', of: ({ socket }) => octal(socket.mode) },
  ],
  log: [
    { key: 'daemon.log.file', class: 'now', of: ({ log }) => log.file ?? null },
    { key: 'daemon.log.level', class: 'now', of: ({ log }) => log.level },
    { key: 'daemon.log.maxsize', class: 'now', of: ({ log }) => size(log.maxsize) },
    { key: 'daemon.log.backups', class: 'now', of: ({ log }) => `${log.backups}` },
  ],
  shutdowntimeout: [
    {
      key: 'daemon.shutdowntimeout',
      class: 'now',
      of: spec => (spec.shutdowntimeout === undefined ? null : duration(spec.shutdowntimeout)),
    },
  ],
  detachkeys: [{ key: 'daemon.detachkeys', class: 'now', of: spec => spec.detachkeys ?? null }],
};

const hidden = (): string => '(hidden)';

/** What an alert tells by has the keys of one of four ways. */
function way<K extends AlertSpec['via']['kind']>(
  kind: K,
  keys: Readonly<Record<string, (via: Extract<AlertSpec['via'], { kind: K }>) => string | null>>,
): Facet<AlertSpec>[] {
  return Object.entries(keys).map(([key, of]) => ({
    key: `alerts.${key}`,
    class: 'now',
    // The kinds are the same, which its type cannot tell of a generic one.
    of: ({ via }) => (via.kind === kind ? of(via as Parameters<typeof of>[0]) : null),
    ...(SHOWN[key] && { show: SHOWN[key] }),
  }));
}

/** Keys that hold secrets, and what is shown of them. */
const SHOWN: Readonly<Record<string, (value: string) => string>> = {
  'email.smtp.password': hidden,
  'http.url': url => (originOf(url) === url ? url : `${originOf(url)}/(hidden)`),
  'http.headers': value =>
    `{${Object.keys(JSON.parse(value))
      .map(name => `${name}: (hidden)`)
      .join(', ')}}`,
  'http.secret': hidden,
};

const ALERT: Facets<AlertSpec> = {
  name: [],
  via: [
    ...way('email', {
      'email.to': ({ to }) => list(to),
      'email.from': ({ from }) => from,
      'email.smtp.host': ({ smtp }) => smtp.host,
      'email.smtp.port': ({ smtp }) => `${smtp.port}`,
      'email.smtp.tls': ({ smtp }) => smtp.tls,
      'email.smtp.user': ({ smtp }) => smtp.user ?? null,
      'email.smtp.password': ({ smtp }) => smtp.password ?? null,
    }),
    ...way('http', {
      'http.url': ({ url }) => url,
      'http.headers': ({ headers }) => (Object.keys(headers).length === 0 ? null : JSON.stringify(headers)),
      'http.secret': ({ secret }) => secret ?? null,
    }),
    ...way('syslog', {
      'syslog.address': ({ address }) => addressText(address),
      'syslog.facility': ({ facility }) => facility,
    }),
    ...way('command', {
      command: ({ argv }) => joinWords(argv),
      user: ({ user }) => (user === undefined ? null : userText(user)),
    }),
  ],
  on: [{ key: 'alerts.on', class: 'now', of: ({ on }) => list(on) }],
  programs: [
    { key: 'alerts.programs', class: 'now', of: ({ programs }) => (programs.length === 0 ? null : list(programs)) },
  ],
  every: [{ key: 'alerts.every', class: 'now', of: ({ every }) => duration(every) }],
  crashloop: [
    { key: 'alerts.crashloop.ends', class: 'now', of: ({ crashloop }) => `${crashloop.ends}` },
    { key: 'alerts.crashloop.within', class: 'now', of: ({ crashloop }) => duration(crashloop.within) },
  ],
  output: [
    {
      key: 'alerts.output.match',
      class: 'now',
      of: ({ output }) => (output === undefined ? null : `/${output.match}/${output.ignoreCase ? 'i' : ''}`),
    },
    {
      key: 'alerts.output.programs',
      class: 'now',
      of: ({ output }) => (output === undefined || output.programs.length === 0 ? null : list(output.programs)),
    },
  ],
};

export const ALERT_FACETS: readonly Facet<AlertSpec>[] = Object.values(ALERT).flat();
export const PROCESS_FACETS: readonly Facet<ProcessSpec>[] = Object.values(PROCESS).flat();
export const DAEMON_FACETS: readonly Facet<DaemonSpec>[] = Object.values(DAEMON).flat();

/** Keys whose change shows in another key's value, or in which programs there are. */
const SEEN_ELSEWHERE: Readonly<Record<string, ReloadClass>> = {
  shell: 'restart',
  env: 'restart',
  'daemon.user': 'restart',
};

/** The class of every key. */
export const RELOAD_CLASSES: ReadonlyMap<string, ReloadClass> = new Map<string, ReloadClass>([
  ...[...PROCESS_FACETS, ...DAEMON_FACETS, ...ALERT_FACETS].map(facet => [facet.key, facet.class] as const),
  ...Object.entries(SEEN_ELSEWHERE),
]);

function logFacets(key: 'stdout' | 'stderr', of: (spec: ProcessSpec) => LogTarget): Facet<ProcessSpec>[] {
  const ofFile =
    (show: (file: Extract<LogTarget, { kind: 'file' }>) => string | null) =>
    (spec: ProcessSpec): string | null => {
      const target = of(spec);
      return target.kind === 'file' ? show(target) : null;
    };
  return [
    {
      key: `${key}.file`,
      class: 'now',
      of: spec => {
        const target = of(spec);
        if (target.kind === 'file') return target.path;
        return target.kind === 'discard' ? 'discard' : null;
      },
    },
    { key: `${key}.maxsize`, class: 'now', of: ofFile(file => size(file.maxsize)) },
    { key: `${key}.backups`, class: 'now', of: ofFile(file => `${file.backups}`) },
    { key: `${key}.compress`, class: 'now', of: ofFile(file => `${file.compress}`) },
    { key: `${key}.mode`, class: 'now', of: ofFile(file => octal(file.mode)) },
    { key: `${key}.format`, class: 'now', of: ofFile(file => file.format) },
    {
      key: `${key}.timestamps`,
      class: 'now',
      of: ofFile(file => (file.timestamps === 'none' ? null : file.timestamps)),
    },
    {
      key: `${key}.prefix`,
      class: 'now',
      of: ofFile(file => (file.prefix === '' ? null : JSON.stringify(file.prefix))),
    },
  ];
}

function userText({ user, group }: UserSpec): string {
  return group === undefined ? user : `${user}:${group}`;
}

function list(words: readonly string[]): string {
  return `[${words.join(', ')}]`;
}

function octal(mode: number | undefined): string | null {
  return mode === undefined ? null : `0${mode.toString(8).padStart(2, '0')}`;
}

function duration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** With the largest unit that divides it. */
function size(bytes: number): string {
  const units = ['GB', 'MB', 'KB'] as const;
  const power = units.findIndex((_, i) => bytes > 0 && bytes % 1024 ** (units.length - i) === 0);
  return power === -1 ? `${bytes}` : `${bytes / 1024 ** (units.length - power)}${units[power]}`;
}
