/** The `alerts:` section as frozen data: defaults filled in, variables expanded, and everything checked. */
import { dirname } from 'node:path';
import {
  type AlertSpec,
  CONDITIONS,
  type Condition,
  type EmailSpec,
  type OutputSpec,
  type SyslogSpec,
} from '../core/alert.ts';
import type { ProcessSpec, UserSpec } from '../core/program.ts';
import { select } from '../core/selector.ts';
import { ALERT_ROWS, type AlertFields, WAYS } from './alertschema.ts';
import { argvOf, type CommandLine, readCommand } from './commandline.ts';
import { isPattern } from './glob.ts';
import { showPlace } from './groups.ts';
import { didYouMean, type ScalarNode } from './node.ts';
import type { Environment } from './paths.ts';
import { readMatch } from './pattern.ts';
import { userOf } from './processes.ts';
import type { Report } from './report.ts';
import type { ProgramFields } from './schema.ts';
import { expandNode, type Scope, scopeOf } from './scope.ts';
import { type Named, settle } from './table.ts';
import { ALERT_VARIABLES } from './template.ts';

export interface AlertOptions {
  readonly env: Environment;
  readonly hostname: string;
  readonly report: Report;
  /** Whether a command must say whom it runs as. */
  readonly needsUsers: boolean;
  /** `daemon.user`. */
  readonly user: ProgramFields['user'] | undefined;
  readonly processes: readonly ProcessSpec[];
}

/** Milliseconds for which an alert holds back what it has just told, unless it says otherwise: a mail a minute is plenty. */
const EVERY = 60_000;

/** What is told once each thing has happened: nobody is woken up by a line of syslog. */
const NEVER_HELD = 0;

/** Alerts of all files, each once. What is wrong is reported; what is returned then is of no use. */
export function alertsOf(all: readonly Named<AlertFields>[], options: AlertOptions): AlertSpec[] {
  // A program that could not be read is not there, and yet not unknown.
  const knowsAll = !options.report.failed();
  const before = new Map<string, Named<AlertFields>>();
  return all.map(named => {
    const other = before.get(named.name);
    if (other !== undefined) {
      const where = showPlace(other.keyPlace);
      options.report.error(named.keyPlace, `the alert \`${named.name}\` is defined already, in ${where}`);
    }
    before.set(named.name, named);
    return alertOf({ ...options, knowsAll, named, fields: named.value });
  });
}

interface Job extends AlertOptions {
  /** Whether all programs are known. */
  readonly knowsAll: boolean;
  readonly named: Named<AlertFields>;
  readonly fields: AlertFields;
}

function alertOf(job: Job): AlertSpec {
  const { named, fields, report } = job;
  const settled = settle(ALERT_ROWS.ALERT, fields);
  const [way, ...more] = WAYS.filter(key => fields[key] !== undefined);
  const via = viaOf(job);
  for (const key of more) {
    const message = `the alert \`${named.name}\` has \`${way}\` already: it tells in one way`;
    report.error(fields[key]?.keyPlace ?? named.keyPlace, message, 'make it two alerts');
  }
  if (way !== 'command' && fields.user !== undefined)
    report.error(fields.user.keyPlace, '`user` is whom a `command` runs as, and this alert has none');
  const output = outputOf(job);
  const crashloop = settle(ALERT_ROWS.CRASHLOOP, settled.crashloop ?? {});
  return {
    name: named.name,
    via,
    on: conditionsOf(job, output !== undefined),
    programs: selectorsOf(job, settled.programs),
    every: settled.every ?? (via.kind === 'syslog' ? NEVER_HELD : EVERY),
    crashloop: { ends: crashloop.ends, within: crashloop.within },
    output,
  };
}

function conditionsOf({ named, fields, report }: Job, hasOutput: boolean): Condition[] {
  const { name, keyPlace } = named;
  const asked = new Set<Condition | 'all'>(fields.on?.value);
  if (asked.has('output') && !hasOutput)
    report.error(fields.on?.node.place ?? keyPlace, `\`${name}\` is to tell of output, and has no \`output\``);
  if (asked.has('all')) for (const condition of CONDITIONS) if (condition !== 'output') asked.add(condition);
  if (hasOutput) asked.add('output');
  const on = CONDITIONS.filter(condition => asked.has(condition));
  if (on.length === 0 && fields.on !== undefined)
    report.error(fields.on.keyPlace, '`on` is empty', 'name what it tells of, such as `on: [fatal, unexpected]`');
  const alarms: readonly Condition[] = ['unexpected', 'fatal', 'crashloop', 'reloadfailed', 'logtrouble'];
  if (on.includes('recovered') && !on.some(condition => alarms.includes(condition))) {
    report.warning(
      fields.on?.node.place ?? keyPlace,
      `\`recovered\` follows what \`${name}\` has told before, and it tells of nothing that can recover`,
      'add `fatal`, `unexpected` or `crashloop`; `started` tells of each start',
    );
  }
  if (fields.crashloop !== undefined && !on.includes('crashloop')) {
    report.warning(
      fields.crashloop.keyPlace,
      `\`crashloop\` says what a loop is, but \`${name}\` does not tell of any`,
      'add `crashloop` to `on`',
    );
  }
  return on;
}

function viaOf(job: Job): AlertSpec['via'] {
  const { fields } = job;
  if (fields.email) return emailOf(job, fields.email.value);
  if (fields.http) return httpOf(job, fields.http.value);
  if (fields.syslog) return syslogOf(job, fields.syslog.value);
  if (fields.command) return commandOf(job, fields.command.value);
  // That it has none was told when it was read.
  return { kind: 'command', argv: [], here: '', user: undefined };
}

type EmailFields = NonNullable<AlertFields['email']>['value'];

/** An address alone, or after a name, `Ops <ops@example.org>`. A name without a host is a user of the mail server's. */
const ADDRESS =
  /^(?:[^\p{Cc}<>,;"]*<[^\s\p{Cc}<>,;@]+(?:@[^\s\p{Cc}<>,;@]+)?>|[^\s\p{Cc}<>,;@]+(?:@[^\s\p{Cc}<>,;@]+)?)$/u;

type Tls = EmailSpec['smtp']['tls'];

const PORTS = { implicit: 465, starttls: 587, opportunistic: 25, none: 25 } as const;

/** As it is asked for; where that is no more than that it must be, or not at all, as servers do it at such a port. */
function tlsOf(asked: Tls | 'true' | undefined, port: number | undefined): Tls {
  if (asked === 'true') return port === undefined || port === PORTS.implicit ? 'implicit' : 'starttls';
  return asked ?? (port === PORTS.implicit ? 'implicit' : port === PORTS.opportunistic ? 'opportunistic' : 'starttls');
}

const LOCAL_HOST = /^(?:localhost|127\.[0-9.]+|::1)$/i;

function emailOf(job: Job, fields: EmailFields): EmailSpec {
  const { to, from, smtp } = settle(ALERT_ROWS.EMAIL, fields);
  const map = smtp?.kind === 'map' ? smtp.fields : {};
  const server = settle(ALERT_ROWS.SMTP, map);
  const address = (node: ScalarNode): string => {
    const written = text(job, node);
    if (written !== undefined && !ADDRESS.test(written)) {
      job.report.error(node.place, 'this is no address such as `ops@example.org` or `Ops <ops@example.org>`');
    }
    return written ?? '';
  };
  if (to?.length === 0) job.report.error(fields.to?.keyPlace ?? job.named.keyPlace, '`to` names nobody');
  const port = server.port;
  const tls = tlsOf(server.tls, port);
  const host = filled(job, smtp?.kind === 'text' ? smtp.node : server.host) ?? '';
  checkLogin(job, map, { host, tls });
  return {
    kind: 'email',
    to: (to ?? []).map(address),
    from: from === undefined ? `taskmaster@${job.hostname}` : address(from),
    smtp: {
      host,
      port: port ?? PORTS[tls],
      tls,
      user: filled(job, server.user),
      password: filled(job, server.password),
    },
  };
}

type SmtpFields = Extract<NonNullable<NonNullable<EmailFields['smtp']>['value']>, { kind: 'map' }>['fields'];

function checkLogin(
  { report }: Job,
  { user, password, tls: written }: SmtpFields,
  { host, tls }: { host: string; tls: Tls },
): void {
  if (user !== undefined && password === undefined) report.error(user.keyPlace, '`user` is there without a `password`');
  if (password !== undefined && user === undefined)
    report.error(password.keyPlace, '`password` is there without a `user`');
  // Whatever else `tls` says, a password is sent to another machine by TLS alone.
  if (password === undefined || LOCAL_HOST.test(host) || tls !== 'none') return;
  report.warning(
    written?.node.place ?? password.keyPlace,
    `with \`tls: none\`, the password goes to ${host} for all to read`,
    'use `tls: starttls`, or `tls: true` on port 465',
  );
}

function httpOf(job: Job, value: NonNullable<AlertFields['http']>['value']): AlertSpec['via'] {
  const { url, headers, secret } = settle(ALERT_ROWS.HTTP, value.kind === 'map' ? value.fields : {});
  const node = value.kind === 'text' ? value.node : url;
  const written = filled(job, node);
  if (node !== undefined && written !== undefined) checkUrl(job, node, written);
  const pairs = (headers ?? []).map(({ name, node: value }): [string, string] => {
    const held = text(job, value) ?? '';
    if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(held)) {
      job.report.error(value.place, `the header \`${name}\` holds a character that a header cannot hold`);
    }
    return [name, held];
  });
  return { kind: 'http', url: written ?? '', headers: Object.fromEntries(pairs), secret: filled(job, secret) };
}

function checkUrl({ report }: Job, node: ScalarNode, written: string): void {
  let url: URL;
  try {
    url = new URL(written);
  } catch {
    // The reason it gives is only that it is none, and it holds the text.
    report.error(node.place, 'this is no URL such as `https://example.org/hook`');
    return;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    report.error(node.place, 'a hook has a URL that begins with `https://` or `http://`');
  } else if (url.username !== '' || url.password !== '') {
    report.error(node.place, 'a URL cannot hold a user or a password', 'put them into `headers: {Authorization: …}`');
  }
}

const SYSLOG_PORTS = { udp: 514, tcp: 601 } as const;
const MAX_PORT = 65_535;

function syslogOf(job: Job, value: NonNullable<AlertFields['syslog']>['value']): SyslogSpec {
  const settled = settle(ALERT_ROWS.SYSLOG, value.kind === 'map' ? value.fields : {});
  const node = value.kind === 'text' ? value.node : settled.address;
  const written = filled(job, node);
  const address = written === undefined ? undefined : addressOf(written);
  if (node !== undefined && written !== undefined && address === undefined) {
    const hint = didYouMean(written, ['local']);
    job.report.error(node.place, 'a syslog is `local`, `udp://host:514` or `tcp://host:601`', hint);
  }
  return { kind: 'syslog', address: address ?? { transport: 'local' }, facility: settled.facility };
}

function addressOf(written: string): SyslogSpec['address'] | undefined {
  if (written === 'local') return { transport: 'local' };
  const found = /^(udp|tcp):\/\/(?:\[([0-9A-Fa-f:.%a-z]+)\]|([^\s[\]:/?#@]+))(?::([0-9]{1,5}))?\/?$/.exec(written);
  if (found === null) return undefined;
  const transport = found[1] === 'udp' ? 'udp' : 'tcp';
  const port = Number(found[4] ?? SYSLOG_PORTS[transport]);
  return port >= 1 && port <= MAX_PORT ? { transport, host: found[2] ?? found[3] ?? '', port } : undefined;
}

/** The words stay as they are written, once it is known that they can be filled in. */
function commandOf(job: Job, value: NonNullable<AlertFields['command']>['value']): AlertSpec['via'] {
  const { fields, report } = job;
  const command = readCommand(value, { shell: false, key: 'command' }, report);
  const own = Object.fromEntries(ALERT_VARIABLES.map(name => [name, name]));
  argvOf(command, { scopeAt: node => scopeAt(job, node, own), report });
  const user = fields.user ?? job.user;
  if (job.needsUsers && user === undefined) {
    report.error(
      fields.command?.keyPlace ?? job.named.keyPlace,
      `the daemon runs as root, and the command of \`${job.named.name}\` would too: it names no \`user\``,
      'give the alert a `user`, or one to all in `daemon`; `user: root` is your consent, as is --allow-root',
    );
  }
  return {
    kind: 'command',
    argv: wordsOf(command),
    here: dirname(value.node.place.source.file),
    user: runsAs(job, user?.value),
  };
}

function wordsOf(command: CommandLine): readonly string[] {
  if (command.kind === 'words') return command.words.map(({ text: word }) => word);
  return command.kind === 'split' ? command.words.map(({ text: word }) => word) : [];
}

function runsAs(job: Job, node: ScalarNode | undefined): UserSpec | undefined {
  return userOf(node, written => text(job, written), job.report);
}

function outputOf(job: Job): OutputSpec | undefined {
  const { value } = job.fields.output ?? {};
  if (value === undefined) return undefined;
  const { match, programs } = settle(ALERT_ROWS.OUTPUT, value.kind === 'map' ? value.fields : {});
  const node = value.kind === 'text' ? value.node : match;
  const written = node === undefined ? undefined : text(job, node);
  if (node === undefined || written === undefined) return { match: '', ignoreCase: false, programs: [] };
  const read = readMatch(written);
  if ('problem' in read) {
    job.report.error(node.place, `cannot look for this: ${read.problem}`, "patterns are RE2's: no `(?=…)`, no `\\1`");
    return { match: '', ignoreCase: false, programs: [] };
  }
  return { ...read, programs: selectorsOf(job, programs) };
}

/** Each must mean somebody, unless it is a pattern, which may do so later. */
function selectorsOf(job: Job, nodes: readonly ScalarNode[] | undefined): string[] {
  return (nodes ?? []).flatMap(node => {
    const selector = text(job, node);
    if (selector === undefined) return [];
    const { unknown } = select(job.processes, [selector]);
    if (unknown.length > 0 && job.knowsAll && !isPattern(selector)) {
      const known = new Set(job.processes.flatMap(spec => [spec.program, spec.group, spec.fullname]));
      job.report.error(node.place, `no such program: ${selector}`, didYouMean(selector, known));
    }
    return [selector];
  });
}

/** A text that may not be empty, as when a variable is set and holds nothing. */
function filled(job: Job, node: ScalarNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  const written = text(job, node);
  if (written === '') job.report.error(node.place, 'this is empty');
  return written;
}

function text(job: Job, node: ScalarNode): string | undefined {
  return expandNode(node, scopeAt(job, node, {}), job.report);
}

function scopeAt(job: Job, node: ScalarNode, builtins: Readonly<Record<string, string>>): Scope {
  return scopeOf({ ...builtins, here: dirname(node.place.source.file), host: job.hostname }, job.env);
}
