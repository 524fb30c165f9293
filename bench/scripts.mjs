// @ts-check
/** The programs that run in the terminals which are attached to. Each says on the lab's FIFO that it is up. */
import { join } from 'node:path';

/** @import {Gate} from './gate.mjs' */
/** @import {Lab} from './lab.mjs' */

/**
 * Prints an upper-case letter for a lower-case one: the kernel does that, on the way out, so that it costs nothing and an
 * echo of the client's own terminal is not taken for the program's.
 */
const ECHO = (/** @type {string} */ fifo) => `#!/bin/sh
stty raw -echo opost olcuc
echo "$1 $$" > ${fifo}
exec cat
`;

/** Keys, none of whose upper-case letters ends a control sequence that the clients use. */
export const KEYS = 'qwyv';

/**
 * Prints the same without end. It reports the pid of the one that prints, a child, so that it can be stopped and let go:
 * tmux and screen would wake a child of their own at once. It ends when it has used ten minutes of a processor, so that
 * even a bench that was killed with SIGKILL leaves no flood for ever.
 */
const FLOOD = (/** @type {string} */ fifo) => `#!/bin/sh
ulimit -t 600
yes "$(cat "$2")" &
echo "$1 $!" > ${fifo}
wait
`;

/** Prints files each time that it is let through a gate, and says when it has. */
const PRINT = (/** @type {string} */ fifo) => `#!/bin/sh
tag=$1 gate=$2
shift 2
echo "$tag $$" > ${fifo}
while read -r go < "$gate"; do
  cat "$@"
  echo "$tag-done $$" > ${fifo}
done
`;

/** Reads nothing. In raw mode, as a cooked terminal would drop what is too much. */
const DEAF = (/** @type {string} */ fifo) => `#!/bin/sh
stty raw -echo
echo "$1 $$" > ${fifo}
exec sleep 600
`;

/** For `slowreader.mjs`: a read waits for 3 s at most. */
const RAW_FOR_A_WHILE = `#!/bin/sh
stty raw -echo min 0 time 30
exec "$@"
`;

/** @param {Lab} lab @param {string} tag */
export function deaf(lab, tag) {
  return ['/bin/sh', lab.script('deaf.sh', DEAF), tag];
}

/**
 * Reports `<tag>-done` and leaves in a file what it got: its length, its SHA-256, and the time of the last byte.
 * @param {Lab} lab
 * @param {string} tag
 * @param {{bytes: number, result: string}} options
 */
export function slowReader(lab, tag, { bytes, result }) {
  const raw = lab.write('raw.sh', RAW_FOR_A_WHILE);
  const reader = join(import.meta.dirname, 'slowreader.mjs');
  return ['/bin/sh', raw, process.execPath, reader, lab.reports.path, tag, String(bytes), result];
}

/** @param {Lab} lab @param {string} tag */
export function echoing(lab, tag) {
  return ['/bin/sh', lab.script('echo.sh', ECHO), tag];
}

/** @param {Lab} lab @param {string} tag @param {string} text what is printed again and again */
export function flooding(lab, tag, text) {
  return ['/bin/sh', lab.script('flood.sh', FLOOD), tag, lab.write(`${tag}.txt`, text, 0o644)];
}

/**
 * Reports `<tag>-done` when all is printed.
 * @param {Lab} lab
 * @param {string} tag
 * @param {{gate: Gate, files: readonly string[]}} options
 */
export function printing(lab, tag, { gate, files }) {
  return ['/bin/sh', lab.script('print.sh', PRINT), tag, gate.path, ...files];
}

/** A line as logs have them. */
const LOG_LINE = '2026-11-21T03:28:27.123Z info  request 4711 GET /index.html 200 in 12 ms, 8 kB out';

/** What a flood prints again and again: so many lines that no screen is like the one before, and yet one word for `yes`. */
const FLOOD_BYTES = 16_000;

/** Log lines, numbered so that neighbours are not alike. @param {number} bytes at least so many */
export function logText(bytes) {
  const lines = Math.ceil(bytes / (LOG_LINE.length + 1));
  return Array.from({ length: lines }, (_, line) => `${LOG_LINE.replace('4711', String(1000 + (line % 9000)))}\n`).join(
    '',
  );
}

/** Log lines for `flooding`. */
export function logFlood() {
  return logText(FLOOD_BYTES).trimEnd();
}

/** One redraw of a whole screen in colours, as a full-screen program does it. @param {{cols: number, rows: number, seed?: number}} size */
export function redraw({ cols, rows, seed = 0 }) {
  let text = '\x1b[H';
  for (let row = 1; row <= rows; row++) {
    text += `\x1b[${row};1H`;
    for (let at = 0; at < cols; at += 10) {
      const colour = 16 + ((row * 7 + at + seed) % 216);
      text += `\x1b[${(row + at) % 3 === 0 ? '1;' : ''}38;5;${colour}m${`${seed * row}:${at}`.padEnd(10).slice(0, 10)}\x1b[0m`;
    }
  }
  return text;
}
