// A gap in the table of fds lets masters into the next child; plugs prevent it; a thread that closes a file undoes the plugs.
import { openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { close, fork, mastersOf, sleep, untilRuns } from './binding.mjs';

const nap = ['/bin/sleep', '60'];
const children = [];
const kept = [];
const start = async () => {
  const child = fork(nap);
  children.push(child);
  await untilRuns(child.pid, 'sleep');
  return child;
};
for (let i = 0; i < 10; i++) kept.push(await start());
console.log('10 in a row, masters in the last child:', mastersOf(kept[9].pid).join(' ') || 'none');

const gone = kept.splice(3, 1)[0];
process.kill(gone.pid, 'SIGKILL');
await gone.ended;
close(gone.fd);
console.log(`master ${gone.fd} closed: the next one is given its number, and the child closes its own copy`);
const leaky = await start();
console.log(`next child (master ${leaky.fd}) has:`, mastersOf(leaky.pid).join(' ') || 'none');

const highest = Math.max(...children.map(child => child.fd));
function forkPlugged() {
  const plugs = [];
  for (let fd = 0; fd <= highest; ) plugs.push((fd = openSync('/dev/null')));
  const child = fork(nap);
  for (const fd of plugs) close(fd);
  children.push(child);
  return child;
}
process.kill(leaky.pid, 'SIGKILL');
await leaky.ended;
close(leaky.fd); // the gap is there again
const plugged = forkPlugged();
await untilRuns(plugged.pid, 'sleep');
console.log('the same gap, plugged during the fork:', mastersOf(plugged.pid).join(' ') || 'none');

let isReading = true;
const readers = [0, 1].map(async () => {
  while (isReading) await readdir('/proc');
});
let leaks = 0;
const tries = Number(process.argv[2] ?? 500);
for (let i = 0; i < tries; i++) {
  const child = forkPlugged();
  await untilRuns(child.pid, 'sleep');
  if (mastersOf(child.pid).length > 0) leaks++;
  process.kill(child.pid, 'SIGKILL');
  await child.ended;
  close(child.fd);
  children.splice(children.indexOf(child), 1);
}
isReading = false;
await Promise.all(readers);
console.log(`plugged, while another thread opens and closes /proc: ${leaks} of ${tries} children have masters`);
for (const child of children) if (child !== gone && child !== leaky) process.kill(child.pid, 'SIGKILL');
await sleep(50);
process.exit(0);
