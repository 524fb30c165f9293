/** One record of syslog, as RFC 5424 writes it. */

/** Facilities by the names of syslog.conf(5) and logger(1), with their numbers (RFC 5424, table 1). */
export const FACILITIES: ReadonlyMap<string, number> = new Map([
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'].map(
    numbered(0),
  ),
  ...['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'].map(numbered(16)),
]);

function numbered(first: number): (name: string, index: number) => [string, number] {
  return (name, index) => [name, first + index];
}

const DAEMON = 3;

/** Names of severities by their number (table 2). */
export const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const;

export type Severity = (typeof SEVERITIES)[number];

export interface SyslogRecord {
  /** One that is not known counts as `daemon`. */
  readonly facility: string;
  readonly severity: Severity;
  /** Wall clock, in milliseconds. */
  readonly at: number;
  readonly host: string;
  readonly app: string;
  readonly pid: number;
  /** What kind of record it is. */
  readonly kind: string;
  readonly version: string;
  /** One line. */
  readonly text: string;
}

/**
 * The record, in one line. Its structured data say what software it comes from and no more: names of one's own need an
 * enterprise number, and the one that examples use must not leave them. The text is UTF-8 without the mark that the RFC
 * would have before it: receivers write it into their files.
 */
export function formatSyslog(record: SyslogRecord): string {
  const { facility, severity, at, host, app, pid, kind, version, text } = record;
  const priority = (FACILITIES.get(facility) ?? DAEMON) * 8 + SEVERITIES.indexOf(severity);
  const time = new Date(at).toISOString();
  const origin = `[origin software="${quoted(app)}" swVersion="${quoted(version)}"]`;
  return `<${priority}>1 ${time} ${name(host, 255)} ${name(app, 48)} ${pid} ${name(kind, 32)} ${origin} ${text}`;
}

/** A field of the header: printable ASCII without blanks, of a bounded length; `-` is none. */
function name(text: string, longest: number): string {
  return text.replace(/[^\x21-\x7e]/g, '_').slice(0, longest) || '-';
}

/** What stands in the quotes of structured data. */
function quoted(text: string): string {
  return text.replace(/["\\\]]/g, '\\$&');
}
