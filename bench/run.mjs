// @ts-check
/** `npm run bench -- [case…] [--quick] [--json] [--dist DIR]`: measures side by side and prints one table. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { attached } from './cases/attached.mjs';
import { blocking } from './cases/blocking.mjs';
import { daemonkill } from './cases/daemonkill.mjs';
import { dashboard, mprocs } from './cases/dashboard.mjs';
import { echo } from './cases/echo.mjs';
import { firstscreen } from './cases/firstscreen.mjs';
import { flood } from './cases/flood.mjs';
import { floodecho } from './cases/floodecho.mjs';
import { hundred } from './cases/hundred.mjs';
import { input } from './cases/input.mjs';
import { killed } from './cases/killed.mjs';
import { logs } from './cases/logs.mjs';
import { memory } from './cases/memory.mjs';
import { panes } from './cases/panes.mjs';
import { paste } from './cases/paste.mjs';
import { reload } from './cases/reload.mjs';
import { respawn } from './cases/respawn.mjs';
import { status } from './cases/status.mjs';
import { thousand } from './cases/thousand.mjs';
import { viewers } from './cases/viewers.mjs';
import { bare } from './consoles/bare.mjs';
import { Dtach } from './consoles/dtach.mjs';
import { relay } from './consoles/relay.mjs';
import { Screen } from './consoles/screen.mjs';
import { TaskmasterConsole } from './consoles/taskmaster.mjs';
import { Tmux } from './consoles/tmux.mjs';
import { Lab } from './lab.mjs';
import { Pm2 } from './peers/pm2.mjs';
import { runit, s6 } from './peers/scandir.mjs';
import { Supervisord } from './peers/supervisord.mjs';
import { Taskmaster } from './peers/taskmaster.mjs';
import { isReached, ratioOf } from './row.mjs';
import { columnsOf, formatTable } from './table.mjs';

/** @import {Case} from './case.mjs' */
/** @import {Row} from './row.mjs' */

/** In the order in which they run. */
const CASES = [
  ...[thousand, blocking, memory, respawn, status, killed, daemonkill, reload, flood, input, logs],
  ...[echo, floodecho, attached, firstscreen, viewers, panes, paste, hundred, dashboard],
];

const PEERS = [new Supervisord(), runit, s6, new Pm2()];

/** Who holds programs in terminals, to be attached to. */
const CONSOLES = [bare, relay, new Dtach(), new Tmux(), new Screen()];

/** Columns that are no supervisor: what a figure would be if there was nothing to do. */
const BASELINES = ['bare node', 'at rest', 'nobody attached', 'nobody looking', 'no log file'];

const USAGE = `usage: npm run bench -- [CASE…] [--quick] [--json] [--dist DIR]

Measures Taskmaster side by side with what is installed, and prints a table. Installs nothing.

      --quick     fewer rounds: a glance, not a figure to quote
      --json      the rows as JSON on standard output
      --dist DIR  the built sources to measure; default: dist

Cases:
${CASES.map(({ name, about }) => `  ${name.padEnd(11)}  ${about}`).join('\n')}
`;

/** Exit codes. A missed goal is a finding, not a failure. */
const [DONE, FAILED, BAD_USAGE] = [0, 1, 2];

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} argv @returns {Promise<number>} */
async function main(argv) {
  const args = readArguments(argv);
  if (typeof args === 'string') {
    process.stderr.write(args);
    return BAD_USAGE;
  }
  const { cases, isQuick, isJson, dist } = args;
  for (const line of missingOf(cases)) process.stderr.write(`${line}\n`);
  /** @type {Row[]} */
  const rows = [];
  let code = DONE;
  for (const entry of cases) {
    try {
      rows.push(...(await measure(entry, { dist, isQuick })));
    } catch (error) {
      process.stderr.write(`${entry.name}: cannot measure: ${error instanceof Error ? error.stack : error}\n`);
      code = FAILED;
    }
  }
  const table = formatTable(
    rows,
    columnsOf(rows, [...[...PEERS, ...CONSOLES, mprocs].map(({ name }) => name), ...BASELINES]),
  );
  process.stdout.write(isJson ? `${JSON.stringify(rows.map(withVerdict), null, 2)}\n` : `${table}\n`);
  return code;
}

/** @param {string[]} argv */
function readArguments(argv) {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        dist: { type: 'string', default: resolve(import.meta.dirname, '../dist') },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const unknown = positionals.find(name => !CASES.some(entry => entry.name === name));
    if (values.help || unknown !== undefined)
      return unknown === undefined ? USAGE : `unknown case: ${unknown}\n\n${USAGE}`;
    const dist = resolve(values.dist);
    if (!existsSync(resolve(dist, 'bin/taskmasterd.js')))
      return `cannot measure: nothing is built in ${dist}; npm run build\n`;
    const cases = CASES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    return { cases, dist, isQuick: values.quick, isJson: values.json };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}\n\n${USAGE}`;
  }
}

/** One line for each that a case would have measured beside. @param {readonly Case[]} cases */
function missingOf(cases) {
  return [...PEERS, ...CONSOLES, mprocs]
    .filter(({ name, isInstalled }) => !isInstalled && cases.some(({ peers }) => peers.includes(name)))
    .map(({ name, install }) => `not installed: ${name} (${install})`);
}

/**
 * Runs one case in a lab of its own, which is gone afterwards, whatever happens.
 * @param {Case} entry
 * @param {{dist: string, isQuick: boolean}} options
 */
async function measure(entry, { dist, isQuick }) {
  const began = performance.now();
  const say = (/** @type {string} */ line) => process.stderr.write(`${entry.name}: ${line}\n`);
  const lab = new Lab();
  const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
    lab.close();
    process.exit(128 + (signal === 'SIGINT' ? 2 : 15)); // as a shell says it
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const isBeside = (/** @type {{name: string, isInstalled: boolean}} */ { name, isInstalled }) =>
      isInstalled && entry.peers.includes(name);
    const taskmaster = new Taskmaster(dist);
    const consoles = [new TaskmasterConsole(taskmaster), ...CONSOLES.filter(isBeside)];
    return await entry.run({ lab, taskmaster, peers: PEERS.filter(isBeside), consoles, isQuick, say });
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    lab.close();
    say(`done in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
}

/** @param {Row} row */
function withVerdict(row) {
  return { ...row, ratio: ratioOf(row) ?? null, reached: isReached(row) ?? null };
}
