// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { residentKb, writtenBytes } from '../procfs.mjs';
import { echoing, flooding, logFlood } from '../scripts.mjs';
import { quantile, Samples } from '../stats.mjs';
import { Terminal } from '../terminal.mjs';
import { typeKeys } from '../typing.mjs';

/** @import {Bench, Case} from '../case.mjs' */
/** @import {Console} from '../console.mjs' */
/** @import {Row} from '../row.mjs' */

const COUNT = 20;

const [LOOK_MS, QUICK_LOOK_MS] = [5000, 2000];
const [KEYS, QUICK_KEYS] = [1000, 100];

/** How often the daemon's memory is looked at: its peak is what counts. */
const LOOK_EVERY_MS = 100;

/** All clients have started and drawn their first screens. */
const SETTLE_MS = 5000;

/** What changed for the viewers has become of them; the flood goes on as it will. */
const TURN_MS = 1000;

const SLOW_LINE = { bytesPerSecond: 10_000 };

/**
 * What the viewers do, one after the other.
 * @type {readonly {what: string, viewers: readonly unknown[]}[]}
 */
const SCENES = [
  { what: '1 viewer reading', viewers: Array(1).fill('all') },
  { what: `${COUNT} viewers reading`, viewers: Array(COUNT).fill('all') },
  { what: `${COUNT} viewers stopped reading`, viewers: Array(COUNT).fill('none') },
  {
    what: `${COUNT - 3} reading, one on a slow line, one suspended, one killed`,
    viewers: ['SIGKILL', 'SIGSTOP', SLOW_LINE, ...Array(COUNT - 3).fill('all')],
  },
];

/**
 * Twenty viewers of one program that prints without end, among them such as do not keep up: the speed of the program, the
 * memory of the daemon, and whether one who types at a neighbour feels it. The clients themselves take what is left of the
 * processors, so that the speeds are to be read beside tmux's.
 * @type {Case}
 */
export const viewers = {
  name: 'viewers',
  about: '20 viewers on a program that prints without end, slow ones among them',
  peers: ['tmux'],
  async run(bench) {
    const empty = () => ({ speed: new Samples(), memory: new Samples(), echo: new Samples() });
    const scenes = [{ what: 'nobody looking', viewers: [] }, ...SCENES].map(scene => ({ ...scene, figures: empty() }));
    for (const console of bench.consoles) await play(bench, { console, scenes });
    return [
      ...scenes.map(({ what, figures }) => ({
        what: `speed of the program, ${what}`,
        unit: /** @type {const} */ ('MB/s'),
        figures: figures.speed.summary(),
      })),
      // One alone would bear what the first viewer costs once, an emulator and its code.
      ...scenes.slice(2).map(({ what, figures, viewers: { length } }) => ({
        what: `memory a viewer, most, ${what}`,
        unit: /** @type {const} */ ('KB'),
        figures: figures.memory.summary(([most = Number.NaN]) => most / length),
      })),
      ...scenes.map(({ what, figures }) => ({
        what: `echo of a neighbour, p90, ${what}`,
        unit: /** @type {const} */ ('ms'),
        figures: figures.echo.summary(),
      })),
    ];
  },
};

/** @typedef {{what: string, viewers: readonly unknown[], figures: Record<'speed' | 'memory' | 'echo', Samples>}} Scene */

/** @param {Bench} bench @param {{console: Console, scenes: readonly Scene[]}} options */
async function play(bench, { console, scenes }) {
  const { lab, isQuick, say } = bench;
  const tag = `viewers-${console.name}`;
  const up = Promise.all([lab.reports.next(`${tag}-flood`), lab.reports.next(`${tag}-echo`)]);
  const held = await console.hold(lab, {
    flood: flooding(lab, `${tag}-flood`, logFlood()),
    echo: echoing(lab, `${tag}-echo`),
  });
  const [{ pid }] = await up;
  const server = held.server('flood');
  if (server === undefined) throw new Error(`${console.name} has no server`);
  const typist = new Terminal(lab, held.attach('echo'));
  await wait(SETTLE_MS);
  let alone = 0;
  for (const { what, viewers, figures } of scenes) {
    const crowd = new Crowd(bench, { tag: `${tag}-${viewers.length}`, words: held.attach('flood') });
    if (viewers.length > 0) await crowd.gather(viewers);
    const over = new AbortController();
    const watched = residentRange(server, over.signal);
    const [bytes, at] = [writtenBytes(pid), performance.now()];
    await wait(isQuick ? QUICK_LOOK_MS : LOOK_MS);
    const speed = (writtenBytes(pid) - bytes) / 1000 / (performance.now() - at);
    over.abort();
    const { least, most } = await watched;
    if (viewers.length === 0) alone = least;
    const echoes = await typeKeys(typist, isQuick ? QUICK_KEYS : KEYS);
    figures.speed.add(console.name, speed);
    figures.memory.add(console.name, Math.max(0, most - alone));
    figures.echo.add(console.name, quantile(echoes, 0.9));
    const seen = viewers.length > 0 ? await crowd.disperse() : [];
    say(`${console.name}, ${what}: ${most} KB; MB seen: ${seen.map(each => (each / 1e6).toFixed(1)).join(' ')}`);
  }
  process.kill(pid, 'SIGKILL');
  await typist.close();
  await held.stop();
}

/** Many viewers of one program, in another process. */
class Crowd {
  /** @param {Bench} bench @param {{tag: string, words: readonly string[]}} options */
  constructor({ lab }, { tag, words }) {
    this.lab = lab;
    this.tag = `${tag}-${lab.places++}`;
    this.seen = join(lab.directory, `${this.tag}.seen`);
    this.words = words;
    /** @type {import('../lab.mjs').Helper | undefined} */
    this.helper = undefined;
  }

  /** Attaches so many, lets them see the first screen, and then has each do what it is to do. @param {readonly unknown[]} viewers */
  async gather(viewers) {
    const script = join(import.meta.dirname, '../crowd.mjs');
    const { reports } = this.lab;
    const { tag, seen, words } = this;
    this.helper = this.lab.help([script, reports.path, tag, String(viewers.length), seen, ...words]);
    await wait(SETTLE_MS);
    await this.tell(viewers);
    await wait(TURN_MS);
  }

  /** @param {readonly unknown[]} viewers */
  async tell(viewers) {
    const done = this.lab.reports.next(this.tag);
    this.helper?.tell(JSON.stringify(viewers));
    await done;
  }

  /** Ends them all. Resolves with the bytes that each has seen. @returns {Promise<number[]>} */
  async disperse() {
    await this.tell([]);
    await this.helper?.end();
    return JSON.parse(readFileSync(this.seen, 'utf8'));
  }
}

/** In KB. @param {number} pid @param {AbortSignal} until */
async function residentRange(pid, until) {
  let most = residentKb(pid);
  let least = most;
  while (!until.aborted) {
    await wait(LOOK_EVERY_MS);
    most = Math.max(most, residentKb(pid));
    least = Math.min(least, residentKb(pid));
  }
  return { least, most };
}
