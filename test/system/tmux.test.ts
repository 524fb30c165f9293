/**
 * The dashboard and the shell as people see them: in a real tmux, driven by its keys. The golden screens stand in
 * `golden/`; `GOLDEN=write` writes them anew, to be looked at before they are committed.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { ProcessList } from '../../src/protocol/messages.ts';
import { Bench, type RunningDaemon } from '../support/built.ts';
import { configOf, isInstalled, type ProgramOptions, script } from './attach-support.ts';
import { masked } from './mask.ts';
import { TmuxWindow } from './tmux-support.ts';

const GOLDEN = join(import.meta.dirname, 'golden');
const IS_WRITING = process.env.GOLDEN === 'write';

/** Time enough for everything to be drawn, where nobody knows yet what that is. */
const SETTLE_MS = 2500;

const SIZES = [
  { cols: 80, rows: 24 },
  { cols: 120, rows: 40 },
  { cols: 200, rows: 60 },
];

/** A line with colours, wide characters and one of two code points, then nothing more. */
const LINE = 'printf "\\033[32m%s\\033[0m is up ✅ 漢字 e\\314\\201\\n" "$1"; exec sleep 600';

/** Programs of so many processes. */
function programsOf(count: number): Record<string, ProgramOptions> {
  if (count === 0) return {};
  const numprocs = count - 2;
  return { alpha: script(LINE, 'alpha'), beta: script(LINE, 'beta'), worker: { ...script(LINE, 'worker'), numprocs } };
}

/** What is printed before the dashboard is opened is no news to it: no mark tells of it. */
async function untilAllPrinted(daemon: RunningDaemon): Promise<void> {
  const printed = async (): Promise<boolean> => {
    const { json } = await daemon.call('GET', '/v1/processes');
    const { processes } = json as ProcessList; // by the route table
    return processes.every(({ scrollback }) => scrollback.to > 0);
  };
  await expect.poll(printed, { timeout: 10_000, interval: 20 }).toBe(true);
}

/** Resolves when the window shows what the golden screen says, but for figures; fails with what it shows instead. */
async function untilGolden(window: TmuxWindow, name: string): Promise<void> {
  const path = join(GOLDEN, `${name}.txt`);
  if (IS_WRITING) {
    await wait(SETTLE_MS);
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(path, masked(await window.shows()));
    return;
  }
  expect(existsSync(path), `${path} is not there: GOLDEN=write makes it`).toBe(true);
  const golden = readFileSync(path, 'utf8');
  await expect.poll(async () => masked(await window.shows()), { timeout: 10_000, interval: 20 }).toBe(golden);
}

describe.skipIf(!isInstalled('tmux'))('in tmux (needs tmux)', () => {
  test.each([0, 3, 60])('the dashboard with %i processes, at every size, as a table and in tiles', async count => {
    const bench = new Bench(configOf(programsOf(count)));
    await untilAllPrinted(await bench.start());
    const window = await TmuxWindow.open(bench, { cols: 80, rows: 24 }, bench.command('dashboard'));
    for (const size of SIZES) {
      await window.resize(size);
      for (const view of ['table', 'tiles']) {
        await untilGolden(window, `${size.cols}x${size.rows}-${count}-${view}`);
        await window.keys('t');
      }
    }
    await window.keys('q');
    await window.until(shown => shown.includes('left with 0'));
  });
});
