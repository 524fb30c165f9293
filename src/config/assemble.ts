/** From the files of a config to what they ask for: programs of all files, in groups, as processes. */
import type { ProcessSpec } from '../core/program.ts';
import { alertsOf } from './alertspec.ts';
import type { Config } from './config.ts';
import { daemonOf } from './daemonspec.ts';
import { type ConfigFile, type FilesOptions, mergeDefaults, readFiles } from './files.ts';
import { membershipsOf, showPlace } from './groups.ts';
import { settleLogs } from './logs.ts';
import { type Program, processesOf } from './processes.ts';
import type { Report } from './report.ts';
import type { ProgramFields } from './schema.ts';
import type { Place } from './source.ts';
import type { Named } from './table.ts';

export interface AssembleOptions extends FilesOptions {
  /** Programs of which so many processes run, whatever their `numprocs` says. */
  readonly scaled: ReadonlyMap<string, number>;
  /** Whether every program must say whom it runs as. */
  readonly needsUsers: boolean;
}

/** All processes of a config: a daemon with more has other worries. */
const MAX_PROCESSES = 10_000;

/**
 * The config at an absolute path. What is wrong is reported; what is returned then is of no use. It is assembled in steps,
 * a program each, between which its caller may do something else.
 */
export function* assemble(path: string, options: AssembleOptions): Generator<undefined, Config> {
  const { report } = options;
  const files = yield* readFiles(path, options);
  const main = files.find(file => file.source.file === path);
  const daemonFields = main?.fields.daemon?.value ?? {};
  const programs = programsOf(files, report);
  const memberships = membershipsOf(files, new Set(programs.keys()), report);
  const processes: ProcessSpec[] = [];
  const fields = new Map<string, ProgramFields>();
  for (const { named, file } of programs.values()) {
    yield;
    const membership = memberships.get(named.name);
    const program: Program = {
      ...named,
      fields: withDefaults(named.value, file, daemonFields.user),
      group: membership?.group ?? named.name,
      groupPriority: membership?.priority,
    };
    fields.set(named.name, program.fields);
    if (processes.length < MAX_PROCESSES) processes.push(...processesOf(program, options));
    else report.error(named.keyPlace, `too many processes: a config can have ${MAX_PROCESSES}`);
  }
  if (main !== undefined && programs.size === 0 && !report.failed()) warnOfNone(main, report);
  checkUnique(processes, programs, report);
  if (options.needsUsers) checkUsers(processes, programs, report);
  const daemon = daemonOf(daemonFields, options);
  const paths = files.map(file => file.source.file);
  const fieldsOf = (program: string): ProgramFields | undefined => fields.get(program);
  const alerts = files.flatMap(({ fields }) => fields.alerts?.value ?? []);
  return {
    path,
    files: paths,
    daemon,
    processes: settleLogs(processes, { daemon, files: paths, fieldsOf, report }),
    alerts: alertsOf(alerts, { ...options, user: daemonFields.user, processes }),
  };
}

interface Found {
  readonly named: Named<ProgramFields>;
  readonly file: ConfigFile;
}

type Programs = ReadonlyMap<string, Found>;

function programsOf(files: readonly ConfigFile[], report: Report): Programs {
  const programs = new Map<string, Found>();
  for (const file of files) {
    for (const named of file.fields.programs?.value ?? []) {
      const before = programs.get(named.name);
      if (before === undefined) programs.set(named.name, { named, file });
      else {
        const where = showPlace(before.named.keyPlace);
        report.error(named.keyPlace, `the program \`${named.name}\` is defined already, in ${where}`);
      }
    }
  }
  return programs;
}

function withDefaults(own: ProgramFields, file: ConfigFile, user: ProgramFields['user']): ProgramFields {
  const inherited = user === undefined ? file.defaults : { user, ...file.defaults };
  return { ...own, ...mergeDefaults(inherited, own) };
}

function warnOfNone({ source, fields }: ConfigFile, report: Report): void {
  const start = fields.programs?.keyPlace.start ?? 0;
  report.warning({ source, start, end: start }, 'the config has no programs: nothing will run');
}

/** What people name a process by, and where it leaves its pid, must be its own. */
function checkUnique(processes: readonly ProcessSpec[], programs: Programs, report: Report): void {
  const names = new Map<string, ProcessSpec>();
  const pidfiles = new Map<string, ProcessSpec>();
  for (const spec of processes) {
    const fields = programs.get(spec.program)?.named;
    if (fields === undefined) continue;
    const place = fields.value.processname?.node.place ?? fields.keyPlace;
    const namesake = names.get(`${spec.group}:${spec.name}`);
    if (namesake?.program === spec.program) {
      const message = `\`processname\` gives two processes of \`${spec.program}\` the same name \`${spec.name}\``;
      report.error(place, message, 'put `${num}` into it');
    } else if (namesake !== undefined) {
      const both = `\`${namesake.program}\` and \`${spec.program}\``;
      report.error(place, `${both} both give the group \`${spec.group}\` a process \`${spec.name}\``);
    }
    names.set(`${spec.group}:${spec.name}`, spec);
    const pidfile = spec.pidfile;
    if (pidfile === undefined) continue;
    const other = pidfiles.get(pidfile);
    if (other !== undefined) {
      const at: Place = fields.value.pidfile?.node.place ?? fields.keyPlace;
      const message = `\`${other.fullname}\` and \`${spec.fullname}\` would write the same pidfile ${pidfile}`;
      report.error(at, message, 'put `${process}` into it');
    }
    pidfiles.set(pidfile, spec);
  }
}

/** No program runs as root by accident. */
function checkUsers(processes: readonly ProcessSpec[], programs: Programs, report: Report): void {
  const without = [...new Set(processes.filter(({ user }) => user === undefined).map(({ program }) => program))];
  const first = programs.get(without[0] ?? '')?.named;
  if (first === undefined) return;
  const names = without.map(name => `\`${name}\``);
  const list = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names[0];
  report.error(
    first.keyPlace,
    `the daemon runs as root, and ${list} would too: ${names.length > 1 ? 'they name' : 'it names'} no \`user\``,
    'give each program a `user`, or one to all in `defaults` or `daemon`; `user: root` is your consent, as is --allow-root',
  );
}
