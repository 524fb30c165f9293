/** What a config would run, as `taskmasterd --check` prints it. Values of variables are never shown: they hold secrets. */
import { startOrder } from '../core/order.ts';
import type { ProcessSpec } from '../core/program.ts';
import { joinWords } from '../core/words.ts';
import type { Config } from './config.ts';

const HEAD = ['process', 'user', 'start', 'restart', 'command'];

/** A table of the processes in the order of their start, and how many there are. */
export function describeConfig(config: Config, { color }: { color: boolean }): string {
  const rows = startOrder(config.processes).map(rowOf);
  const widths = HEAD.map((title, i) => Math.max(title.length, ...rows.map(row => row[i]?.length ?? 0)));
  const lines = [HEAD, ...rows].map(row =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const [head = '', ...body] = lines;
  const table = rows.length === 0 ? [] : [color ? `\x1b[1m${head}\x1b[0m` : head, ...body, ''];
  return `${[...table, summary(config)].join('\n')}\n`;
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

/** One line, whatever the words hold. */
function commandOf({ argv }: ProcessSpec): string {
  return joinWords(argv).replace(/[\u0000-\u001f\u007f-\u009f]/g, char => (char === '\n' ? '⏎' : '\ufffd'));
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
