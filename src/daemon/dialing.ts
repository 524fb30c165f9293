/** Connections to servers: to the first address of a host that takes one, without Node's own lookup of names. */
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { hostAndPort } from '../core/alertvia.ts';
import type { Millis } from '../core/program.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeErrno } from '../runtime/errnowords.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import { lookUpHost } from './hostlookup.ts';

/** How long one address may take to answer while there is another to try: a packet that is lost is sent again after 1 and 3 s. */
const ADDRESS_WITHIN: Millis = 4_000;

export interface DialOptions {
  readonly clock: Clock;
  /** Ends it: the promise is rejected, and nothing stays open. */
  readonly signal: AbortSignal;
  /** Another way of looking hosts up, for tests. */
  readonly lookUp?: typeof lookUpHost;
}

/**
 * Connects to a host. The socket is the caller's to destroy; an error that nobody listens for does not harm. Rejects in words: the name is not
 * known, or why the last address could not be reached.
 */
export async function dial(host: string, port: number, options: DialOptions): Promise<Socket> {
  const { lookUp = lookUpHost, signal } = options;
  const addresses = await lookUp(host, { signal });
  let problem: unknown;
  for (const [index, address] of addresses.entries()) {
    try {
      const isLast = index === addresses.length - 1;
      return await connectTo(address, port, { ...options, patience: isLast ? undefined : ADDRESS_WITHIN });
    } catch (error) {
      signal.throwIfAborted();
      problem = new Error(`cannot connect to ${placeOf(host, address, port)}: ${describeErrno(error)}`);
    }
  }
  throw problem;
}

/** Makes a connection a TLS one, to a server that proves to be `host`. Rejects in words, and destroys the connection then. */
export async function secure(
  socket: Socket,
  { host, ca, signal }: { readonly host: string; readonly ca: string | undefined; readonly signal: AbortSignal },
): Promise<TLSSocket> {
  const { connect: connectSecurely } = process.getBuiltinModule('node:tls'); // at the first need: two megabytes
  const servername = host.replace(/\.$/, '');
  // No name is sent for an address (RFC 6066), which the certificate must hold then.
  const tls = connectSecurely({
    socket,
    host: servername,
    ...(isName(servername) && { servername }),
    ...(ca && { ca }),
  });
  try {
    await settled(tls, 'secureConnect', signal);
    return tls;
  } catch (error) {
    tls.destroy();
    socket.destroy();
    signal.throwIfAborted();
    throw new Error(`cannot secure the connection to ${host}: ${describeErrno(error)}`);
  }
}

async function connectTo(
  address: string,
  port: number,
  { clock, signal, patience }: DialOptions & { readonly patience: Millis | undefined },
): Promise<Socket> {
  using timer = new MutableDisposable();
  const socket = connect({ host: address, port });
  if (patience !== undefined) timer.value = clock.after(patience, () => socket.destroy(new Error('no answer')));
  try {
    await settled(socket, 'connect', signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Resolves at the event; rejects when an error or an end comes before it, or the signal fires. */
function settled(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('error', () => {}); // also between this and the next who listens, and after it was given up
    const done = (): void => {
      forget();
      resolve();
    };
    const fail = (error: unknown): void => {
      forget();
      reject(error);
    };
    const close = (): void => fail(new Error('the server closed the connection'));
    const abort = (): void => fail(signal.reason);
    const forget = (): void => {
      socket.off(event, done).off('error', fail).off('close', close);
      signal.removeEventListener('abort', abort);
    };
    socket.on(event, done).on('error', fail).on('close', close);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });
}

function placeOf(host: string, address: string, port: number): string {
  return host === address ? hostAndPort(host, port) : `${hostAndPort(host, port)} (${address})`;
}

function isName(host: string): boolean {
  return !/^[\d.]+$|:/.test(host);
}
