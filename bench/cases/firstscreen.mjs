// @ts-check
import { setTimeout as wait } from 'node:timers/promises';
import { TaskmasterConsole } from '../consoles/taskmaster.mjs';
import { LoopWatch } from '../loopwatch.mjs';
import { echoing, logText, printing, redraw } from '../scripts.mjs';
import { alternate, quantile, Samples } from '../stats.mjs';
import { COLS, ROWS, Terminal } from '../terminal.mjs';
import { typeKeys, typeUntil } from '../typing.mjs';

/** @import {Bench, Case} from '../case.mjs' */
/** @import {Console, Held} from '../console.mjs' */
/** @import {Gate} from '../gate.mjs' */
/** @import {Lab} from '../lab.mjs' */
/** @import {Row} from '../row.mjs' */

const [ROUNDS, QUICK_ROUNDS] = [20, 4];

/** How much a program prints before each attach: all that Taskmaster remembers. */
const FULL_BYTES = 1024 * 1024;

/** Stands in the last line of every screen. */
const MARKER = 'END-OF-THE-SCREEN';

/** What was printed has been taken in, and what the client before left is cleared away. */
const SETTLE_MS = 400;

/** Keys of the one who types while another attaches. */
const [KEYS, QUICK_KEYS] = [500, 100];

/** How often another looks at each while they type. */
const [LOOKS, QUICK_LOOKS] = [10, 2];

/** What a program has printed when it is attached to. */
const CONTENTS = {
  empty: { what: 'first screen, scrollback empty', text: `${logText((ROWS - 1) * 80)}${MARKER}` },
  plain: { what: '  1 MiB of plain lines printed since', text: `${logText(FULL_BYTES)}${MARKER}` },
  redraws: {
    what: '  1 MiB of coloured redraws printed since',
    text: `${redraws(FULL_BYTES)}\x1b[${ROWS};1H${MARKER}`,
  },
};

/** @typedef {keyof typeof CONTENTS} Content */

const FULL = /** @type {Content[]} */ (['plain', 'redraws']);
const ALL = /** @type {Content[]} */ (Object.keys(CONTENTS));

/**
 * From the exec of the client to the last line of the first screen, and whom that disturbs. Before each attach the program
 * prints all of its scrollback anew, so that nothing is left from the attach before. dtach is not among the others: it
 * shows no screen.
 * @type {Case}
 */
export const firstscreen = {
  name: 'firstscreen',
  about: 'from the exec of `attach` to the first screen, beside bare node',
  peers: ['tmux', 'screen'],
  async run(bench) {
    const { lab, consoles, isQuick, say } = bench;
    const loop = new LoopWatch(lab);
    const stands = [];
    for (const [number, console] of consoles.entries()) {
      const stand = new Stand(bench, console, `first-${number}`);
      await stand.start(console instanceof TaskmasterConsole ? loop.env : {});
      stands.push(stand);
    }
    const samples = new Map(ALL.map(content => [content, new Samples()]));
    const nodes = new Samples();
    /** @type {Record<Content, number[]>} */
    const blocked = { empty: [], plain: [], redraws: [] };
    const trials = [...stands.flatMap(stand => ALL.map(content => ({ stand, content }))), undefined];
    for (const trial of alternate(trials, isQuick ? QUICK_ROUNDS : ROUNDS)) {
      if (!trial) {
        nodes.add('bare node', await bareNode(lab));
        continue;
      }
      const { stand, content } = trial;
      const server = stand.name === 'taskmaster' ? stand.server : undefined;
      await stand.fill(content);
      if (server) await loop.longest(server);
      samples.get(content)?.add(stand.name, await stand.look(content));
      if (server) blocked[content].push(await loop.longest(server));
    }
    const echoes = await meanwhile(stands, isQuick);
    for (const stand of stands) await stand.stop();
    for (const content of ALL)
      say(`${content}: event loop blocked ${blocked[content].map(ms => ms.toFixed(0)).join(' ')} ms`);
    const of = (/** @type {Content} */ content) => ({ ...samples.get(content)?.summary(), ...nodes.summary() });
    const ours = (/** @type {Content} */ content) => of(content).taskmaster ?? Number.NaN;
    return [
      ...ALL.map(content => ({
        what: CONTENTS[content].what,
        unit: /** @type {const} */ ('ms'),
        figures: of(content),
        goal: { against: 'bare node', most: 1.8 },
      })),
      {
        what: '  longer than with an empty scrollback, at most',
        unit: 'ms',
        figures: { taskmaster: Math.max(ours('plain'), ours('redraws')) - ours('empty') },
        goal: { most: 50 },
      },
      {
        what: '  event loop blocked meanwhile, longest',
        unit: 'ms',
        figures: { taskmaster: Math.max(...Object.values(blocked).flat()) },
        goal: { most: 20 },
      },
      ...echoes,
    ];
  },
};

/** @param {Lab} lab */
async function bareNode(lab) {
  await wait(SETTLE_MS);
  const terminal = new Terminal(lab, [process.execPath, '-e', '0']);
  const { at } = await terminal.ended;
  await terminal.close();
  return at - terminal.began;
}

/** @param {number} bytes */
function redraws(bytes) {
  let text = '';
  for (let seed = 1; text.length < bytes; seed++) text += redraw({ cols: COLS, rows: ROWS, seed });
  return text;
}

/**
 * One types at another program while clients come and see their first screens, until each content was looked at and so
 * many keys have been pressed.
 * @param {readonly Stand[]} stands
 * @param {boolean} isQuick
 * @returns {Promise<Row[]>}
 */
async function meanwhile(stands, isQuick) {
  const keys = isQuick ? QUICK_KEYS : KEYS;
  const [p90, worst, rest] = [new Samples(), new Samples(), new Samples()];
  for (const stand of stands) {
    const typist = stand.type();
    await wait(SETTLE_MS);
    const quiet = await typeKeys(typist, keys);
    rest.add(stand.name, quantile(quiet, 0.9));
    /** @type {number[]} */
    const latencies = [];
    for (const content of alternate(FULL, isQuick ? QUICK_LOOKS : LOOKS)) {
      await stand.fill(content);
      const over = new AbortController();
      const typed = typeUntil(typist, over.signal);
      await stand.look(content);
      over.abort();
      latencies.push(...(await typed));
    }
    await typist.close();
    p90.add(stand.name, quantile(latencies, 0.9));
    worst.add(stand.name, Math.max(...latencies));
  }
  const atRest = { 'at rest': rest.summary().taskmaster ?? Number.NaN };
  return [
    { what: '  echo of another viewer meanwhile, p90', unit: 'ms', figures: { ...p90.summary(), ...atRest } },
    { what: '  echo of another viewer meanwhile, worst', unit: 'ms', figures: worst.summary() },
  ];
}

/** Programs with a screen each, one that echoes, and who holds them. */
class Stand {
  /** @param {Bench} bench @param {Console} console @param {string} tag */
  constructor({ lab }, console, tag) {
    this.lab = lab;
    this.console = console;
    this.name = console.name;
    this.tag = tag;
    /** @type {Map<Content, Gate>} */
    this.gates = new Map(ALL.map(content => [content, lab.gate()]));
    /** @type {Held | undefined} */
    this.held = undefined;
  }

  /** @param {Record<string, string>} env */
  async start(env) {
    const { lab, tag } = this;
    const printers = [...this.gates].map(([content, gate]) => {
      const file = lab.write(`${content}.txt`, CONTENTS[content].text, 0o644);
      return [content, printing(lab, `${tag}-${content}`, { gate, files: [file] })];
    });
    const up = lab.reports.next(`${tag}-echo`);
    const programs = { ...Object.fromEntries(printers), echo: echoing(lab, `${tag}-echo`) };
    this.held = await this.console.hold(lab, programs, env);
    await up;
    await this.print('empty');
  }

  get server() {
    return this.held?.server('plain');
  }

  /** Has the program print what it has to print, anew. @param {Content} content */
  async fill(content) {
    if (content !== 'empty') await this.print(content);
    await wait(SETTLE_MS);
  }

  /** @param {Content} content */
  async print(content) {
    const done = this.lab.reports.next(`${this.tag}-${content}-done`);
    this.gates.get(content)?.open();
    await done;
  }

  /** Attaches, and resolves with the milliseconds until the screen was there. @param {Content} content */
  async look(content) {
    const terminal = new Terminal(this.lab, this.held?.attach(content) ?? []);
    const at = await terminal.seen(MARKER);
    await terminal.close();
    return at - terminal.began;
  }

  /** A client at the program that echoes. */
  type() {
    return new Terminal(this.lab, this.held?.attach('echo') ?? []);
  }

  async stop() {
    await this.held?.stop();
  }
}
