// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { echoing } from '../scripts.mjs';
import { quantile } from '../stats.mjs';
import { Terminal } from '../terminal.mjs';
import { typeInTurns } from '../typing.mjs';

/** @import {Case} from '../case.mjs' */

const [KEYS, QUICK_KEYS] = [2000, 400];
const WARM_UP = 200;

/** A client has set its terminal and drawn its first screen by then. */
const SETTLE_MS = 2000;

/**
 * From a key to its echo by the program, through each one's client, while nothing else happens.
 * @type {Case}
 */
export const echo = {
  name: 'echo',
  about: 'keystroke echo through `attach`, nothing else going on',
  peers: ['bare pty', 'node relay', 'dtach', 'tmux', 'screen'],
  async run({ lab, consoles, isQuick }) {
    const typists = [];
    const held = [];
    for (const console of consoles) {
      const tag = `echo-${held.length}`;
      const up = lab.reports.next(tag);
      const holding = await console.hold(lab, { echo: echoing(lab, tag) });
      held.push(holding);
      typists.push({ name: console.name, terminal: new Terminal(lab, holding.attach('echo')) });
      await up;
    }
    await wait(SETTLE_MS);
    const samples = await typeInTurns(typists, { keys: isQuick ? QUICK_KEYS : KEYS, warmUp: WARM_UP });
    for (const { terminal } of typists) await terminal.close();
    for (const { stop } of held) await stop();
    const of = (/** @type {number} */ share) => samples.summary(values => quantile(values, share));
    return [
      { what: 'keystroke echo, median', unit: 'ms', figures: of(0.5), goal: { against: 'dtach', most: 3 } },
      { what: '  p90', unit: 'ms', figures: of(0.9) },
      { what: '  p99', unit: 'ms', figures: of(0.99) },
    ];
  },
};
