/** `stdout:` and `stderr:` of a program: where a stream is kept, and how its lines are written. */
import type { LogTarget } from '../core/program.ts';
import type { TextOr } from './either.ts';
import type { ScalarNode } from './node.ts';
import type { Report } from './report.ts';
import { ROWS } from './schema.ts';
import { type Fields, settle } from './table.ts';

export type LogSetting = TextOr<typeof ROWS.LOG_FILE>;

/** What was written of a log; nothing but the path in its short form. */
export function logFieldsOf(setting: LogSetting | undefined): Fields<typeof ROWS.LOG_FILE> {
  return setting?.kind === 'map' ? setting.fields : {};
}

/** How values are read where the process is known. */
export interface LogReading {
  readonly text: (node: ScalarNode) => string | undefined;
  readonly path: (node: ScalarNode | undefined) => string | undefined;
  readonly report: Report;
}

export function logTargetOf(setting: LogSetting | undefined, { text, path, report }: LogReading): LogTarget {
  if (setting === undefined) return { kind: 'none' };
  if (setting.kind === 'text' && setting.node.text === 'discard') return { kind: 'discard' };
  const fields = logFieldsOf(setting);
  const { file, prefix, ...settled } = settle(ROWS.LOG_FILE, fields);
  const target: LogTarget = {
    kind: 'file',
    path: path(setting.kind === 'text' ? setting.node : file) ?? '',
    ...settled,
    prefix: (prefix && text(prefix)) ?? '',
  };
  if (prefix && /[\r\n]/.test(target.prefix)) {
    report.error(prefix.place, '`prefix` stands before each line, so it cannot hold a line end itself');
  }
  if (target.format === 'json') checkJson(target, fields, report);
  return target;
}

/** What has its place in a JSON object already cannot stand before it: the line would be no JSON. */
function checkJson(
  { timestamps, prefix }: Extract<LogTarget, { kind: 'file' }>,
  fields: Fields<typeof ROWS.LOG_FILE>,
  report: Report,
): void {
  const [stamps, before] = [fields.timestamps, fields.prefix];
  if (stamps && timestamps !== 'none') {
    const message = '`timestamps` cannot go with `format: json`: nothing may stand before an object';
    report.error(stamps.keyPlace, message, 'leave it out: each object has its `time`');
  }
  if (before && prefix !== '') {
    const message = '`prefix` cannot go with `format: json`: nothing may stand before an object';
    report.error(before.keyPlace, message, 'leave it out: each object names its `process` and `stream`');
  }
}
