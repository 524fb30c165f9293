// @ts-check
import { join } from 'node:path';
import { Control } from '../control.mjs';

/** @import {Peer, Load, Running} from '../peer.mjs' */
/** @import {Lab} from '../lab.mjs' */

/** @typedef {{programs: Record<string, object>}} Programs a config as JSON, which is YAML */

/**
 * @typedef {Running & {control: Control, ctl: readonly string[], write: (config: Programs) => void}} RunningTaskmaster
 * `write` puts another config into its file, and tells nobody
 */

/** @param {Load} load @returns {Programs} */
const configFor = ({ argv, count, log }) => {
  const stdout = log && { file: log.path, maxsize: log.maxBytes, backups: log.backups };
  return { programs: { p: { cmd: argv, numprocs: count, ...(stdout && { stdout }) } } };
};

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
  async start(lab, load) {
    return this.startConfig(lab, configFor(load));
  }

  /**
   * Starts a daemon of this config, whose programs may be anything. Does not wait until it answers.
   * @param {Lab} lab
   * @param {Programs} config
   * @param {Record<string, string>} [env]
   * @returns {RunningTaskmaster}
   */
  startConfig(lab, config, env) {
    const place = lab.place('taskmaster');
    const path = join(place, 'socket');
    const daemon = { socket: { path }, log: { file: join(place, 'log') } };
    const file = join(place, 'taskmaster.yaml');
    const write = (/** @type {Programs} */ next) =>
      void lab.write(file.slice(lab.directory.length), JSON.stringify({ daemon, ...next }));
    const ctl = [process.execPath, join(this.dist, 'bin/taskmasterctl.js'), '-c', file];
    const again = () => {
      const started = lab.start([process.execPath, join(this.dist, 'bin/taskmasterd.js'), '-c', file, ...AS_ROOT], env);
      const control = new Control(path);
      const end = async (/** @type {NodeJS.Signals} */ signal) => {
        control.close();
        await started.end(signal);
      };
      return {
        pid: started.pid,
        control,
        ctl,
        write,
        stop: () => end('SIGTERM'),
        config: {
          write: (/** @type {Load} */ load) => write(configFor(load)),
          apply: [...ctl, 'reload'],
          kill: () => end('SIGKILL'),
          again: async () => again(),
        },
      };
    };
    write(config);
    return again();
  }
}

/** The daemon wants it said that programs may run as root. */
const AS_ROOT = process.geteuid?.() === 0 ? ['--allow-root'] : [];
