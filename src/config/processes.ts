/** One program of a config as the processes it stands for: variables expanded, units converted, paths absolute. */
import { dirname, resolve } from 'node:path';
import { fullnameOf, type ProcessSpec, type UserSpec } from '../core/program.ts';
import { argvOf, type CommandLine, readCommand } from './commandline.ts';
import type { Variable } from './environment.ts';
import { logTargetOf } from './logtarget.ts';
import { nameProblem } from './names.ts';
import type { ScalarNode } from './node.ts';
import type { Environment } from './paths.ts';
import type { Report } from './report.ts';
import { type ProgramFields, ROWS } from './schema.ts';
import { expandNode, type Scope, scopeOf } from './scope.ts';
import type { Place } from './source.ts';
import { type Settled, settle } from './table.ts';

export interface Program {
  readonly name: string;
  readonly keyPlace: Place;
  /** Its own keys over the defaults that reach it. */
  readonly fields: ProgramFields;
  readonly group: string;
  /** Undefined for a program that is its own group, which has the program's priority. */
  readonly groupPriority: number | undefined;
}

export interface BuildOptions {
  readonly env: Environment;
  readonly hostname: string;
  readonly report: Report;
  /** Programs of which so many processes run, whatever their `numprocs` says. */
  readonly scaled: ReadonlyMap<string, number>;
}

/** Numbers in names: `00`, so that eight processes sort as they count. */
const MIN_DIGITS = 2;

/** The processes of a program, number 0 first. What is wrong is reported; what is returned then is of no use. */
export function processesOf(program: Program, options: BuildOptions): ProcessSpec[] {
  const written = settle(ROWS.PROGRAM, program.fields);
  const settled = { ...written, numprocs: options.scaled.get(program.name) ?? written.numprocs };
  checkGroupSignals(program, options.report);
  warnOfKeysInEnv(settled.env ?? [], options.report);
  const command = readCommand(settled.cmd, { shell: settled.shell }, options.report);
  const specs: ProcessSpec[] = [];
  for (let num = 0; num < settled.numprocs; num++)
    specs.push(processOf({ ...options, program, settled, command, num }));
  return specs;
}

interface Job extends BuildOptions {
  readonly program: Program;
  readonly settled: Settled<typeof ROWS.PROGRAM>;
  readonly command: CommandLine;
  readonly num: number;
}

function processOf(job: Job): ProcessSpec {
  const { program, settled, num } = job;
  const { numprocs } = settled;
  const digits = numprocs === 1 ? 1 : Math.max(MIN_DIGITS, `${numprocs - 1}`.length);
  const builtins = {
    program: program.name,
    group: program.group,
    num: `${num}`.padStart(digits, '0'),
    numprocs: `${numprocs}`,
    host: job.hostname,
  };
  const name = processName(job, builtins);
  const all = { ...builtins, process: name };
  const scopeAt = scopes(job, all);
  const text = (node: ScalarNode): string | undefined => expandNode(node, scopeAt(node), job.report);
  const path = (node: ScalarNode | undefined): string | undefined => pathOf(node, text, job.report);
  const terminal = settle(ROWS.TERMINAL, settled.terminal ?? {});
  const env = environmentOf(settled.env ?? [], text);
  const forShell = { ...all, here: dirname(program.keyPlace.source.file) };
  return {
    program: program.name,
    group: program.group,
    name,
    fullname: fullnameOf(program.group, name),
    num,
    numprocs,
    argv: argvOf(job.command, { scopeAt, report: job.report }),
    env: job.command.kind === 'shell' ? { ...namedIn(job.command.text, forShell), ...env } : env,
    workingdir: path(settled.workingdir),
    umask: settled.umask,
    user: userOf(settled.user, text, job.report),
    autostart: settled.autostart,
    autorestart: settled.autorestart,
    exitcodes: settled.exitcodes,
    startretries: settled.startretries,
    starttime: settled.starttime,
    stopsignal: settled.stopsignal,
    stoptime: settled.stoptime,
    stopinput: settled.stopinput === undefined ? undefined : text(settled.stopinput),
    stopasgroup: settled.stopasgroup,
    killasgroup: settled.killasgroup ?? settled.stopasgroup,
    leftovers: settled.leftovers,
    priority: settled.priority,
    groupPriority: program.groupPriority ?? settled.priority,
    pidfile: path(settled.pidfile),
    terminal: { cols: terminal.cols, rows: terminal.rows, term: text(terminal.term) ?? '' },
    scrollback: settled.scrollback,
    stdout: logTargetOf(settled.stdout, { text, path, report: job.report }),
    stderr: logTargetOf(settled.stderr, { text, path, report: job.report }),
  };
}

/**
 * The built-ins that the text of a shell command names: no others are in its environment, so that a process is restarted
 * by a reload only when one changes that it uses.
 */
function namedIn(text: string, builtins: Readonly<Record<string, string>>): Record<string, string> {
  const words = new Set(text.match(/[A-Za-z_][A-Za-z0-9_]*/g));
  return Object.fromEntries(Object.entries(builtins).filter(([name]) => words.has(name)));
}

/** The scope at a node: `here` is the directory of the file the node stands in, which `defaults` may share. */
function scopes(job: Job, builtins: Readonly<Record<string, string>>): (node: ScalarNode) => Scope {
  const byFile = new Map<string, Scope>();
  return node => {
    const { file } = node.place.source;
    const scope = byFile.get(file) ?? scopeOf({ ...builtins, here: dirname(file) }, job.env);
    byFile.set(file, scope);
    return scope;
  };
}

function processName(job: Job, builtins: Readonly<Record<string, string>>): string {
  const { program, settled } = job;
  const node = settled.processname;
  if (node === undefined) return settled.numprocs === 1 ? program.name : `${program.name}_${builtins.num ?? ''}`;
  const name = expandNode(node, scopes(job, builtins)(node), job.report);
  const problem = name === undefined ? undefined : nameProblem('process', name);
  if (problem !== undefined) job.report.error(node.place, problem);
  // Each stands for itself when it has no name, so that the mistake is told once.
  return name ?? `${program.name}_${builtins.num ?? ''}`;
}

type Expand = (node: ScalarNode) => string | undefined;

function pathOf(node: ScalarNode | undefined, text: Expand, report: Report): string | undefined {
  const path = node === undefined ? undefined : text(node);
  if (node === undefined || path === undefined) return undefined;
  if (path === '') report.error(node.place, 'a path cannot be empty');
  return resolve(dirname(node.place.source.file), path);
}

function environmentOf(variables: readonly Variable[], text: Expand): Record<string, string | null> {
  return Object.fromEntries(variables.map(({ name, node }) => [name, node === undefined ? null : (text(node) ?? '')]));
}

/** Splits `name:group`. */
export function userOf(node: ScalarNode | undefined, text: Expand, report: Report): UserSpec | undefined {
  const written = node === undefined ? undefined : text(node);
  if (node === undefined || written === undefined) return undefined;
  const [user = '', group, more] = written.split(':');
  if (user === '' || group === '' || more !== undefined || /\s/.test(written)) {
    report.error(node.place, `\`user\` must be \`name\` or \`name:group\`, not \`${written}\``);
  }
  return group === undefined ? { user } : { user, group };
}

/** A key of the program that is indented too far would become a variable, and nobody would notice. */
function warnOfKeysInEnv(variables: readonly Variable[], report: Report): void {
  for (const { name, node } of variables) {
    if (node === undefined || !Object.hasOwn(ROWS.PROGRAM, name)) continue;
    const hint = 'indent it less if it is meant as the key';
    report.warning(node.place, `\`${name}\` is a variable here, and has the name of a key of the program`, hint);
  }
}

/** Supervisord's rule: what was asked to stop as a group must not leave the rest of it when it is killed. */
function checkGroupSignals({ fields }: Program, report: Report): void {
  const { stopasgroup, killasgroup } = fields;
  if (stopasgroup?.value === true && killasgroup?.value === false) {
    report.error(
      killasgroup.keyPlace,
      '`killasgroup: false` cannot go with `stopasgroup: true`: some of the group would be left behind',
      'leave `killasgroup` out: it follows `stopasgroup`',
    );
  }
}
