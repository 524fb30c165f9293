import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Address } from './address.ts';

/** Why one socket could not be connected to: an errno such as `ENOENT`. */
export interface Failure {
  readonly socket: string;
  readonly code: string;
}

/** Says in one sentence why no socket of this address answers, and what to do about it. */
export function describeUnreachable(address: Address, failures: readonly Failure[]): string {
  const { config } = address;
  const daemon = config === undefined ? 'the daemon' : `the daemon of ${config}`;
  const start = config === undefined ? '' : `; start it with: taskmasterd -c ${config}`;
  const [denied, dead, other] = [
    failures.find(({ code }) => code === 'EACCES' || code === 'EPERM'),
    failures.find(({ code }) => code === 'ECONNREFUSED'),
    failures.find(({ code }) => code !== 'ENOENT' && code !== 'ENOTDIR'),
  ];
  if (denied !== undefined) {
    return `cannot reach ${daemon}: permission denied on ${denied.socket}${ownerAdvice(denied.socket)}`;
  }
  if (dead !== undefined) {
    return `cannot reach ${daemon}: it died and left ${dead.socket} behind${start}`;
  }
  if (other !== undefined) return `cannot reach ${daemon}: ${other.code} on ${other.socket}`;
  if (config !== undefined && !existsSync(config)) return `cannot reach ${daemon}: there is no such file`;
  return `cannot reach ${daemon}: nothing listens on ${address.sockets.join(' or ')}${start}`;
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
