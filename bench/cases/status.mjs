// @ts-check
import { spawnSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { SLEEP } from '../lab.mjs';
import { alternate, Samples } from '../stats.mjs';

/** @import {Case} from '../case.mjs' */

const COUNT = 10;

/** Every program is RUNNING by then, or `status` says so by its exit code. */
const SETTLE_MS = 2500;

const [ROUNDS, QUICK_ROUNDS] = [40, 6];

/**
 * The whole command as a person waits for it, beside the start of a Node that does nothing.
 * @type {Case}
 */
export const status = {
  name: 'status',
  about: '`status` of 10 programs, beside bare node',
  peers: ['supervisord'],
  async run({ lab, taskmaster, peers, isQuick }) {
    const ours = await taskmaster.start(lab, { argv: SLEEP, count: COUNT });
    const commands = [
      { name: 'bare node', command: [process.execPath, '-e', '0'] },
      { name: 'taskmaster', command: [...ours.ctl, 'status'] },
    ];
    const others = [];
    for (const peer of peers) {
      const running = await peer.start(lab, { argv: SLEEP, count: COUNT });
      others.push(running);
      if (running.ctl) commands.push({ name: peer.name, command: [...running.ctl, 'status'] });
    }
    await wait(SETTLE_MS);
    const samples = new Samples();
    for (const { name, command } of alternate(commands, isQuick ? QUICK_ROUNDS : ROUNDS)) {
      const [file = '', ...args] = command;
      const began = performance.now();
      const { status: code, stderr } = spawnSync(file, args, { env: lab.env });
      samples.add(name, performance.now() - began);
      if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr}`);
    }
    for (const { stop } of [ours, ...others]) await stop();
    return [
      {
        what: '`status` of 10 programs',
        unit: 'ms',
        figures: samples.summary(),
        goal: { against: 'bare node', most: 1.5 },
      },
    ];
  },
};
