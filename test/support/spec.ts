import type { ProcessSpec } from '../../src/core/program.ts';

/** A process with supervisord's defaults, except what the test says. */
export function makeSpec(changes: Partial<ProcessSpec> = {}): ProcessSpec {
  const name = changes.name ?? 'web';
  return {
    program: name,
    group: name,
    name,
    fullname: name,
    num: 0,
    numprocs: 1,
    argv: ['/bin/true'],
    env: {},
    workingdir: undefined,
    umask: undefined,
    user: undefined,
    autostart: true,
    autorestart: 'unexpected',
    exitcodes: [0],
    startretries: 3,
    starttime: 1000,
    stopsignal: 'SIGTERM',
    stoptime: 10_000,
    stopinput: undefined,
    stopasgroup: false,
    killasgroup: false,
    leftovers: 'kill',
    priority: 999,
    groupPriority: 999,
    pidfile: undefined,
    terminal: { cols: 120, rows: 40, term: 'xterm-256color' },
    scrollback: 1024 * 1024,
    stdout: { kind: 'none' },
    stderr: { kind: 'none' },
    ...changes,
  };
}

export type FileTarget = Extract<ProcessSpec['stdout'], { kind: 'file' }>;

/** A log file that is never rotated, with lines as they are, unless the test says otherwise. */
export function logTo(path: string, changes: Partial<FileTarget> = {}): FileTarget {
  return {
    kind: 'file',
    path,
    maxsize: 0,
    backups: 0,
    compress: false,
    mode: 0o600,
    format: 'raw',
    timestamps: 'none',
    prefix: '',
    ...changes,
  };
}
