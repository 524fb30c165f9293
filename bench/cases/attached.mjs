// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { childrenOf, cpuMs, writtenBytes } from '../procfs.mjs';
import { logText, printing } from '../scripts.mjs';
import { alternate, Samples } from '../stats.mjs';
import { Terminal } from '../terminal.mjs';

/** @import {Bench, Case} from '../case.mjs' */
/** @import {Console, Held} from '../console.mjs' */
/** @import {Gate} from '../gate.mjs' */
/** @import {Report} from '../reports.mjs' */
/** @import {Row} from '../row.mjs' */

const MB = 1e6;
const [PRINTED_MB, QUICK_PRINTED_MB] = [120, 30];

/** What is printed is a file of this size again and again, which stays in memory and costs no time to make. */
const FILE_MB = 10;

const [ROUNDS, QUICK_ROUNDS] = [8, 2];

/** The goals are against ourselves and a bare terminal: the others, who take far longer, have a turn in so many rounds. */
const FEWER = 3;
const OFTEN = ['taskmaster', 'bare pty'];

/** A client has set its terminal and drawn its first screen by then; what a round before it left is done. */
const SETTLE_MS = 1000;

/** How often it is looked whether the program gets on. */
const LOOK_MS = 10;

/** A program that takes so long waits for its viewer, and would for ever. */
const GIVE_UP_MS = 10_000;
const GIVEN_UP = Symbol('given up');

/** What the viewer does meanwhile. @typedef {'nobody' | 'reading' | 'stopped' | 'suspended'} Viewer */

/**
 * How long a program takes to print 120 MB, alone and with a viewer of each kind, and what that costs its daemon.
 * @type {Case}
 */
export const attached = {
  name: 'attached',
  about: '120 MB printed: attached, with a stopped viewer, with nobody',
  peers: ['bare pty', 'dtach', 'tmux', 'screen'],
  async run(bench) {
    const { lab, consoles, isQuick, say } = bench;
    const printedMb = isQuick ? QUICK_PRINTED_MB : PRINTED_MB;
    const files = Array(printedMb / FILE_MB).fill(lab.write('lines.txt', logText(FILE_MB * MB), 0o644));
    const stands = [];
    for (const [number, console] of consoles.entries()) {
      const gate = lab.gate();
      const tag = `print-${number}`;
      stands.push(new Stand(bench, { console, gate, tag, words: printing(lab, tag, { gate, files }) }));
    }
    for (const stand of stands) await stand.start();
    const figures = new Map(KINDS.map(kind => [kind, { s: new Samples(), cpu: new Samples(), still: new Samples() }]));
    const trials = stands.flatMap(stand => kindsFor(stand.name).map(kind => ({ stand, kind })));
    const hopeless = new Set();
    for (const [turn, { stand, kind }] of alternate(trials, isQuick ? QUICK_ROUNDS : ROUNDS).entries()) {
      if (!OFTEN.includes(stand.name) && Math.floor(turn / trials.length) % FEWER !== 0) continue;
      const key = `${stand.name}, ${kind}`;
      if (hopeless.has(key)) continue;
      const { ms, cpu, still, seen, isGivenUp } = await stand.print(kind);
      if (isGivenUp) hopeless.add(key);
      if (isGivenUp) say(`${key}: the program waits for its viewer; given up`);
      if (isGivenUp) continue;
      say(`${key}: ${(ms / 1000).toFixed(2)} s, the viewer got ${(seen / MB).toFixed(0)} MB`);
      figures.get(kind)?.s.add(stand.name, ms / 1000);
      figures.get(kind)?.still.add(stand.name, still);
      if (cpu !== undefined) figures.get(kind)?.cpu.add(stand.name, cpu / printedMb);
    }
    for (const stand of stands) await stand.stop();
    return rowsOf(`${printedMb} MB printed`, figures);
  },
};

/** @type {readonly Viewer[]} */
const KINDS = ['reading', 'stopped', 'suspended', 'nobody'];

/** @param {string} name @returns {readonly Viewer[]} */
function kindsFor(name) {
  return name === 'bare pty' ? ['reading'] : KINDS;
}

const WORDS = {
  reading: 'attached',
  stopped: 'viewer stopped reading',
  suspended: 'viewer suspended',
  nobody: 'nobody attached',
};

/**
 * @param {string} what
 * @param {Map<Viewer, {s: Samples, cpu: Samples, still: Samples}>} figures
 * @returns {Row[]}
 */
function rowsOf(what, figures) {
  const of = (/** @type {Viewer} */ kind) => {
    const { s, cpu, still } = figures.get(kind) ?? { s: new Samples(), cpu: new Samples(), still: new Samples() };
    return { s: s.summary(), cpu: cpu.summary(), still: still.summary() };
  };
  const beside = { 'nobody attached': of('nobody').s.taskmaster ?? Number.NaN };
  return [
    {
      what: `${what}, attached`,
      unit: 's',
      figures: of('reading').s,
      goal: { against: 'bare pty', most: 1.05 },
    },
    ...['stopped', 'suspended'].map(kind => ({
      what: `  ${WORDS[/** @type {Viewer} */ (kind)]}`,
      unit: /** @type {const} */ ('s'),
      figures: { ...of(/** @type {Viewer} */ (kind)).s, ...beside },
      goal: { against: 'nobody attached', most: 1.02 },
    })),
    { what: '  nobody attached', unit: 's', figures: of('nobody').s },
    ...KINDS.map(kind => ({
      what: `  longest standstill of the program, ${WORDS[kind]}`,
      unit: /** @type {const} */ ('ms'),
      figures: of(kind).still,
    })),
    ...KINDS.map(kind => ({
      what: `  CPU of the daemon, ${WORDS[kind]}`,
      unit: /** @type {const} */ ('ms/MB'),
      figures: of(kind).cpu,
    })),
  ];
}

/** A program that prints when told, and who holds it. */
class Stand {
  /**
   * @param {Bench} bench
   * @param {{console: Console, gate: Gate, tag: string, words: readonly string[]}} options
   */
  constructor({ lab }, { console, gate, tag, words }) {
    this.lab = lab;
    this.console = console;
    this.gate = gate;
    this.tag = tag;
    this.words = words;
    this.name = console.name;
    /** @type {Held | undefined} */
    this.held = undefined;
  }

  async start() {
    this.held = await this.console.hold(this.lab, { print: this.words });
  }

  /** Of the program that runs now: in a bare terminal a new one each time. */
  get pid() {
    return /** @type {Report} */ (this.lab.reports.of(this.tag).at(-1)).pid;
  }

  /** @param {Viewer} kind */
  async print(kind) {
    if (!this.held) throw new Error('not started');
    const terminal = kind === 'nobody' ? undefined : new Terminal(this.lab, this.held.attach('print'));
    await wait(SETTLE_MS);
    if (terminal?.isOver) throw new Error(`${this.name}: the client has ended; last: ${terminal.last}`);
    if (kind === 'stopped') terminal?.read('none');
    if (kind === 'suspended') terminal?.signal('SIGSTOP');
    const server = this.held.server('print');
    const cpu = server && cpuMs(server);
    const over = new AbortController();
    const watched = longestStandstill(this.pid, over.signal);
    const done = this.lab.reports.next(`${this.tag}-done`);
    const began = this.gate.open();
    const first = await Promise.race([done, wait(GIVE_UP_MS, GIVEN_UP, { signal: over.signal })]);
    over.abort();
    const isGivenUp = first === GIVEN_UP;
    if (isGivenUp) await terminal?.close();
    const { at } = await done;
    await wait(SETTLE_MS); // the last of it is on its way to the viewer
    const used = server && cpu !== undefined ? cpuMs(server) - cpu : undefined;
    await terminal?.close();
    return { ms: at - began, cpu: used, still: await watched, seen: terminal?.received ?? 0, isGivenUp };
  }

  async stop() {
    await this.held?.stop();
  }
}

/**
 * The longest time for which a program's child wrote nothing, in milliseconds.
 * @param {number} pid
 * @param {AbortSignal} until
 */
async function longestStandstill(pid, until) {
  let [longest, last, since] = [0, -1, performance.now()];
  while (!until.aborted) {
    await wait(LOOK_MS);
    const now = performance.now();
    const [child] = childrenOf(pid);
    if (child === undefined) continue;
    try {
      const bytes = writtenBytes(child);
      longest = Math.max(longest, now - since);
      if (bytes !== last) [last, since] = [bytes, now];
    } catch {
      // It ended between the two.
    }
  }
  return longest;
}
