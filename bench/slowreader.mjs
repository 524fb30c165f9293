// @ts-check
/**
 * A program to paste to: wants pastes to be bracketed, takes 64 KB every 10 ms, 4 KB at once as that is all that the
 * kernel gives, and says what it got when that is as much as expected, or when nothing came for a while after something
 * did (its terminal is so set that a read then gives nothing).
 */
import { createHash } from 'node:crypto';
import { readSync, writeFileSync, writeSync } from 'node:fs';

const [, , fifo = '', tag, expected, result = ''] = process.argv;
const [PAUSE_MS, READS, READ_BYTES] = [10, 16, 4096];

const [buffer, cell, hash] = [Buffer.alloc(READ_BYTES), new Int32Array(new SharedArrayBuffer(4)), createHash('sha256')];
let [length, at, isOver] = [0, 0, false];
writeSync(1, '\x1b[?2004h');
tell(`${tag}`);
while (!isOver) {
  Atomics.wait(cell, 0, 0, PAUSE_MS);
  for (let left = READS; left > 0 && !isOver; left--) {
    const got = readSync(0, buffer);
    hash.update(buffer.subarray(0, got));
    length += got;
    if (got > 0) at = performance.timeOrigin + performance.now();
    isOver = length >= Number(expected) || (got === 0 && length > 0);
  }
}
writeFileSync(result, JSON.stringify({ length, at, sum: hash.digest('hex') }));
tell(`${tag}-done`);
setTimeout(() => {}, 600_000);

/** @param {string} what */
function tell(what) {
  writeFileSync(fifo, `${what} ${process.pid}\n`, { flag: 'a' });
}
