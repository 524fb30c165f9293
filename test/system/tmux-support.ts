/** A terminal as people have it: the built client in a window of a private tmux, which is typed to and looked at. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Size } from '../../src/client/attach/size.ts';
import type { Bench } from '../support/built.ts';
import { onCleanup } from '../support/world.ts';

const run = promisify(execFile);

/** Nothing of the machine's own configuration, no line of tmux's own, and colours as a modern terminal has them. */
const CONFIG = ['set -g status off', 'set -g default-terminal tmux-256color', 'set -g escape-time 0'];

/** One window in which a command runs. It is gone after the test, the command with it. */
export class TmuxWindow {
  private readonly socket: string;
  private readonly env: NodeJS.ProcessEnv;

  private constructor({ dir, env }: Bench) {
    this.socket = join(dir, 'tmux.sock');
    this.env = { ...env, LANG: 'C.UTF-8', TERM: 'xterm-256color' };
  }

  static async open(bench: Bench, { cols, rows }: Size, command: readonly string[]): Promise<TmuxWindow> {
    const window = new TmuxWindow(bench);
    const size = ['-x', String(cols), '-y', String(rows)];
    // A shell waits behind the command, so that what it leaves on the screen can be looked at.
    const script = `"$@"; echo "left with $?"; exec cat`;
    const start = ['new-session', '-d', ...size, '--', 'sh', '-c', script, 'sh', ...command];
    onCleanup(() => window.tmux('kill-server').then(() => {}));
    await window.tmux(...CONFIG.flatMap(line => [...line.split(' '), ';']), ...start);
    return window;
  }

  /** Keys by tmux's names (`Enter`, `C-b`, `Escape`); anything else is typed. */
  async keys(...keys: readonly string[]): Promise<void> {
    await this.tmux('send-keys', ...keys);
  }

  async resize({ cols, rows }: Size): Promise<void> {
    await this.tmux('resize-window', '-x', String(cols), '-y', String(rows));
  }

  /** What it shows: a line a row. */
  async shows(): Promise<string> {
    return await this.tmux('capture-pane', '-p');
  }

  /** The same with colours, as SGR sequences. */
  async showsInColour(): Promise<string> {
    return await this.tmux('capture-pane', '-p', '-e');
  }

  /** Resolves with what it shows once that is so. */
  async until(isSo: (shown: string) => boolean): Promise<string> {
    let shown: string;
    do shown = await this.shows();
    while (!isSo(shown));
    return shown;
  }

  private async tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-S', this.socket, '-f', '/dev/null', ...args], { env: this.env });
    return stdout;
  }
}
