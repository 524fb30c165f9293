// @ts-check
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findExecutable } from '../executables.mjs';

/** @import {Peer, Load, Running} from '../peer.mjs' */
/** @import {Lab} from '../lab.mjs' */

/** It lists what it has started, some hundred bytes a program. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/** @implements {Peer} */
export class Pm2 {
  name = 'pm2';
  install = 'npm install -g pm2';
  executable = findExecutable('pm2');
  isInstalled = this.executable !== undefined;

  /** Resolves when `pm2 start` returns: its daemon puts itself in the background. @param {Lab} lab @param {Load} load @returns {Promise<Running>} */
  async start(lab, { argv: [script, ...args], count }) {
    const home = lab.place(this.name);
    const apps = Array.from({ length: count }, (_, number) => ({
      name: `p_${number}`,
      script,
      args,
      interpreter: 'none',
      out_file: '/dev/null',
      error_file: '/dev/null',
    }));
    lab.write(join(home, 'ecosystem.config.json').slice(lab.directory.length), JSON.stringify({ apps }));
    const env = { ...lab.env, PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: 'true' };
    const run = (/** @type {string[]} */ ...words) =>
      promisify(execFile)(this.executable ?? '', [...words, '--silent'], { env, maxBuffer: MAX_OUTPUT });
    await run('start', join(home, 'ecosystem.config.json'));
    return {
      pid: Number(readFileSync(join(home, 'pm2.pid'), 'latin1')),
      stop: async () => void (await run('kill')),
    };
  }
}
