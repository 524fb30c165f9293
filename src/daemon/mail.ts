/** Alerts by mail: the only file that imports nodemailer, which is loaded at the first mail. */
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type * as Nodemailer from 'nodemailer';
import type { AlertMessage, EmailSpec } from '../core/alert.ts';
import { reportOf } from '../core/alertreport.ts';
import { oneLine } from '../core/oneline.ts';
import type { Clock } from '../runtime/clock.ts';
import { DeliveryError } from './attempt.ts';
import { dial } from './dialing.ts';

/** RFC 5322 wants lines of at most 998; what a mail reader shows of a subject is less than this. */
const LONGEST_SUBJECT = 200;

/** How long a connection that is done may take to be closed by its server too. */
const CLOSING_MS = 1_000;

/** The lowest reply code by which a mail server refuses for good (RFC 5321, 4.2.1). */
const REFUSED_FOR_GOOD = 500;

export interface MailOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Certificates to trust in place of Node's own; undefined for those. */
  readonly ca: string | undefined;
}

/**
 * Hands a message to a mail server. Resolves with its answer. The connection is made here, as nodemailer would look the
 * host up on the thread pool.
 */
export async function sendMail(via: EmailSpec, message: AlertMessage, options: MailOptions): Promise<string> {
  const { host, port } = via.smtp;
  const socket = await dial(host, port, options);
  try {
    const { createTransport } = createRequire(import.meta.url)('nodemailer') as typeof Nodemailer; // its types say what it exports
    const transport = createTransport({ ...settingsOf(via, socket, options.ca), connection: socket });
    const sent = await transport.sendMail({ ...mailOf(via, message), signal: options.signal });
    const refused = sent.rejected.length === 0 ? '' : `; refused for ${sent.rejected.map(String).join(', ')}`;
    return `${sent.response}${refused}`;
  } catch (error) {
    socket.destroy();
    options.signal.throwIfAborted();
    throw explain(error);
  }
}

/** How to talk to the server. A password goes only where none can listen, unless the config says otherwise or it stays on this machine. */
function settingsOf({ smtp }: EmailSpec, socket: Socket, ca: string | undefined): object {
  const { host, port, tls, user, password } = smtp;
  const isTrusting = tls === 'opportunistic' && (password === undefined || isOwnMachine(socket.remoteAddress));
  const isSecure = tls === 'implicit' || tls === 'starttls' || (tls === 'opportunistic' && !isTrusting);
  return {
    host: host.replace(/\.$/, ''), // as its certificate has it
    port,
    secure: tls === 'implicit',
    requireTLS: isSecure && tls !== 'implicit',
    ignoreTLS: tls === 'none',
    // Whoever would take the mail in the clear need not ask who the other end is (RFC 7435).
    tls: { rejectUnauthorized: !isTrusting, ...(ca !== undefined && { ca }) },
    ...(user !== undefined && password !== undefined && { auth: { user, pass: password }, forceAuth: isSecure }),
    socketCloseTimeout: CLOSING_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  };
}

function isOwnMachine(address: string | undefined): boolean {
  return address !== undefined && /^(?:127\.|::1$|::ffff:127\.)/.test(address);
}

/**
 * The mail. What ends an alarm is in its thread: a reply to it by `References`, with its subject, by which some readers go.
 * Nothing of it but subject and text is of a program's making, and the subject is one line without control characters.
 */
function mailOf({ from, to }: EmailSpec, message: AlertMessage): Nodemailer.SendMailOptions {
  const { subject, thread, text } = reportOf(message);
  const { endsAlarm, id, at } = message;
  const alarm = endsAlarm === null ? undefined : messageId(endsAlarm, from);
  return {
    from,
    to: [...to],
    subject: oneLine(thread === null ? subject : `Re: ${thread}`, LONGEST_SUBJECT),
    text,
    date: new Date(at),
    messageId: messageId(id, from),
    ...(alarm !== undefined && { inReplyTo: alarm, references: alarm }),
    // RFC 3834: nothing that answers mail by itself answers this.
    headers: { 'Auto-Submitted': 'auto-generated', Precedence: 'bulk', 'X-Auto-Response-Suppress': 'All' },
  };
}

/** The same for the same message, whoever sends it and how often: a mail that comes twice is known to be one. */
function messageId(id: string, from: string): string {
  const [domain = 'localhost'] = /[A-Za-z0-9.-]+(?=>?\s*$)/.exec(from) ?? [];
  return `<taskmaster.${id.replace(/[^A-Za-z0-9._-]/g, '_')}@${domain}>`;
}

/** A refusal of this very message is final. One of sender, recipients or password is of all alike, and the config can repair it. */
function explain(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const code =
    'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : REFUSED_FOR_GOOD;
  const isAboutMessage = 'code' in error && error.code === 'EMESSAGE';
  return new DeliveryError(error.message, { isFinal: isAboutMessage && code >= REFUSED_FOR_GOOD });
}
