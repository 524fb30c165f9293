/** The `daemon:` section as the daemon takes it. */
import { dirname, resolve } from 'node:path';
import type { DaemonSpec } from '../core/program.ts';
import type { ScalarNode } from './node.ts';
import { checkSocketPath, type Environment } from './paths.ts';
import type { Report } from './report.ts';
import { type DaemonFields, ROWS } from './schema.ts';
import { expandNode, scopeOf } from './scope.ts';
import { settle } from './table.ts';

export interface DaemonOptions {
  readonly env: Environment;
  readonly hostname: string;
  readonly report: Report;
}

/** The daemon of a config, with defaults for what `fields` leave out. */
export function daemonOf(fields: DaemonFields, options: DaemonOptions): DaemonSpec {
  const { socket, log, shutdowntimeout, detachkeys } = settle(ROWS.DAEMON, fields);
  const path = (node: ScalarNode | undefined): string | undefined => pathOf(node, options);
  const socketMap = settle(ROWS.SOCKET, socket?.kind === 'map' ? socket.fields : {});
  const socketNode = socket?.kind === 'text' ? socket.node : socketMap.path;
  const socketPath = path(socketNode);
  if (socketNode !== undefined && socketPath !== undefined) checkSocket(socketNode, socketPath, options.report);
  const { file, ...rest } = settle(ROWS.DAEMON_LOG, log?.kind === 'map' ? log.fields : {});
  return {
    socket: { path: socketPath, mode: socketMap.mode },
    log: { file: path(log?.kind === 'text' ? log.node : file), ...rest },
    shutdowntimeout,
    detachkeys,
  };
}

function pathOf(node: ScalarNode | undefined, { env, hostname, report }: DaemonOptions): string | undefined {
  if (node === undefined) return undefined;
  const here = dirname(node.place.source.file);
  const path = expandNode(node, scopeOf({ here, host: hostname }, env), report);
  if (path === '') report.error(node.place, 'a path cannot be empty');
  return path === undefined ? undefined : resolve(here, path);
}

function checkSocket(node: ScalarNode, path: string, report: Report): void {
  try {
    checkSocketPath(path);
  } catch (error) {
    // It throws for nothing but the length.
    report.error(node.place, error instanceof Error ? error.message : String(error));
  }
}
