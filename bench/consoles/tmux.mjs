// @ts-check
import { join } from 'node:path';
import { findExecutable } from '../executables.mjs';
import { COLS, ROWS } from '../terminal.mjs';

/** @import {Console, Held, Programs} from '../console.mjs' */
/** @import {Lab} from '../lab.mjs' */

/** Without its status line, so that a program has the whole terminal as everywhere else. */
const CONFIG = 'set -g status off\n';

/** One server; a session for each program. @implements {Console} */
export class Tmux {
  name = 'tmux';
  leave = '\x02d'; // Ctrl-B d
  install = 'apt-get install tmux';
  executable = findExecutable('tmux') ?? '';
  isInstalled = this.executable !== '';

  /** @param {Lab} lab @param {Programs} programs @returns {Promise<Held>} */
  async hold(lab, programs) {
    const place = lab.place(this.name);
    const socket = join(place, 'socket');
    const config = lab.write(join(place, 'tmux.conf').slice(lab.directory.length), CONFIG);
    const tmux = [this.executable, '-S', socket, '-f', config];
    const size = ['-x', String(COLS), '-y', String(ROWS)];
    for (const [name, words] of Object.entries(programs))
      await lab.run([...tmux, 'new-session', '-d', ...size, '-s', name, ...words]);
    const pid = Number(await lab.ask([...tmux, 'display-message', '-p', '#{pid}']));
    return {
      attach: name => [...tmux, 'attach', '-t', name],
      server: () => pid,
      stop: async () => void (await lab.run([...tmux, 'kill-server'])),
    };
  }
}
