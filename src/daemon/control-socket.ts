import { chmodSync, lstatSync, readlinkSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { request, type Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { Clock } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { enterTakeover } from './takeover.ts';

/** The socket is made private and only then opened up, if asked. */
const PRIVATE_UMASK = 0o177;

/** How long a daemon that listens may take to say who it is. */
const ANSWER_TIMEOUT_MS = 2_000;

/** A daemon of this config runs already. */
export class SocketInUse extends Error {}

export interface SocketOptions {
  readonly path: string;
  /** Mode bits of the socket, 0600 unless the config opens it up. */
  readonly mode: number;
  /** Where clients look; differs from `path` when the config names another place, and is then a link to it. */
  readonly knownAs: string;
  readonly clock: Clock;
  /** What is to be done once it is known that no daemon listens, before this one does. Its error is thrown on. */
  readonly prepare: () => Promise<void>;
}

/**
 * Makes `server` listen on the control socket, taking it over from a daemon that died. Throws `SocketInUse` naming the
 * pid when one lives, and `enterTakeover`'s error when another is starting and does not get on.
 */
export async function listen(server: Server, { path, mode, knownAs, clock, prepare }: SocketOptions): Promise<void> {
  using _ = await enterTakeover(knownAs, clock);
  await refuseWhenAlive(knownAs);
  await refuseWhenAlive(path);
  await prepare();
  removeDead(path);
  await bind(server, path);
  chmodSync(path, mode);
  if (knownAs !== path) {
    removeDead(knownAs);
    symlinkSync(path, knownAs);
  }
}

/** Removes the link to the socket. The socket itself goes when the server closes. */
export function forgetSocket({ path, knownAs }: Pick<SocketOptions, 'path' | 'knownAs'>): void {
  if (knownAs === path) return;
  try {
    if (readlinkSync(knownAs) === path) rmSync(knownAs);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EINVAL')) throw error; // gone, or no link of ours any more
  }
}

async function refuseWhenAlive(path: string): Promise<void> {
  if (!(await isAlive(path))) return;
  const pid = await askPid(path);
  const who = pid === undefined ? 'a daemon that does not answer' : `taskmasterd (pid ${pid})`;
  throw new SocketInUse(`cannot start: ${who} runs already and listens on ${path}`);
}

/** Whether somebody accepts connections there. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', error => {
      // Refused: its daemon died. A full backlog (EAGAIN) is a sign of life. No socket at all is told by removeDead.
      if (isErrno(error, 'ECONNREFUSED', 'ENOENT', 'ENOTSOCK', 'ENOTDIR')) resolve(false);
      else if (isErrno(error, 'EAGAIN')) resolve(true);
      else reject(new Error(`cannot look at the socket ${path}: ${error.message}`));
    });
  });
}

/** Whose socket it is; undefined when whoever listens does not say. */
function askPid(socketPath: string): Promise<number | undefined> {
  return new Promise(resolve => {
    const asked = request({ socketPath, path: '/v1/daemon', timeout: ANSWER_TIMEOUT_MS }, response => {
      let text = '';
      response.on('data', chunk => {
        text += String(chunk);
      });
      response.on('close', () => {
        const pid = /"pid":(\d+)/.exec(text)?.[1];
        resolve(pid === undefined ? undefined : Number(pid));
      });
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined)); // it listens and does not speak: the caller says just that
    asked.end();
  });
}

function removeDead(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return;
  if (!stats.isSocket() && !stats.isSymbolicLink()) {
    throw new Error(`cannot use the socket path ${path}: a file is in the way that is no socket`);
  }
  rmSync(path);
}

function bind(server: Server, path: string): Promise<void> {
  const directory = dirname(path);
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`cannot make the socket ${path}: no such directory: ${directory}`);
  }
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(new Error(`cannot make the socket ${path}: ${error.message}`)));
    server.once('listening', resolve);
    // A UNIX socket is bound within the call, so that the umask is exact.
    const before = process.umask(PRIVATE_UMASK);
    try {
      server.listen(path);
    } finally {
      process.umask(before);
    }
  });
}
