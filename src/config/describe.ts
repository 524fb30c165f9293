/** What a config would run, as `taskmasterd --check` prints it. Values of variables are never shown: they hold secrets. */
import type { AlertSpec } from '../core/alert.ts';
import { whereOf } from '../core/alertvia.ts';
import { startOrder } from '../core/order.ts';
import type { ProcessSpec } from '../core/program.ts';
import { joinWords } from '../core/words.ts';
import type { Config } from './config.ts';

const HEAD = ['process', 'user', 'start', 'restart', 'command'];
const ALERT_HEAD = ['alert', 'tells by', 'of', 'about'];

/** A table of the processes in the order of their start, one of the alerts, and how many there are. */
export function describeConfig(config: Config, { color }: { color: boolean }): string {
  const processes = table(HEAD, startOrder(config.processes).map(rowOf), color);
  const alerts = table(ALERT_HEAD, config.alerts.map(rowOfAlert), color);
  return `${[...processes, ...alerts, summary(config)].join('\n')}\n`;
}

/** The lines of a table and a blank one; none without rows. */
function table(head: readonly string[], rows: readonly (readonly string[])[], color: boolean): string[] {
  if (rows.length === 0) return [];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map(row => row[i]?.length ?? 0)));
  const [first = '', ...body] = [head, ...rows].map(row =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [color ? `\x1b[1m${first}\x1b[0m` : first, ...body, ''];
}

/** Without anything that is a secret. */
function rowOfAlert({ name, via, on, programs, output }: AlertSpec): string[] {
  const told = on.map(condition => (condition === 'output' && output ? `output /${output.match}/` : condition));
  return [
    name,
    oneLine(`${via.kind} to ${whereOf(via)}`),
    oneLine(told.join(', ')),
    programs.join(', ') || 'all programs',
  ];
}

function rowOf(spec: ProcessSpec): string[] {
  return [
    spec.fullname,
    spec.user === undefined ? '-' : [spec.user.user, spec.user.group].filter(part => part !== undefined).join(':'),
    spec.autostart ? 'with the daemon' : 'by hand',
    restartOf(spec),
    commandOf(spec),
  ];
}

function restartOf({ autorestart, exitcodes }: ProcessSpec): string {
  return autorestart === 'unexpected' ? `unless it exits ${exitcodes.join(', ') || '(never)'}` : autorestart;
}

function commandOf({ argv }: ProcessSpec): string {
  return oneLine(joinWords(argv));
}

/** One line, whatever the words hold. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, char => (char === '\n' ? '⏎' : '\ufffd'));
}

function summary({ path, files, processes }: Config): string {
  const programs = new Set(processes.map(spec => spec.program)).size;
  const starting = processes.filter(spec => spec.autostart).length;
  const counts = `${count(processes.length, 'process', 'processes')} of ${count(programs, 'program', 'programs')}`;
  const from = files.length > 1 ? `${path} and ${count(files.length - 1, 'file', 'files')} it includes` : path;
  return `${from}: ${counts}, ${starting} started with the daemon`;
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
