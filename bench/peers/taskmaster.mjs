// @ts-check
import { join } from 'node:path';
import { Control } from '../control.mjs';

/** @import {Peer, Load, Running} from '../peer.mjs' */
/** @import {Lab} from '../lab.mjs' */

/** @typedef {Running & {control: Control, ctl: readonly string[]}} RunningTaskmaster */

/** Taskmaster itself, from a built `dist`. @implements {Peer} */
export class Taskmaster {
  name = 'taskmaster';
  install = 'npm run build';
  isInstalled = true;

  /** @param {string} dist the directory of the built sources */
  constructor(dist) {
    this.dist = dist;
  }

  /**
   * @param {Lab} lab
   * @param {Load} load
   * @returns {Promise<RunningTaskmaster>}
   */
  async start(lab, { argv, count }) {
    return this.startConfig(lab, { programs: { p: { cmd: argv, numprocs: count } } });
  }

  /**
   * Starts a daemon of this config, whose programs may be anything. Does not wait until it answers.
   * @param {Lab} lab
   * @param {{programs: Record<string, object>}} config JSON, which is YAML
   * @param {Record<string, string>} [env]
   * @returns {RunningTaskmaster}
   */
  startConfig(lab, config, env) {
    const place = lab.place('taskmaster');
    const path = join(place, 'socket');
    const daemon = { socket: { path }, log: { file: join(place, 'log') } };
    const file = join(place, 'taskmaster.yaml');
    lab.write(file.slice(lab.directory.length), JSON.stringify({ daemon, ...config }));
    const started = lab.start([process.execPath, join(this.dist, 'bin/taskmasterd.js'), '-c', file, ...AS_ROOT], env);
    const control = new Control(path);
    return {
      pid: started.pid,
      control,
      ctl: [process.execPath, join(this.dist, 'bin/taskmasterctl.js'), '-c', file],
      stop: async () => {
        control.close();
        await started.end('SIGTERM');
      },
    };
  }
}

/** The daemon wants it said that programs may run as root. */
const AS_ROOT = process.geteuid?.() === 0 ? ['--allow-root'] : [];
