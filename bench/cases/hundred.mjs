// @ts-check
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { filesOf } from '../logtext.mjs';
import { cpuShare } from '../procfs.mjs';
import { echoing } from '../scripts.mjs';
import { quantile, Samples } from '../stats.mjs';
import { Terminal } from '../terminal.mjs';
import { typeInTurns } from '../typing.mjs';

/** @import {Bench, Case} from '../case.mjs' */
/** @import {Held, Programs} from '../console.mjs' */
/** @import {Lab} from '../lab.mjs' */
/** @import {Taskmaster} from '../peers/taskmaster.mjs' */

const COUNT = 100;

/** What each prints: so many lines of a hundred bytes each tenth of a second, which makes 1 MB/s. */
const LINE_BYTES = 100;
const LINES = 1000;
const TICK_S = 0.1;

const [KEYS, QUICK_KEYS] = [1000, 200];
const WARM_UP = 100;
const SETTLE_MS = 2000;
const CPU_MS = 2000;

/** Files are rotated at this size, and enough of them are kept that nothing is thrown away. */
const LOG_BYTES = 5 * 1024 * 1024;
const BACKUPS = 1000;

/**
 * Numbered lines of its own, at a steady pace, for as long as the gate's file is there; then it says how many. In Perl, as a
 * shell would take a processor for it, and every Debian has one.
 */
const STEADY = (/** @type {string} */ fifo) => `
my ($tag, $go, $counts) = @ARGV;
$SIG{TERM} = 'IGNORE';
my $n = 0;
open(my $up, '>', '${fifo}'); syswrite($up, "$tag $$\\n"); close $up;
select(undef, undef, undef, 0.05) until -e $go;
my $pad = 'x' x (${LINE_BYTES} - 12);
while (-e $go) {
  my $text = join('', map { sprintf("%010d %s\\n", $n++, $pad) } 1..${LINES / 10});
  for (my $at = 0; $at < length $text; ) { $at += syswrite(STDOUT, $text, 4000, $at) // last }
  select(undef, undef, undef, ${TICK_S / 10});
}
open(my $end, '>', "$counts/$tag"); print $end $n; close $end;
open(my $down, '>', '${fifo}'); syswrite($down, "$tag-done $$\\n"); close $down;
sleep 600;
`;

/**
 * A hundred programs that log a megabyte a second each, and somebody types to one more. In tmux they print as much, into no
 * file.
 * @type {Case}
 */
export const hundred = {
  name: 'hundred',
  about: '100 programs logging 1 MB/s each: bytes lost, echo of another',
  peers: ['tmux'],
  async run(bench) {
    const { lab, taskmaster, consoles, say } = bench;
    const [atRest, beside] = [new Samples(), new Samples()];
    /** @type {Record<string, number>} */
    const cpu = {};
    /** @type {Record<string, number>} */
    const speed = {};
    let wrong = 0;
    for (const holder of [new Loggers(taskmaster), ...consoles.filter(({ name }) => name !== 'taskmaster')]) {
      const { name } = holder;
      const crowd = new Crowd(lab, name);
      const up = crowd.up();
      const held = await holder.hold(lab, crowd.programs);
      await up;
      const figures = await measure(bench, { crowd, held, name, samples: { atRest, beside } });
      await held.stop();
      const lines = crowd.tags.reduce((sum, tag) => sum + crowd.linesOf(tag), 0);
      cpu[name] = figures.cpu;
      speed[name] = (lines * LINE_BYTES) / 1e6 / figures.seconds;
      say(`${name}: ${lines} lines in ${figures.seconds.toFixed(0)} s`);
      if (holder instanceof Loggers)
        for (const [tag, file] of holder.files) wrong += wrongLines(file, crowd.linesOf(tag));
    }
    const of = (/** @type {Samples} */ samples, /** @type {number} */ share) =>
      samples.summary(values => quantile(values, share));
    return [
      { what: 'echo beside 100 programs that log, median', unit: 'ms', figures: of(beside, 0.5) },
      { what: '  p99', unit: 'ms', figures: of(beside, 0.99) },
      { what: '  p99 before they begin', unit: 'ms', figures: of(atRest, 0.99) },
      { what: '  what they print', unit: 'MB/s', figures: speed },
      { what: '  CPU of the daemon', unit: '%', figures: cpu },
      {
        what: '  lines lost, doubled or out of order',
        unit: 'count',
        figures: { taskmaster: wrong },
        goal: { most: 0 },
      },
    ];
  },
};

/** Those who print, and the one who is typed to. */
class Crowd {
  /** @param {Lab} lab @param {string} name */
  constructor(lab, name) {
    this.lab = lab;
    this.go = join(lab.place('go'), 'go');
    this.counts = lab.place('counts');
    this.tags = Array.from({ length: COUNT }, (_, at) => `${name}-${at}`);
    this.echo = `${name}-echo`;
    const script = lab.script('steady.pl', STEADY);
    /** @type {Programs} */
    this.programs = {
      echo: echoing(lab, this.echo),
      ...Object.fromEntries(this.tags.map(tag => [tag, ['perl', script, tag, this.go, this.counts]])),
    };
  }

  /** Resolves when they all are. */
  up() {
    return Promise.all([this.echo, ...this.tags].map(tag => this.lab.reports.next(tag)));
  }

  begin() {
    writeFileSync(this.go, '');
  }

  /** Resolves when each has printed its last. */
  async end() {
    const over = Promise.all(this.tags.map(tag => this.lab.reports.next(`${tag}-done`)));
    await this.lab.run(['rm', this.go]);
    await over;
  }

  /** @param {string} tag */
  linesOf(tag) {
    return Number(readFileSync(join(this.counts, tag), 'latin1'));
  }
}

/** Taskmaster, with a log file for each but the first. */
class Loggers {
  name = 'taskmaster';

  /** @param {Taskmaster} taskmaster */
  constructor(taskmaster) {
    this.taskmaster = taskmaster;
    /** @type {Map<string, string>} */
    this.files = new Map();
  }

  /** @param {Lab} lab @param {Programs} programs @returns {Promise<Held>} */
  async hold(lab, { echo, ...others }) {
    const logging = Object.entries(others).map(([tag, cmd]) => {
      const file = join(lab.place('log'), 'out');
      this.files.set(tag, file);
      return [tag, { cmd, stdout: { file, maxsize: LOG_BYTES, backups: BACKUPS }, stoptime: '100ms' }];
    });
    const config = { programs: { echo: { cmd: echo }, ...Object.fromEntries(logging) } };
    const { control, ctl, pid, stop } = this.taskmaster.startConfig(lab, config);
    await control.ready();
    return { attach: name => [...ctl, 'attach', name], server: () => pid, stop };
  }
}

/**
 * @param {Bench} bench
 * @param {{crowd: Crowd, held: Held, name: string, samples: {atRest: Samples, beside: Samples}}} options
 */
async function measure({ lab, isQuick }, { crowd, held, name, samples }) {
  const typist = { name, terminal: new Terminal(lab, held.attach('echo')) };
  const type = async (/** @type {Samples} */ into) => {
    await wait(SETTLE_MS);
    const typed = await typeInTurns([typist], { keys: isQuick ? QUICK_KEYS : KEYS, warmUp: WARM_UP });
    for (const latency of typed.bySubject.get(name) ?? []) into.add(name, latency);
  };
  await type(samples.atRest);
  const began = performance.now();
  crowd.begin();
  await type(samples.beside);
  const server = held.server('echo');
  const cpu = server === undefined ? Number.NaN : await cpuShare(server, CPU_MS);
  await crowd.end();
  const seconds = (performance.now() - began) / 1000;
  await typist.terminal.close();
  return { cpu, seconds };
}

/** How many of the lines 0 … `count` - 1 are not where they should be. @param {string} path @param {number} count */
function wrongLines(path, count) {
  if (!existsSync(path)) return count;
  let [next, wrong] = [0, 0];
  for (const file of filesOf(path)) {
    for (const line of readFileSync(file, 'latin1').split('\n')) {
      if (line === '') continue;
      if (line.length !== LINE_BYTES - 1 || Number(line.slice(0, 10)) !== next) wrong++;
      next++;
    }
  }
  return wrong + Math.abs(count - next);
}
