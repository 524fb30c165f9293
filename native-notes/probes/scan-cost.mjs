// Reading /proc with 1000 more processes: what the listing and what the files cost.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { sleep } from './binding.mjs';

const children = Array.from({ length: 1000 }, () => spawn('/bin/sleep', ['60'], { stdio: 'ignore' }));
await sleep(500);
const [listing, files] = [[], []];
let count = 0;
for (let round = 0; round < 11; round++) {
  let start = performance.now();
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  listing.push(performance.now() - start);
  start = performance.now();
  for (const pid of pids) {
    try {
      readFileSync(`/proc/${pid}/stat`, 'latin1');
    } catch {} // it ended
  }
  files.push(performance.now() - start);
  count = pids.length;
}
const median = list => list.sort((a, b) => a - b)[list.length >> 1].toFixed(1);
console.log(`${count} processes: listing ${median(listing)} ms, their stat files ${median(files)} ms`);
const start = Number(readFileSync(`/proc/${children[0].pid}/stat`, 'latin1').split(') ')[1].split(' ')[19]);
console.log(`field 22 in ticks of 10 ms: started ${(uptime() - start / 100).toFixed(2)} s ago by os.uptime()`);
for (const child of children) child.kill('SIGKILL');
