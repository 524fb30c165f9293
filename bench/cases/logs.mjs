// @ts-check
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { digestFiles, digestLog, filesOf } from '../logtext.mjs';
import { cpuMs } from '../procfs.mjs';
import { logText, printing } from '../scripts.mjs';
import { alternate, Samples } from '../stats.mjs';
import { Terminal } from '../terminal.mjs';

/** @import {Case, Bench} from '../case.mjs' */
/** @import {Gate} from '../gate.mjs' */
/** @import {Row} from '../row.mjs' */

const MB = 1e6;
const [PRINTED_MB, QUICK_PRINTED_MB] = [200, 50];
const [ROUNDS, QUICK_ROUNDS] = [4, 1];

/** What is printed is a file of this size again and again, which stays in memory and costs no time to make. */
const FILE_MB = 10;

const LOG_BYTES = 5 * 1024 * 1024;

/** More than all rounds fill, so that nothing is thrown away and all can be compared. */
const BACKUPS = 400;

/** What a round before it left is written by then. */
const SETTLE_MS = 1000;

/** A stand's name in the table is its column; those of Taskmaster's other formats have rows of their own. */
const [PLAIN, NO_FILE, BARE] = ['taskmaster', 'no log file', 'bare pty'];

const FORMATS = [
  { what: 'as text', keys: { format: 'text' } },
  { what: 'with time and name', keys: { timestamps: 'utc', prefix: '${process} ' } },
  { what: 'as JSON', keys: { format: 'json' } },
  { what: 'compressed', keys: { compress: true } },
];

/**
 * One program prints as fast as it can, into files that are rotated.
 * @type {Case}
 */
export const logs = {
  name: 'logs',
  about: '200 MB printed into 5 MB log files: speed, CPU, bytes lost',
  peers: ['supervisord'],
  async run(bench) {
    const { lab, taskmaster, peers, isQuick, say } = bench;
    const printedMb = isQuick ? QUICK_PRINTED_MB : PRINTED_MB;
    const files = Array(printedMb / FILE_MB).fill(lab.write('lines.txt', logText(FILE_MB * MB), 0o644));
    /** @type {Stand[]} */
    const stands = [];
    const add = async (
      /** @type {string} */ name,
      /** @type {(words: readonly string[], log: string) => Promise<Held>} */ hold,
    ) => {
      const [gate, tag] = [lab.gate(), `log-${stands.length}`];
      const log = join(lab.place('logs'), 'out');
      const up = lab.reports.next(tag);
      const held = await hold(printing(lab, tag, { gate, files }), log);
      await up;
      stands.push({ name, gate, tag, log: held.isLogged ? log : undefined, times: 0, ...held });
    };
    const holdBy =
      (/** @type {object} */ stdout) => async (/** @type {readonly string[]} */ cmd, /** @type {string} */ file) => {
        const target =
          stdout === undefined ? {} : { stdout: { file, maxsize: LOG_BYTES, backups: BACKUPS, ...stdout } };
        const { control, pid, stop } = taskmaster.startConfig(lab, { programs: { p: { cmd, ...target } } });
        await control.ready();
        return { pid, stop, isLogged: stdout !== undefined };
      };
    await add(PLAIN, holdBy({}));
    for (const { what, keys } of FORMATS) await add(what, holdBy(keys));
    await add(NO_FILE, async cmd => {
      const { control, pid, stop } = taskmaster.startConfig(lab, { programs: { p: { cmd } } });
      await control.ready();
      return { pid, stop, isLogged: false };
    });
    await add(BARE, async words => {
      const terminal = new Terminal(lab, words);
      return { pid: undefined, stop: () => terminal.close(), isLogged: false };
    });
    for (const peer of peers) {
      await add(peer.name, async (argv, path) => {
        const log = { path, maxBytes: LOG_BYTES, backups: BACKUPS };
        const { pid, stop } = await peer.start(lab, { argv, count: 1, log });
        return { pid, stop, isLogged: true };
      });
    }
    const [seconds, cpu] = [new Samples(), new Samples()];
    for (const stand of alternate(stands, isQuick ? QUICK_ROUNDS : ROUNDS)) {
      const { ms, used } = await print(bench, stand);
      say(`${stand.name}: ${(ms / 1000).toFixed(2)} s`);
      seconds.add(stand.name, ms / 1000);
      if (used !== undefined) cpu.add(stand.name, used / printedMb);
    }
    for (const { stop } of stands) await stop();
    /** @type {Record<string, number>} */
    const lost = {};
    for (const { name, log, times } of stands) {
      if (log === undefined || FORMATS.some(({ what, keys }) => what === name && !('compress' in keys))) continue;
      const [printed, kept] = [digestFiles(files, times), digestLog(log)];
      const isSame = printed.sha256 === kept.sha256;
      say(`${name}: ${filesOf(log).length} files, ${isSame ? 'the very bytes that were printed' : 'other bytes'}`);
      lost[name] = Math.max(Math.abs(printed.bytes - kept.bytes), isSame ? 0 : 1);
    }
    return rowsOf({ what: `${printedMb} MB printed into 5 MB files`, printedMb, seconds, cpu, lost });
  },
};

/**
 * @typedef {{pid: number | undefined, stop: () => Promise<void>, isLogged: boolean}} Held
 * @typedef {{name: string, gate: Gate, tag: string, log: string | undefined, times: number, pid: number | undefined, stop: () => Promise<void>}} Stand
 */

/** @param {Bench} bench @param {Stand} stand */
async function print({ lab }, stand) {
  await wait(SETTLE_MS);
  const before = stand.pid && cpuMs(stand.pid);
  const done = lab.reports.next(`${stand.tag}-done`);
  const began = stand.gate.open();
  const { at } = await done;
  await wait(SETTLE_MS); // the last of it is on its way to the file
  stand.times++;
  return { ms: at - began, used: stand.pid && before !== undefined ? cpuMs(stand.pid) - before : undefined };
}

/**
 * @param {{what: string, printedMb: number, seconds: Samples, cpu: Samples, lost: Record<string, number>}} figures
 * @returns {Row[]}
 */
function rowsOf({ what, printedMb, seconds, cpu, lost }) {
  const columns = (/** @type {Record<string, number>} */ all) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !FORMATS.some(format => format.what === name)));
  const own = (/** @type {Record<string, number>} */ all, /** @type {string} */ name) => ({
    taskmaster: all[name] ?? Number.NaN,
  });
  const [s, ms] = [seconds.summary(), cpu.summary()];
  const speed = Object.fromEntries(Object.entries(s).map(([name, value]) => [name, printedMb / value]));
  return [
    { what, unit: 's', figures: columns(s) },
    { what: '  speed', unit: 'MB/s', figures: columns(speed) },
    ...FORMATS.map(format => ({
      what: `  ${format.what}`,
      unit: /** @type {const} */ ('s'),
      figures: own(s, format.what),
    })),
    { what: '  CPU of the daemon', unit: 'ms/MB', figures: columns(ms) },
    ...FORMATS.map(format => ({
      what: `  ${format.what}`,
      unit: /** @type {const} */ ('ms/MB'),
      figures: own(ms, format.what),
    })),
    { what: '  bytes lost or doubled', unit: 'count', figures: columns(lost), goal: { most: 0 } },
    { what: '  compressed', unit: 'count', figures: own(lost, 'compressed'), goal: { most: 0 } },
  ];
}
