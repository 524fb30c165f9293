// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { writtenBytes } from '../procfs.mjs';
import { echoing, flooding, logFlood, redraw } from '../scripts.mjs';
import { quantile } from '../stats.mjs';
import { COLS, ROWS, Terminal } from '../terminal.mjs';
import { typeInTurns } from '../typing.mjs';

/** @import {Case} from '../case.mjs' */
/** @import {Row} from '../row.mjs' */

const [KEYS, QUICK_KEYS] = [2000, 300];
const WARM_UP = 200;

/** A client has set its terminal and drawn its first screen by then. */
const SETTLE_MS = 2000;

/** From when the neighbour is let go until it is in full flood. */
const FLOODED_MS = 100;

const FLOODS = [
  { what: 'log lines', text: logFlood() },
  { what: 'short lines (`yes`)', text: 'y' },
  { what: 'coloured full-screen redraws', text: redraw({ cols: COLS, rows: ROWS }) },
];

/**
 * The same as `echo`, while a neighbour that nobody looks at prints without end: in Taskmaster's daemon and in the servers
 * of tmux and screen another of their programs, with dtach, which has one server a program, another one's. Only the
 * neighbour of the one that is being measured prints.
 * @type {Case}
 */
export const floodecho = {
  name: 'floodecho',
  about: 'keystroke echo while a neighbour prints without end',
  peers: ['node relay', 'dtach', 'tmux', 'screen'],
  async run({ lab, consoles, isQuick, say }) {
    /** @type {Row[]} */
    const rows = [];
    for (const [number, { what, text }] of FLOODS.entries()) {
      const typists = [];
      const held = [];
      for (const console of consoles) {
        const tag = `${number}-${held.length}`;
        const up = Promise.all([lab.reports.next(`echo-${tag}`), lab.reports.next(`flood-${tag}`)]);
        const holding = await console.hold(lab, {
          echo: echoing(lab, `echo-${tag}`),
          flood: flooding(lab, `flood-${tag}`, text),
        });
        const terminal = new Terminal(lab, holding.attach('echo'));
        const [, { pid }] = await up;
        process.kill(pid, 'SIGSTOP');
        const neighbour = new Neighbour(pid);
        held.push({ ...holding, name: console.name, neighbour });
        typists.push({
          name: console.name,
          terminal,
          begin: () => neighbour.begin(),
          end: () => neighbour.end(),
        });
      }
      await wait(SETTLE_MS);
      const samples = await typeInTurns(typists, { keys: isQuick ? QUICK_KEYS : KEYS, warmUp: WARM_UP });
      for (const { terminal } of typists) await terminal.close();
      for (const { stop, neighbour } of held) {
        process.kill(neighbour.pid, 'SIGKILL');
        await stop();
      }
      say(`${what}: ${held.map(({ name, neighbour }) => `${name} ${neighbour.speed.toFixed(0)} MB/s`).join(', ')}`);
      const of = (/** @type {number} */ share) => samples.summary(values => quantile(values, share));
      rows.push(
        { what: `echo beside ${what}, p90`, unit: 'ms', figures: of(0.9), goal: { against: 'tmux', most: 1.5 } },
        { what: '  median', unit: 'ms', figures: of(0.5) },
        { what: '  p99', unit: 'ms', figures: of(0.99) },
      );
    }
    return rows;
  },
};

/** The one that prints, while it is let. */
class Neighbour {
  /** @param {number} pid */
  constructor(pid) {
    this.pid = pid;
    this.bytes = 0;
    this.ms = 0;
    this.from = { bytes: 0, at: 0 };
  }

  async begin() {
    process.kill(this.pid, 'SIGCONT');
    await wait(FLOODED_MS);
    this.from = { bytes: writtenBytes(this.pid), at: performance.now() };
  }

  end() {
    this.bytes += writtenBytes(this.pid) - this.from.bytes;
    this.ms += performance.now() - this.from.at;
    process.kill(this.pid, 'SIGSTOP');
  }

  /** MB a second, while it was let. */
  get speed() {
    return this.bytes / 1000 / this.ms;
  }
}
