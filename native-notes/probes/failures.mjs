// What cannot be run is a line on the terminal and exit code 1. Also: limits, threads, and who may hear of the end too late.
import { readdirSync } from 'node:fs';
import { binding, drain, fork, sleep } from './binding.mjs';

for (const [what, child] of [
  ['no such file', fork(['/nosuch'])],
  ['no such directory', fork(['/bin/true'], { cwd: '/nosuch' })],
]) {
  const { code, signal } = await child.ended;
  console.log(`${what}: code ${code}, signal ${signal}, on the terminal:`, JSON.stringify(drain(child.fd).text));
}

const limit = fork(['/bin/sh', '-c', 'echo $(ulimit -Sn) $(ulimit -Hn)']);
await limit.ended;
console.log('soft and hard RLIMIT_NOFILE of a child:', drain(limit.fd).text.trim());
const lowered = fork(['/bin/sh', '-c', 'ulimit -n 1024; exec sh -c "ulimit -n"']);
await lowered.ended;
console.log('behind sh -c "ulimit -n 1024; exec …":', drain(lowered.fd).text.trim());

const threads = () => readdirSync('/proc/self/task').length;
const before = threads();
const kids = Array.from({ length: 20 }, () => fork(['/bin/sleep', '60']));
console.log(`threads: ${before}, with 20 children ${threads()}`);
for (const kid of kids) process.kill(kid.pid, 'SIGKILL');
await Promise.all(kids.map(kid => kid.ended));
await sleep(50);

const quick = fork(['/bin/true']);
const until = performance.now() + 200;
while (performance.now() < until); // the event loop is busy: the callback cannot come
let isThere = true;
try {
  process.kill(quick.pid, 0);
} catch {
  isThere = false;
}
console.log(
  '200 ms after its end, before the callback: the pid is',
  isThere ? 'still taken' : 'free (reaped on another thread)',
);
await quick.ended;
try {
  binding.resize(1 << 20, 80, 24, 0, 0);
} catch (error) {
  console.log('resize of a closed fd:', error.message);
}
process.exit(0);
