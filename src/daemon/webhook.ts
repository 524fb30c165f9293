/** Alerts by HTTP: a signed JSON body, posted once per attempt over a connection of its own. */
import { type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AlertMessage, HttpSpec } from '../core/alert.ts';
import { reportOf } from '../core/alertreport.ts';
import { originOf } from '../core/alertvia.ts';
import type { Millis } from '../core/program.ts';
import { VERSION } from '../protocol/version.ts';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { DeliveryError } from './attempt.ts';
import { dial, secure } from './dialing.ts';

/** `sha256=` and the HMAC of the body, in hexadecimal. */
export const SIGNATURE_HEADER = 'x-taskmaster-signature';

/** What is read of an answer: its first line is told, and the rest is nobody's. */
const MOST_OF_ANSWER = 4096;

/** Refusals of this very body, which would be the same the next time: bad request, too large, no such type, unprocessable. */
const FINAL: readonly number[] = [400, 413, 415, 422];

/** What the user's own headers must not say: the body and the connection are made here. */
const OURS = ['content-length', 'transfer-encoding', 'connection', 'expect', SIGNATURE_HEADER];

export interface WebhookOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Certificates to trust in place of Node's own; undefined for those. */
  readonly ca: string | undefined;
}

/** Posts a message. Resolves with status and first line of the answer when that is a success; anything else is a failure. */
export async function postAlert(via: HttpSpec, message: AlertMessage, options: WebhookOptions): Promise<string> {
  const url = parseUrl(via.url);
  const body = bodyOf(message, options.clock.wall());
  const socket = await connect(url, options);
  try {
    const response = await post(url, { socket, headers: headersOf(via, body), body });
    return judge(response, await firstLineOf(response));
  } catch (error) {
    options.signal.throwIfAborted();
    throw error;
  } finally {
    socket.destroy();
  }
}

/** Its own sentence, as Node's error holds the URL whole. */
function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new Error(`cannot post to ${originOf(text)}: that is no address`);
  return new URL(text);
}

/**
 * What is sent: the message as data, and when it is sent. A receiver that checks the signature, refuses what is older than
 * some minutes and remembers the ids of these minutes cannot be fooled by a body that was recorded.
 */
function bodyOf(message: AlertMessage, now: number): string {
  return JSON.stringify({ ...reportOf(message).json, sent: new Date(now).toISOString() });
}

function headersOf({ headers, secret }: HttpSpec, body: string): Record<string, string> {
  const theirs = Object.entries(headers).filter(([name]) => !OURS.includes(name.toLowerCase()));
  const sent: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': `taskmaster/${VERSION}`,
    ...Object.fromEntries(theirs.map(([name, value]) => [name.toLowerCase(), value])),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  if (secret !== undefined) sent[SIGNATURE_HEADER] = signatureOf(body, secret);
  return sent;
}

/** The value of the signature header for a body. */
export function signatureOf(body: string, secret: string): string {
  const { createHmac } = process.getBuiltinModule('node:crypto'); // a megabyte, for who signs or secures
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

async function connect(url: URL, options: WebhookOptions): Promise<Duplex> {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port) || (isSecure ? 443 : 80);
  const socket = await dial(host, port, options);
  const { signal, ca } = options;
  const made: Duplex = isSecure ? await secure(socket, { host, ca, signal }) : socket;
  // Whatever waits for it is told by its end.
  signal.addEventListener('abort', () => made.destroy(), { once: true });
  return made;
}

const NO_ANSWER = 'the connection ended without an answer';

/** Node's "socket hang up", which says nothing to who reads it at night. */
function isHangup(error: Error): boolean {
  return isErrno(error, 'ECONNRESET');
}

interface Posting {
  readonly socket: Duplex;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Resolves with the head of the answer. */
function post(url: URL, { socket, headers, body }: Posting): Promise<IncomingMessage> {
  const login = url.username === '' ? undefined : [url.username, url.password].map(decodeURIComponent).join(':');
  const options: RequestOptions = {
    method: 'POST',
    host: url.hostname,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    headers,
    createConnection: () => socket,
    ...(login !== undefined && { auth: login }),
  };
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === 'https:';
    const request = isSecure ? process.getBuiltinModule('node:https').request(options) : plainRequest(options);
    const fail = (why: string): void => reject(new Error(`cannot post to ${url.origin}: ${why}`));
    request.on('error', error => fail(isHangup(error) ? NO_ANSWER : error.message));
    request.on('response', resolve);
    request.on('close', () => fail(NO_ANSWER));
    request.end(body);
  });
}

/** The first line of a body, as far as it comes: what was answered is known without it. */
async function firstLineOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length >= MOST_OF_ANSWER) break;
    }
  } catch {
    // The connection ended, or its time did: that much of it there is.
  }
  return text.trim().split('\n', 1)[0] ?? '';
}

function judge(response: IncomingMessage, line: string): string {
  const { statusCode = 0, statusMessage = '', headers } = response;
  const status = `${statusCode} ${statusMessage}`.trim();
  const answer = line === '' ? status : `${status}: ${line}`;
  if (statusCode >= 200 && statusCode < 300) return answer;
  if (statusCode >= 300 && statusCode < 400) {
    const where = headers.location === undefined ? '' : ` to ${originOf(headers.location) || 'another path'}`;
    throw new DeliveryError(`${status}${where}: redirects are not followed; give the address itself`);
  }
  throw new DeliveryError(answer, { isFinal: FINAL.includes(statusCode), retryAfter: retryAfterOf(headers) });
}

/** In seconds; a date is for a browser's clock, and is not followed. */
function retryAfterOf({ 'retry-after': text = '' }: IncomingMessage['headers']): Millis {
  return /^\d{1,9}$/.test(text) ? Number(text) * 1000 : 0;
}
