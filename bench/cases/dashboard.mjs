// @ts-check
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Tmux } from '../consoles/tmux.mjs';
import { findExecutable } from '../executables.mjs';
import { cpuMs, cpuShare, writtenBytes } from '../procfs.mjs';
import { deaf, flooding, logFlood } from '../scripts.mjs';
import { alternate, quantile, Samples } from '../stats.mjs';
import { COLS, ROWS, Terminal } from '../terminal.mjs';

/** @import {Bench, Case} from '../case.mjs' */
/** @import {Held, Programs} from '../console.mjs' */
/** @import {Lab} from '../lab.mjs' */

/** As many as there are tiles. */
const COUNT = 12;

const [ROUNDS, QUICK_ROUNDS] = [4, 2];
const [LOOK_MS, QUICK_LOOK_MS] = [5000, 2000];
const [IDLE_MS, QUICK_IDLE_MS] = [20_000, 5000];
const [KEYS, QUICK_KEYS] = [200, 60];

/** The client has started, has drawn all tiles, and what its start cost is over. */
const SETTLE_MS = 3000;

/** Typed into the command line: no flood prints it, and each time it is drawn once. */
const LETTER = 'Ω';

/** Ctrl-U: before the line is full. */
const [CLEAR, LINE] = ['\x15', 20];

/** Typed keys come this far apart, as one that follows at once would find its cost paid. */
const KEY_EVERY_MS = 40;

/** What a key counts that has no effect for longer than the bench waits. */
const GIVEN_UP = 20_000;

const MB = 1e6;

/**
 * Twelve consoles in tiles, all flooding: what that costs who shows them and who runs them, and whether keys are answered.
 * tmux has twelve panes in a window; mprocs runs twelve, and shows a list of them and one console. Then twelve that rest.
 * @type {Case}
 */
export const dashboard = {
  name: 'dashboard',
  about: `the dashboard with ${COUNT} consoles, flooding and at rest`,
  peers: ['tmux', 'mprocs'],
  async run(bench) {
    const { taskmaster, consoles } = bench;
    const empty = () => ({ speed: new Samples(), cost: new Samples() });
    const figures = {
      attached: empty(),
      nobody: empty(),
      client: new Samples(),
      both: new Samples(),
      keys: new Samples(),
    };
    const idle = { client: new Samples(), server: new Samples() };
    const panes = consoles.flatMap(held => (held instanceof Tmux ? [new Panes(held)] : []));
    const holders = [new Tiles(taskmaster), ...panes, ...(mprocs.isInstalled ? [mprocs] : [])];
    for (const holder of holders) {
      const { name } = holder;
      const tags = Array.from({ length: COUNT }, (_, at) => `${name}-${at}`);
      await flood(bench, { holder, tags, figures });
      await rest(bench, { holder, tags: tags.map(tag => `${tag}-idle`), figures: idle });
    }
    const alone = figures.nobody.cost.summary().taskmaster ?? Number.NaN;
    const of = (/** @type {number} */ share) => figures.keys.summary(values => quantile(values, share));
    return [
      { what: `CPU of the client, ${COUNT} floods`, unit: '%', figures: figures.client.summary(), goal: { most: 40 } },
      { what: '  key to its effect, median', unit: 'ms', figures: of(0.5) },
      { what: '  p99', unit: 'ms', figures: of(0.99), goal: { most: 50 } },
      {
        what: '  CPU of the daemon for what is printed',
        unit: 'ms/MB',
        figures: { ...figures.attached.cost.summary(), 'nobody attached': alone },
      },
      { what: '  of both', unit: 'ms/MB', figures: figures.both.summary() },
      { what: '  what they print', unit: 'MB/s', figures: figures.attached.speed.summary() },
      { what: '  with nobody attached', unit: 'MB/s', figures: figures.nobody.speed.summary() },
      { what: 'CPU of the client, all at rest', unit: '%', figures: idle.client.summary(), goal: { most: 1 } },
      { what: '  of the daemon', unit: '%', figures: idle.server.summary() },
    ];
  },
};

/** @typedef {Record<'speed' | 'cost', Samples>} Printing */
/** @typedef {{attached: Printing, nobody: Printing, client: Samples, both: Samples, keys: Samples}} Figures */
/** @typedef {{name: string, hold: (lab: Lab, programs: Programs) => Promise<Shown>}} Holder */

/** All print, with somebody who looks and with nobody. @param {Bench} bench @param {{holder: Holder, tags: string[], figures: Figures}} what */
async function flood({ lab, isQuick, say }, { holder, tags, figures }) {
  const { name } = holder;
  const up = Promise.all(tags.map(tag => lab.reports.next(tag)));
  const held = await holder.hold(lab, Object.fromEntries(tags.map(tag => [tag, flooding(lab, tag, logFlood())])));
  const pids = (await up).map(({ pid }) => pid);
  for (const who of alternate(/** @type {const} */ (['nobody', 'attached']), isQuick ? QUICK_ROUNDS : ROUNDS)) {
    if (who === 'nobody' && held.terminal !== undefined) continue; // nothing runs without it
    const viewer = who === 'attached' ? await look(lab, held) : undefined;
    await wait(viewer ? 0 : SETTLE_MS);
    const { speed, cost, both, share } = await measure({ server: held.server, client: viewer?.pid, pids }, isQuick);
    figures[who].speed.add(name, speed);
    figures[who].cost.add(name, cost);
    if (viewer) {
      figures.client.add(name, share);
      figures.both.add(name, both);
      const answered = await typeInto(viewer, held.prompt, isQuick);
      for (const took of answered) figures.keys.add(name, took);
      if (answered.includes(GIVEN_UP)) say(`${name}: a key had no effect within ${GIVEN_UP / 1000} s; given up`);
      if (viewer !== held.terminal) await viewer.close();
    }
    say(`${name}, ${who}: ${speed.toFixed(1)} MB/s, ${cost.toFixed(1)} ms/MB`);
  }
  await held.stop();
}

/** Nobody prints. @param {Bench} bench @param {{holder: Holder, tags: string[], figures: Record<'client' | 'server', Samples>}} what */
async function rest({ lab, isQuick }, { holder, tags, figures }) {
  const { name } = holder;
  const asleep = Promise.all(tags.map(tag => lab.reports.next(tag)));
  const held = await holder.hold(lab, Object.fromEntries(tags.map(tag => [tag, deaf(lab, tag)])));
  await asleep;
  const viewer = await look(lab, held);
  const ms = isQuick ? QUICK_IDLE_MS : IDLE_MS;
  const [ofClient, ofServer] = await Promise.all([cpuShare(viewer.pid, ms), cpuShare(held.server, ms)]);
  figures.client.add(name, ofClient);
  figures.server.add(name, ofServer);
  if (viewer !== held.terminal) await viewer.close();
  await held.stop();
}

/**
 * @typedef {object} Shown
 * @property {readonly string[]} client to run in a terminal: it shows all programs
 * @property {readonly string[]} keys typed once it shows something
 * @property {string} prompt what opens its command line
 * @property {number} server the pid of what reads the programs' terminals
 * @property {Terminal} [terminal] it runs already, as the programs run only as long as it does
 * @property {() => Promise<void>} stop
 */

/** The dashboard's tiles. */
class Tiles {
  name = 'taskmaster';

  /** @param {import('../peers/taskmaster.mjs').Taskmaster} taskmaster */
  constructor(taskmaster) {
    this.taskmaster = taskmaster;
  }

  /** @param {Lab} lab @param {Programs} programs @returns {Promise<Shown>} */
  async hold(lab, programs) {
    const entries = Object.entries(programs).map(([name, cmd]) => [name, { cmd, starttime: 0, stoptime: 1 }]);
    const { control, ctl, pid, stop } = this.taskmaster.startConfig(lab, { programs: Object.fromEntries(entries) });
    await control.ready();
    return { client: [...ctl, 'dashboard'], keys: ['t'], prompt: ':', server: pid, stop };
  }
}

/** A window of tmux with a pane for each program. */
class Panes {
  name = 'tmux';

  /** @param {Tmux} tmux */
  constructor(tmux) {
    this.tmux = tmux;
  }

  /** @param {Lab} lab @param {Programs} programs @returns {Promise<Shown>} */
  async hold(lab, programs) {
    const place = lab.place('panes');
    const config = lab.write(join(place, 'tmux.conf').slice(lab.directory.length), 'set -g status-keys emacs\n');
    const tmux = [this.tmux.executable, '-S', join(place, 'socket'), '-f', config];
    const [first = [], ...others] = Object.values(programs);
    await lab.run([...tmux, 'new-session', '-d', '-x', String(COLS), '-y', String(ROWS), '-s', 'all', ...first]);
    for (const words of others) {
      await lab.run([...tmux, 'split-window', '-t', 'all', ...words]);
      await lab.run([...tmux, 'select-layout', '-t', 'all', 'tiled']);
    }
    const server = Number(await lab.ask([...tmux, 'display-message', '-p', '#{pid}']));
    const stop = async () => void (await lab.run([...tmux, 'kill-server']));
    return { client: [...tmux, 'attach', '-t', 'all'], keys: [], prompt: '\x02:', server, stop };
  }
}

/** A list of the programs and the console of the first. */
class Mprocs {
  name = 'mprocs';
  install = 'its executable from `npm pack mprocs`, in PATH';
  executable = findExecutable('mprocs') ?? '';
  isInstalled = this.executable !== '';

  /** @param {Lab} lab @param {Programs} programs @returns {Promise<Shown>} */
  async hold(lab, programs) {
    const procs = Object.fromEntries(Object.entries(programs).map(([name, cmd]) => [name, { cmd }]));
    const place = join(lab.place('mprocs'), 'mprocs.yaml').slice(lab.directory.length);
    const client = [this.executable, '-c', lab.write(place, JSON.stringify({ procs }))];
    const terminal = new Terminal(lab, client);
    return { client, keys: [], prompt: 'a', server: terminal.pid, terminal, stop: () => terminal.close() };
  }
}

export const mprocs = new Mprocs();

/** @param {Lab} lab @param {Shown} shown */
async function look(lab, { client, keys, terminal: open }) {
  if (open !== undefined) {
    await wait(SETTLE_MS);
    return open;
  }
  const terminal = new Terminal(lab, client);
  await terminal.when('the first screen', () => true);
  await wait(SETTLE_MS / 2);
  for (const key of keys) terminal.type(key);
  await wait(SETTLE_MS);
  return terminal;
}

/**
 * @param {{server: number, client: number | undefined, pids: readonly number[]}} who
 * @param {boolean} isQuick
 */
async function measure({ server, client, pids }, isQuick) {
  const printed = () => pids.reduce((sum, pid) => sum + writtenBytes(pid), 0);
  const used = () => [cpuMs(server), client === undefined ? 0 : cpuMs(client)];
  const [bytes, [served = 0, shown = 0], at] = [printed(), used(), performance.now()];
  await wait(isQuick ? QUICK_LOOK_MS : LOOK_MS);
  const [more, [servedNow = 0, shownNow = 0], ms] = [printed() - bytes, used(), performance.now() - at];
  return {
    speed: more / MB / (ms / 1000),
    cost: (servedNow - served) / (more / MB),
    both: (servedNow - served + (client === server ? 0 : shownNow - shown)) / (more / MB),
    share: (100 * (shownNow - shown)) / ms,
  };
}

/** Milliseconds from key to effect, in its command line. @param {Terminal} terminal @param {string} prompt @param {boolean} isQuick */
async function typeInto(terminal, prompt, isQuick) {
  const letter = Buffer.from(LETTER);
  terminal.type(prompt);
  await wait(KEY_EVERY_MS);
  const latencies = [];
  for (let at = 0; at < (isQuick ? QUICK_KEYS : KEYS); at++) {
    if (at > 0 && at % LINE === 0) terminal.type(CLEAR);
    await wait(KEY_EVERY_MS);
    const took = terminal.when('the letter', chunk => chunk.includes(letter), LETTER);
    latencies.push(await took.catch(() => GIVEN_UP));
    if (latencies.at(-1) === GIVEN_UP) break;
  }
  return latencies;
}
