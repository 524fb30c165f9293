// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cpuShare, residentKb } from '../procfs.mjs';
import { SUBJECT } from '../row.mjs';
import { deaf, echoing, logText, slowReader } from '../scripts.mjs';
import { quantile, Samples } from '../stats.mjs';
import { Terminal } from '../terminal.mjs';
import { typeKeys, typeUntil } from '../typing.mjs';

/** @import {Bench, Case} from '../case.mjs' */
/** @import {Console} from '../console.mjs' */
/** @import {Row} from '../row.mjs' */

const [PASTED_MB, QUICK_PASTED_MB] = [10, 2];

/** A client has set its terminal, and the program its own. */
const SETTLE_MS = 2000;

/** From the beginning of a paste into nowhere until all who take a part of it have taken it. */
const STUCK_MS = 3000;

const [LOOK_MS, QUICK_LOOK_MS] = [5000, 2000];
const [KEYS, QUICK_KEYS] = [1000, 200];

/** What a program that asks for it is given around a paste. */
const [BEGIN, END] = ['\x1b[200~', '\x1b[201~'];

/** The paste is not abandoned if that takes longer. */
const LEAVE_MS = 10_000;
const STAYED = Symbol('stayed');

/**
 * A paste of 10 MB through each one's client: to a program that takes 64 KB every 10 ms, of which nothing may be lost, and
 * to one that reads nothing, which may cost next to nothing.
 * @type {Case}
 */
export const paste = {
  name: 'paste',
  about: '10 MB pasted to a program that reads slowly, and to one that does not',
  peers: ['dtach', 'tmux', 'screen'],
  async run(bench) {
    const all = {
      lost: new Samples(),
      s: new Samples(),
      echo: new Samples(),
      grown: new Samples(),
      cpu: new Samples(),
      clientCpu: new Samples(),
      leave: new Samples(),
      rest: new Samples(),
      stuckEcho: new Samples(),
      stuckGrown: new Samples(),
    };
    for (const console of bench.consoles) {
      await pasteToSlow(bench, { console, samples: all });
      await pasteToDeaf(bench, { console, samples: all });
    }
    const of = (/** @type {keyof typeof all} */ name) => all[name].summary();
    const what = `${bench.isQuick ? QUICK_PASTED_MB : PASTED_MB} MB pasted to`;
    const rest = { 'at rest': of('rest').taskmaster ?? Number.NaN };
    return [
      { what: `${what} a slow reader: bytes lost`, unit: 'count', figures: of('lost'), goal: { most: 0 } },
      { what: '  until it has read all', unit: 's', figures: of('s') },
      { what: '  memory of the daemon grown, most', unit: 'MB', figures: of('grown') },
      { what: '  echo of a neighbour meanwhile, p90', unit: 'ms', figures: { ...of('echo'), ...rest } },
      { what: `${what} one that never reads: CPU`, unit: '%', figures: of('cpu'), goal: { most: 0.5 } },
      { what: '  CPU of the client', unit: '%', figures: of('clientCpu') },
      { what: '  memory of the daemon grown', unit: 'MB', figures: of('stuckGrown') },
      { what: '  echo of a neighbour meanwhile, p90', unit: 'ms', figures: { ...of('stuckEcho'), ...rest } },
      { what: '  until its keys have detached it', unit: 'ms', figures: of('leave') },
    ];
  },
};

/** @typedef {Record<'lost' | 's' | 'echo' | 'grown' | 'cpu' | 'clientCpu' | 'leave' | 'rest' | 'stuckEcho' | 'stuckGrown', Samples>} Figures */

/** @param {Bench} bench @param {{console: Console, samples: Figures}} options */
async function pasteToSlow({ lab, isQuick, say }, { console, samples }) {
  const bytes = Buffer.from(BEGIN + text(isQuick ? QUICK_PASTED_MB : PASTED_MB) + END);
  const tag = `slow-${console.name}`;
  const result = join(lab.directory, `${tag}.result`);
  const up = Promise.all([lab.reports.next(tag), lab.reports.next(`${tag}-echo`)]);
  const held = await console.hold(lab, {
    slow: slowReader(lab, tag, { bytes: bytes.length, result }),
    echo: echoing(lab, `${tag}-echo`),
  });
  await up;
  const terminal = new Terminal(lab, held.attach('slow'));
  const neighbour = new Terminal(lab, held.attach('echo'));
  await wait(SETTLE_MS);
  const server = held.server('slow');
  samples.rest.add(console.name, quantile(await typeKeys(neighbour, isQuick ? QUICK_KEYS : KEYS), 0.9));
  const over = new AbortController();
  const typed = typeUntil(neighbour, over.signal);
  const grown = server && mostGrown(server, over.signal);
  const read = lab.reports.next(`${tag}-done`);
  const began = performance.now();
  const pasted = terminal.paste(bytes, over.signal);
  await read;
  over.abort();
  await pasted;
  const { length, sum, at } = JSON.parse(readFileSync(result, 'utf8'));
  const isWhole = sum === createHash('sha256').update(bytes).digest('hex');
  say(`${console.name}: ${length} of ${bytes.length} bytes, ${isWhole ? 'the same' : 'NOT the same'}`);
  samples.lost.add(console.name, isWhole ? 0 : Math.max(1, bytes.length - length));
  samples.s.add(console.name, (at - performance.timeOrigin - began) / 1000);
  samples.echo.add(console.name, quantile(await typed, 0.9));
  if (grown !== undefined) samples.grown.add(console.name, (await grown) / 1024);
  await terminal.close();
  await neighbour.close();
  await held.stop();
}

/** @param {Bench} bench @param {{console: Console, samples: Figures}} options */
async function pasteToDeaf({ lab, isQuick, say }, { console, samples }) {
  const tag = `deaf-${console.name}`;
  const up = Promise.all([lab.reports.next(tag), lab.reports.next(`${tag}-echo`)]);
  const held = await console.hold(lab, { deaf: deaf(lab, tag), echo: echoing(lab, `${tag}-echo`) });
  await up;
  const terminal = new Terminal(lab, held.attach('deaf'));
  const neighbour = new Terminal(lab, held.attach('echo'));
  await wait(SETTLE_MS);
  const server = held.server('deaf');
  if (server === undefined) throw new Error(`${console.name} has no server`);
  const before = residentKb(server);
  const bytes = Buffer.from(text(isQuick ? QUICK_PASTED_MB : PASTED_MB));
  const over = new AbortController();
  const pasted = terminal.paste(bytes, over.signal);
  await wait(STUCK_MS);
  const look = isQuick ? QUICK_LOOK_MS : LOOK_MS;
  const [cpu, clientCpu] = await Promise.all([cpuShare(server, look), cpuShare(terminal.pid, look)]);
  samples.cpu.add(console.name, cpu);
  samples.clientCpu.add(console.name, clientCpu);
  try {
    samples.stuckEcho.add(console.name, quantile(await typeKeys(neighbour, isQuick ? QUICK_KEYS : KEYS), 0.9));
  } catch (error) {
    if (console.name === SUBJECT) throw error;
    say(`${console.name}: its other programs are stuck too`); // screen is, at times
  }
  samples.stuckGrown.add(console.name, (residentKb(server) - before) / 1024);
  // A terminal sends the rest of a paste before what is typed after it.
  const left = await leave(terminal, { pasted, keys: console.leave });
  if (left !== undefined) samples.leave.add(console.name, left);
  else {
    const began = performance.now();
    over.abort();
    const outcome = await Promise.race([terminal.ended, wait(LEAVE_MS, STAYED, { ref: false })]);
    const whether = outcome === STAYED ? 'nor' : `but does ${(performance.now() - began).toFixed(0)} ms after`;
    say(
      `${console.name}: its keys do not detach it in ${LEAVE_MS / 1000} s, ${whether} when the terminal drops the rest`,
    );
  }
  over.abort();
  say(`${console.name}: ${((await pasted) / 1e6).toFixed(1)} MB taken for a program that does not read`);
  await terminal.close();
  await neighbour.close();
  await held.stop();
}

/**
 * Presses the keys that leave, behind all of a paste. Resolves with the milliseconds that took, undefined when it did not.
 * @param {Terminal} terminal
 * @param {{pasted: Promise<unknown>, keys: string}} options
 */
async function leave(terminal, { pasted, keys }) {
  const began = performance.now();
  void pasted.then(() => terminal.paste(Buffer.from(keys), AbortSignal.timeout(LEAVE_MS)));
  const outcome = await Promise.race([terminal.ended, wait(LEAVE_MS, STAYED, { ref: false })]);
  return outcome === STAYED ? undefined : performance.now() - began;
}

/** Lines as a terminal pastes them. @param {number} mb */
function text(mb) {
  return logText(mb * 1e6).replaceAll('\n', '\r');
}

const LOOK_EVERY_MS = 50;

/** In KB. @param {number} pid @param {AbortSignal} until */
async function mostGrown(pid, until) {
  const before = residentKb(pid);
  let most = before;
  while (!until.aborted) {
    await wait(LOOK_EVERY_MS);
    most = Math.max(most, residentKb(pid));
  }
  return most - before;
}
