/**
 * Programs that write to one file: what they say of the file itself must agree, and holds for all of them. And what else
 * must not be written to by a program.
 */
import { type DaemonSpec, isStderrApart, type LogFileSpec, type LogTarget, type ProcessSpec } from '../core/program.ts';
import { logFieldsOf } from './logtarget.ts';
import type { Report } from './report.ts';
import type { ProgramFields } from './schema.ts';
import type { Place } from './source.ts';

type FileTarget = Extract<LogTarget, { kind: 'file' }>;
type Stream = 'stdout' | 'stderr';

/** Keys that are about the file and not about the lines of one stream. */
const FILE_KEYS = ['maxsize', 'backups', 'compress', 'mode'] as const satisfies readonly (keyof LogFileSpec)[];
type FileKey = (typeof FILE_KEYS)[number];

const LINE_KEYS = ['format', 'timestamps', 'prefix'] as const;

const STREAMS = ['stdout', 'stderr'] as const satisfies readonly Stream[];

/** A value that somebody wrote, for a path. */
interface Said {
  readonly value: FileTarget[FileKey];
  readonly text: string;
  readonly writer: Writer;
}

/** One stream of a process that goes to a file. */
interface Writer {
  readonly process: ProcessSpec;
  readonly stream: Stream;
  readonly target: FileTarget;
  readonly fields: ProgramFields;
}

export interface LogsOptions {
  readonly daemon: DaemonSpec;
  /** The files of the config. */
  readonly files: readonly string[];
  readonly fieldsOf: (program: string) => ProgramFields | undefined;
  readonly report: Report;
}

/** The processes, with what is said of each log file by any of those that write to it. What cannot be is reported. */
export function settleLogs(processes: readonly ProcessSpec[], options: LogsOptions): ProcessSpec[] {
  const writers = processes.flatMap(process => writersOf(process, options));
  const said = new Map<string, Partial<Record<FileKey, Said>>>();
  const told = new Set<string>();
  const once = (place: Place, message: string, hint: string): void => {
    if (told.has(message)) return; // a program of a thousand processes makes one mistake
    told.add(message);
    options.report.error(place, message, hint);
  };
  for (const writer of writers) collect(writer, said, once);
  checkOthers(writers, processes, { ...options, once });
  return processes.map(process => {
    if (process.stdout.kind !== 'file' && process.stderr.kind !== 'file') return process;
    return { ...process, stdout: joined(process.stdout, said), stderr: joined(process.stderr, said) };
  });
}

type Once = (place: Place, message: string, hint: string) => void;

function writersOf(process: ProcessSpec, { fieldsOf }: LogsOptions): Writer[] {
  const fields = fieldsOf(process.program);
  if (fields === undefined) return [];
  return STREAMS.flatMap(stream => {
    const target = process[stream];
    return target.kind === 'file' ? [{ process, stream, target, fields }] : [];
  });
}

function collect(writer: Writer, said: Map<string, Partial<Record<FileKey, Said>>>, once: Once): void {
  const { target, process, stream } = writer;
  const known = said.get(target.path) ?? {};
  said.set(target.path, known);
  const fields = logFieldsOf(writer.fields[stream]?.value);
  for (const key of FILE_KEYS) {
    const field = fields[key];
    if (field === undefined) continue;
    const text = field.node.kind === 'scalar' ? field.node.text : '';
    const other = known[key];
    if (other === undefined) known[key] = { value: target[key], text, writer };
    else if (other.value !== target[key]) {
      const both = `${nameOf(other.writer, writer)} and ${nameOf(writer, other.writer)}`;
      const message = `${both} write to the same log ${target.path}, but one says \`${key}: ${other.text}\` and the other \`${key}: ${text}\``;
      once(field.node.place, message, 'say it once, or the same: it is one file');
    }
  }
  if (stream === 'stdout' || isStderrApart(process) || process.stdout.kind !== 'file') return;
  for (const key of LINE_KEYS) {
    const field = fields[key];
    if (field === undefined || process.stdout[key] === target[key]) continue;
    const message = `the two streams of \`${process.program}\` are one, as both go to ${target.path}: \`stderr\` cannot have another \`${key}\` than \`stdout\``;
    once(field.keyPlace, message, 'say it of `stdout`, or send `stderr` to a file of its own');
  }
}

/** Programs by their names, or by their streams where it is the same program. */
function nameOf({ process, stream }: Writer, other: Writer): string {
  return process.program === other.process.program && stream !== other.stream
    ? `\`${stream}\` of \`${process.program}\``
    : `\`${process.program}\``;
}

/** Files that something else writes or reads. */
function checkOthers(
  writers: readonly Writer[],
  processes: readonly ProcessSpec[],
  { daemon, files, once }: LogsOptions & { readonly once: Once },
): void {
  const others = new Map<string, string>();
  const backups = new Map<string, number>();
  const rotates = ({ path, maxsize, backups: kept }: Pick<LogFileSpec, 'path' | 'maxsize' | 'backups'>): void => {
    if (maxsize > 0) backups.set(path, Math.max(kept, backups.get(path) ?? 0));
  };
  for (const { target } of writers) rotates(target);
  for (const file of files) others.set(file, 'a file of the config');
  if (daemon.socket.path !== undefined) others.set(daemon.socket.path, "the daemon's socket");
  if (daemon.log.file !== undefined) {
    others.set(daemon.log.file, "the daemon's own log");
    rotates({ ...daemon.log, path: daemon.log.file });
  }
  for (const { pidfile, fullname } of processes) {
    if (pidfile !== undefined) others.set(pidfile, `the pidfile of \`${fullname}\``);
  }
  for (const { process, stream, target, fields } of writers) {
    if (target.path.startsWith('/dev/')) continue; // a device takes what many write
    const what = others.get(target.path) ?? backupAt(target.path, backups);
    const place = fields[stream]?.node.place;
    if (what === undefined || place === undefined) continue;
    const message = `the log of \`${process.program}\` would be ${target.path}, which is ${what}`;
    once(place, message, 'give it a path of its own');
  }
}

/** Says of which log a path is a backup, if of one. */
function backupAt(path: string, backups: ReadonlyMap<string, number>): string | undefined {
  const [, log, number] = /^(.+)\.([1-9][0-9]{0,3})(?:\.gz)?$/.exec(path) ?? [];
  return log !== undefined && Number(number) <= (backups.get(log) ?? 0) ? `a backup of ${log}` : undefined;
}

function joined(target: LogTarget, said: ReadonlyMap<string, Partial<Record<FileKey, Said>>>): LogTarget {
  if (target.kind !== 'file') return target;
  const known = said.get(target.path);
  const values = FILE_KEYS.map(key => [key, known?.[key]?.value ?? target[key]] as const);
  // Each value was taken from the same key of a target.
  return { ...target, ...(Object.fromEntries(values) as Pick<FileTarget, FileKey>) };
}
