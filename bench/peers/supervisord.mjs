// @ts-check
import { join } from 'node:path';
import { findExecutable } from '../executables.mjs';

/** @import {Peer, Load, Running} from '../peer.mjs' */
/** @import {Lab} from '../lab.mjs' */

/**
 * Files that supervisord keeps open: three pipes a program, and its own. No more than it needs, as every child of its
 * closes so many one by one before it runs.
 */
const FILES_EACH = 3;
const FILES_OWN = 100;

/** One program of many processes, which it starts and stops all at once; of many programs it stops one after the other. */
const config = (/** @type {string} */ place, /** @type {Load} */ { argv, count, log }) => `
[supervisord]
nodaemon=true
${process.geteuid?.() === 0 ? 'user=root' : ''}
minfds=${FILES_EACH * count + FILES_OWN}
logfile=${place}/log
pidfile=${place}/pid
childlogdir=${place}
[unix_http_server]
file=${place}/socket
[supervisorctl]
serverurl=unix://${place}/socket
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:p]
command=${argv.join(' ')}
numprocs=${count}
process_name=p_%(process_num)04d
autorestart=true
stdout_logfile=${log?.path ?? 'NONE'}
stdout_logfile_maxbytes=${log?.maxBytes ?? 0}
stdout_logfile_backups=${log?.backups ?? 0}
stderr_logfile=NONE
`;

/** @implements {Peer} */
export class Supervisord {
  name = 'supervisord';
  install = 'apt-get install supervisor';
  executable = findExecutable('supervisord');
  isInstalled = this.executable !== undefined;

  /** @param {Lab} lab @param {Load} load @returns {Promise<Running>} */
  async start(lab, load) {
    const place = lab.place(this.name);
    const file = join(place, 'supervisord.conf');
    const write = (/** @type {Load} */ next) => void lab.write(file.slice(lab.directory.length), config(place, next));
    write(load);
    const ctl = [findExecutable('supervisorctl') ?? '', '-c', file];
    const again = async () => {
      const daemon = lab.start([this.executable ?? '', '-c', file]);
      return {
        pid: daemon.pid,
        ctl,
        stop: () => daemon.end('SIGTERM'),
        config: { write, apply: [...ctl, 'update'], kill: () => daemon.end('SIGKILL'), again },
      };
    };
    return again();
  }
}
