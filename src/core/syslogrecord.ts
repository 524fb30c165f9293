/** One record of syslog, as RFC 5424 writes it. */

/** Facilities by the names of syslog.conf(5) and logger(1), with their numbers (RFC 5424, table 1). */
export const FACILITIES: Readonly<Record<string, number>> = {
  kern: 0,
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  syslog: 5,
  lpr: 6,
  news: 7,
  uucp: 8,
  cron: 9,
  authpriv: 10,
  ftp: 11,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
};

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
  const priority = (FACILITIES[facility] ?? DAEMON) * 8 + SEVERITIES.indexOf(severity);
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
