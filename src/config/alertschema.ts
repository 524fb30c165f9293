/** The keys of an alert, as `schema.ts` has those of everything else. */

import { CONDITIONS } from '../core/alert.ts';
import { FACILITIES } from '../core/syslogrecord.ts';
import { textOr } from './either.ts';
import type { Kind, Reading } from './kind.ts';
import { mustBe, noDashes } from './kind.ts';
import { type Entry, entryOf, isNothing, type MapNode, type ScalarNode } from './node.ts';
import { duration, integer, oneOf } from './scalar.ts';
import { isPieceOfSecret } from './secrets.ts';
import { type Fields, type Rows, reportDuplicates, type Table, tableOf } from './table.ts';
import { anyText, command, oneOrMany, text } from './text.ts';

const MAX_PORT = 65_535;
const MAX_ENDS = 100;

const selectors = oneOrMany(anyText('a selector such as `web`, `web:*` or `w*`'));

/** Where a comma has cut a secret in two, neither part may be shown. */
function strayInSecrets({ key, value }: Entry, node: MapNode): string | undefined {
  return isPieceOfSecret(key, value, node)
    ? 'in braces a comma ends a value: put what holds one into quotes'
    : undefined;
}

const SMTP = {
  host: {
    kind: text('the name or the address of a mail server'),
    help: 'The mail server.',
    required: true,
    example: 'mail.example.org',
  },
  port: {
    kind: integer({ min: 1, max: MAX_PORT }),
    help: 'Its port.',
    otherwise: '587; 465 with `tls: true` or `implicit`, 25 with `none` or `opportunistic`',
    example: '587',
  },
  tls: {
    kind: oneOf(['true', 'implicit', 'starttls', 'opportunistic', 'none'], { false: 'none' }),
    help:
      'How what is sent is kept from others: `implicit` is TLS from the first byte, `starttls` begins it before anything is ' +
      'said and refuses a server that cannot, `true` is whichever of the two the port is for (`implicit` on 465 or where none ' +
      'is given, else `starttls`), `opportunistic` uses it where the server can (and must, to get a password), `none` (or ' +
      '`false`) never.',
    otherwise: '`starttls`; `implicit` on port 465, `opportunistic` on port 25',
    example: 'true',
  },
  user: { kind: anyText('a name'), help: 'Whom to log in as.', otherwise: 'nobody', example: 'tm' },
  password: {
    kind: anyText('a text'),
    help: 'The password for that. It is never shown; better still, leave it to the environment.',
    otherwise: 'none',
    example: '"${SMTP_PASSWORD}"',
  },
} as const satisfies Rows;

const EMAIL = {
  to: {
    kind: oneOrMany(text('an address')),
    help: 'Who gets the mail: one, or a list.',
    required: true,
    example: 'ops@example.org',
  },
  from: {
    kind: text('an address'),
    help: 'Whom it is from.',
    otherwise: '`taskmaster@${host}`',
    example: 'taskmaster@example.org',
  },
  smtp: {
    kind: textOr('the name of a mail server', { what: '`smtp`', rows: SMTP, stray: strayInSecrets }),
    help: 'The server that takes it: its name, or a map.',
    required: true,
    example: '{host: mail.example.org, user: tm, password: "${SMTP_PASSWORD}"}',
  },
} as const satisfies Rows;

const HTTP = {
  url: {
    kind: text('a URL'),
    help: 'Where it is posted to. From its path on it is taken for a secret.',
    required: true,
    example: 'https://example.org/hook',
  },
  headers: {
    kind: headers(),
    help: 'Headers of the request. Their values are never shown.',
    otherwise: 'none',
    example: '{Authorization: "Bearer ${HOOK_TOKEN}"}',
  },
  secret: {
    kind: anyText('a text'),
    help: 'What the body is signed with (HMAC-SHA256), so that the receiver knows whom it is from. It is never shown.',
    otherwise: 'it is not signed',
    example: '"${HOOK_SECRET}"',
  },
} as const satisfies Rows;

const SYSLOG = {
  address: {
    kind: text('`local`, `udp://host:514` or `tcp://host:601`'),
    help: 'The syslog it goes to: `local` by logger(1), or one by UDP or TCP.',
    required: true,
    example: 'udp://loghost:514',
  },
  facility: { kind: oneOf([...FACILITIES.keys()]), help: 'The facility it is told under.', default: 'daemon' },
} as const satisfies Rows;

const CRASHLOOP = {
  ends: { kind: integer({ min: 2, max: MAX_ENDS }), help: 'How many ends make a loop.', default: '5' },
  within: { kind: duration(), help: 'The time within which they come.', default: '5m' },
} as const satisfies Rows;

const OUTPUT = {
  match: {
    kind: text('a text, or a pattern between slashes'),
    help:
      'What to look for in each line: a text as it stands, or `/…/`, a regular expression of RE2; `/…/i` takes capitals and ' +
      'small letters for the same.',
    required: true,
    example: '"/panic|out of memory/i"',
  },
  programs: { kind: selectors, help: 'Whose lines, among the `programs` of the alert.', otherwise: 'all of those' },
} as const satisfies Rows;

const ALERT = {
  email: {
    kind: tableOf({ what: '`email`', rows: EMAIL }),
    help: 'Tells by mail.',
    otherwise: 'none',
  },
  http: {
    kind: textOr('a URL', { what: '`http`', rows: HTTP, stray: strayInSecrets }),
    help: 'Tells by posting JSON: a URL, or a map.',
    otherwise: 'none',
    example: 'https://example.org/hook',
  },
  syslog: {
    kind: textOr('`local`, `udp://host:514` or `tcp://host:601`', { what: '`syslog`', rows: SYSLOG }),
    help: 'Tells syslog: an address, or a map.',
    otherwise: 'none',
    example: 'local',
  },
  command: {
    kind: command(),
    help:
      'Tells by running this, a line or a list of words as in `cmd`. Besides the usual variables it knows `program`, `process`, ' +
      '`group`, `condition`, `summary`, `text`, `pid` and `code` of what it tells; about the daemon, those of a process are ' +
      'empty. The same are in its environment as `TASKMASTER_ALERT_PROGRAM` and so on.',
    otherwise: 'none',
    example: '[/usr/local/bin/page, "${program}", "${summary}"]',
  },
  user: {
    kind: anyText('`name` or `name:group`'),
    help: 'Whom `command` runs as, when the daemon is root: `name` or `name:group`.',
    otherwise: 'that of `daemon`; without one, a daemon that runs as root refuses the config',
    example: 'nobody',
  },
  on: {
    kind: oneOrMany(oneOf([...CONDITIONS, 'all'])),
    help:
      'What it tells of, one or a list: `unexpected` (an end that nobody asked for), `fatal` (it is given up), `crashloop` (it ' +
      'ends again and again), `recovered` (it runs again after one of these was told), `stopped`, `started`, `reloadfailed` ' +
      '(a config was not taken), `logtrouble` (a log file cannot be written), `output` (a line that matches), or `all` of them.',
    otherwise: 'none; needed, unless `output` is there',
    example: '[fatal, unexpected]',
  },
  programs: {
    kind: selectors,
    help: 'Whom it is about: names, `group:name`, or globs.',
    otherwise: 'all programs',
    example: '[web, "db*"]',
  },
  every: {
    kind: duration(),
    help:
      'After it has told of something, the same of the same process is not told again for so long: it is counted, and the ' +
      'number is told at the end of that time. 0 tells of each.',
    otherwise: '1m; 0 for syslog',
    example: '5m',
  },
  crashloop: {
    kind: tableOf({ what: '`crashloop`', rows: CRASHLOOP }),
    help: 'When ends that nobody asked for are a crash loop.',
    otherwise: '{ends: 5, within: 5m}',
    example: '{ends: 3, within: 1m}',
  },
  output: {
    kind: textOr('a text, or a pattern between slashes', { what: '`output`', rows: OUTPUT }),
    help: 'Lines of output to tell of: what to look for, or a map. It needs no `on: output`.',
    otherwise: 'none',
    example: '{match: /panic/, programs: web}',
  },
} as const satisfies Rows;

/** The ways of telling: an alert has one of them. */
export const WAYS = ['email', 'http', 'syslog', 'command'] as const;

/** What an alert cannot do without. Told by what was written, so that a mistake within it is told once. */
function reportMissing(node: MapNode, { name, keyPlace, report }: Reading): boolean {
  const has = (key: string): boolean => entryOf(node, key) !== undefined;
  if (!report.trusts(node.place)) return false;
  if (!WAYS.some(has)) {
    const hint = 'give it one of `email`, `http`, `syslog` and `command`';
    report.error(keyPlace, `the alert \`${name}\` does not say how it tells`, hint);
  }
  if (!has('on') && !has('output')) {
    const hint = 'such as `on: [fatal, unexpected]`';
    report.error(keyPlace, `the alert \`${name}\` does not say what it tells of: \`on\``, hint);
  }
  return false;
}

export const ALERT_TABLE: Table<typeof ALERT> = {
  what: 'an alert',
  rows: ALERT,
  inspect: reportMissing,
  stray: strayInSecrets,
};

export const ALERT_ROWS = { ALERT, EMAIL, SMTP, HTTP, SYSLOG, CRASHLOOP, OUTPUT } as const;

export type AlertFields = Fields<typeof ALERT>;

/** One header of a request. */
export interface Header {
  readonly name: string;
  readonly node: ScalarNode;
}

/** What a request is framed by is not for a config to say. */
const RESERVED = /^(?:content-length|transfer-encoding|connection|host)$/i;

/** A map from names of headers to their values. */
function headers(): Kind<readonly Header[]> {
  const label = 'a map of headers';
  return {
    label,
    schema: { type: ['object', 'null'], additionalProperties: { type: ['string', 'number', 'boolean'] } },
    read: (node, reading) => {
      if (isNothing(node)) return [];
      if (node.kind !== 'map') return mustBe(label, node, reading, noDashes(node));
      reportDuplicates(node, reading);
      return node.entries.map(entry => readHeader(entry, reading)).filter(header => header !== undefined);
    },
  };
}

function readHeader({ key, keyPlace, value }: Entry, { report }: Reading): Header | undefined {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(key)) report.error(keyPlace, 'this is no name of a header');
  else if (RESERVED.test(key)) report.error(keyPlace, `\`${key}\` is set by the daemon, and cannot be set here`);
  else if (value.kind !== 'scalar' || isNothing(value)) report.error(keyPlace, `the header \`${key}\` must be a text`);
  else return { name: key, node: value };
  return undefined;
}
