import { existsSync, lstatSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Address, NoDaemonError } from './address.ts';

/** Why one socket could not be connected to. */
export interface Failure {
  readonly socket: string;
  /** An errno such as `ENOENT`. */
  readonly code: string;
  /** What forbids to trust its directory, or that there is none: it was not tried. */
  readonly problem?: string;
}

/** Says in one sentence why no socket of this address answers, and what to do about it. */
export function unreachable(address: Address, failures: readonly Failure[]): NoDaemonError {
  const { config } = address;
  const daemon = config === undefined ? 'the daemon' : `the daemon of ${config}`;
  const reason = reasonFor(address, failures);
  return reason === ''
    ? new NoDaemonError(`cannot reach ${daemon}`)
    : new NoDaemonError(`cannot reach ${daemon}: ${reason}`, reason);
}

function reasonFor({ config, owner }: Address, failures: readonly Failure[]): string {
  const start = config === undefined ? '' : `; start it with: taskmasterd -c ${config}`;
  const untrusted = failures.filter(({ socket, problem }) => problem !== undefined && statsOf(dirname(socket)));
  const warning = untrusted.map(failure => `; ${describeUntrusted(failure, owner)}`).join('');
  const [denied, dead, other] = [
    failures.find(({ code }) => code === 'EACCES' || code === 'EPERM'),
    failures.find(({ code }) => code === 'ECONNREFUSED'),
    failures.find(({ code }) => code !== 'ENOENT' && code !== 'ENOTDIR'),
  ];
  if (denied !== undefined) {
    return `permission denied on ${denied.socket}${ownerAdvice(denied.socket)}${warning}`;
  }
  if (dead !== undefined) {
    return `it died and left ${dead.socket} behind${warning}${start}`;
  }
  if (other !== undefined) return `${other.code} on ${other.socket}${warning}`;
  if (config !== undefined && !existsSync(config)) return 'there is no such file';
  const tried = failures.filter(failure => !untrusted.includes(failure)).map(({ socket }) => socket);
  if (tried.length === 0) return warning.replace('; ', '');
  return `nothing listens on ${tried.join(' or ')}${warning}${start}`;
}

function describeUntrusted({ socket, problem }: Failure, owner: number | undefined): string {
  const foreign = statsOf(dirname(socket))?.uid !== owner;
  const advice = `${foreign ? 'run as that user, or ' : ''}use -s ${socket} if you trust it`;
  return `${dirname(socket)} ${problem}, so nobody there was asked (${advice})`;
}

/** What there is of this name, itself and not what it links to. */
function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // a path through a file, or one that is hidden from us: nothing that could be told about
  }
}

/** The owner is that of the socket, or of its directory when that hides it. */
function ownerAdvice(socket: string): string {
  for (const path of [socket, dirname(socket)]) {
    try {
      return `; it belongs to uid ${statSync(path).uid}: run as that user or set daemon.socket.mode`;
    } catch {
      // The same permission may hide the path from us: its directory may still tell, and if not, there is no owner to name.
    }
  }
  return '';
}
