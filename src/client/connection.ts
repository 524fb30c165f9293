import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { privateDirProblem } from '../config/paths.ts';
import { WireError } from '../protocol/errors.ts';
import { isCompatible, mismatchMessage, PROTOCOL, PROTOCOL_HEADER } from '../protocol/version.ts';
import { type Clock, realClock } from '../runtime/clock.ts';
import { type Address, NoDaemonError } from './address.ts';
import type { Upgraded } from './attach/websocket.ts';
import type { Failure } from './unreachable.ts';

/** One request to the daemon. */
export interface Message {
  readonly method: 'GET' | 'POST';
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The answer may take as long as it likes, because it waits for programs. */
  readonly patient?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * What makes a request one for a WebSocket (RFC 6455, section 4.1). The key is to show that the answer is none that a cache
 * kept, and there is none here; that it is a daemon which answers is known by the version in its headers.
 */
const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGFza21hc3RlcmN0bC4uLg==',
} as const;

/** Longest time until a reply begins, in milliseconds: a daemon that is alive answers within a few. */
const ANSWER_WITHIN = 10_000;

/**
 * The way to one daemon: HTTP/1.1 over the first UNIX socket of its address that answers. Every request has a socket of
 * its own, since a kept one may be closed by the daemon just as the next request goes out.
 */
export class Connection {
  private readonly address: Address;
  private readonly clock: Clock;
  /** The socket that answered, once one has. */
  private answered: string | undefined;

  constructor(address: Address, clock: Clock = realClock) {
    this.address = address;
    this.clock = clock;
  }

  /**
   * Sends a request and resolves once the reply's headers are there, whatever its status. Rejects with NoDaemonError when
   * there is nobody to answer, with WireError when the daemon is of another version, and as `signal` says when aborted.
   */
  async send(message: Message): Promise<IncomingMessage> {
    const answer = await this.ask(message);
    if (!('head' in answer)) return answer;
    answer.socket.destroy();
    throw lostDaemon(); // nobody asked for another protocol
  }

  /** Asks for a WebSocket. Resolves with the connection, or with the reply of a daemon that refuses; rejects as `send` does. */
  upgrade(message: Message): Promise<Upgraded | IncomingMessage> {
    return this.ask({ ...message, headers: { ...UPGRADE, ...message.headers } });
  }

  private async ask(message: Message): Promise<Upgraded | IncomingMessage> {
    message.signal?.throwIfAborted();
    const socket = await this.open();
    const [reply, upgraded] = await this.exchange(socket, message);
    const theirs = reply.headers[PROTOCOL_HEADER];
    if (typeof theirs === 'string' && isCompatible(PROTOCOL, theirs)) return upgraded ?? reply;
    reply.destroy();
    upgraded?.socket.destroy();
    if (typeof theirs === 'string') throw new WireError('protocol_mismatch', mismatchMessage(PROTOCOL, theirs));
    throw new NoDaemonError(`cannot talk to what listens on ${this.answered}: it is not a taskmaster daemon`);
  }

  private async open(): Promise<Socket> {
    const failures: Failure[] = [];
    for (const path of this.answered === undefined ? this.address.sockets : [this.answered]) {
      const attempt = distrust(path, this.address.owner) ?? (await tryConnect(path));
      if (!('code' in attempt)) {
        this.answered = path;
        return attempt;
      }
      failures.push(attempt);
    }
    const { unreachable } = await import('./unreachable.ts');
    throw unreachable(this.address, failures);
  }

  private exchange(socket: Socket, message: Message): Promise<[IncomingMessage, Upgraded?]> {
    const { method, path, headers, body, patient, signal } = message;
    return new Promise((resolve, reject) => {
      const outgoing = request({
        createConnection: () => socket,
        method,
        path,
        headers: { [PROTOCOL_HEADER]: PROTOCOL, ...headers },
        ...(signal && { signal }),
      });
      const silence =
        patient === true ? undefined : this.clock.after(ANSWER_WITHIN, () => outgoing.destroy(this.silent()));
      outgoing.once('response', reply => {
        silence?.[Symbol.dispose]();
        resolve([reply]);
      });
      outgoing.once('upgrade', (reply, upgraded, head) => {
        silence?.[Symbol.dispose]();
        resolve([reply, { socket: upgraded, head }]);
      });
      outgoing.on('error', error => {
        silence?.[Symbol.dispose]();
        reject(signal?.aborted || error instanceof NoDaemonError ? error : lostDaemon());
      });
      outgoing.end(body);
    });
  }

  private silent(): NoDaemonError {
    return new NoDaemonError(`the daemon does not answer on ${this.answered}: waited ${ANSWER_WITHIN / 1000} s`);
  }
}

/** The daemon closed the connection before it had answered in full. */
export function lostDaemon(): NoDaemonError {
  return new NoDaemonError('the daemon went away before it had answered');
}

/**
 * Why a socket that was found by rule is not to be connected to: its directory is not the user's alone, or not there. It
 * is not tried then even if it appears the next moment, for who knows whose it would be.
 */
function distrust(socket: string, owner: number | undefined): Failure | undefined {
  if (owner === undefined) return undefined;
  try {
    const problem = privateDirProblem(dirname(socket), owner);
    return problem === undefined ? undefined : { socket, code: 'ENOENT', problem };
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { socket, code: error.code }; // a directory above it is closed to us: connect(2) would say the same
    }
    throw error;
  }
}

function tryConnect(path: string): Promise<Socket | Failure> {
  return new Promise(resolve => {
    const socket = connect(path);
    const fail = (error: NodeJS.ErrnoException): void => resolve({ socket: path, code: error.code ?? error.message });
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
