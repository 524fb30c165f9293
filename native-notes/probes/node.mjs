// Facts about Node itself: timers, umask in workers, fds that children inherit, who is closed on exec at start-up.
import { spawn, spawnSync } from 'node:child_process';

import { Worker } from 'node:worker_threads';
import { fork, mastersOf, nodePath, untilRuns } from './binding.mjs';

let early = 0;
let worst = 0;
for (let i = 0; i < 300; i++) {
  const start = performance.now();
  await new Promise(resolve => setTimeout(resolve, 5));
  const off = 5 - (performance.now() - start);
  if (off > 0) early++;
  worst = Math.max(worst, off);
}
console.log(`setTimeout 5 ms: ${early} of 300 early, at most by ${worst.toFixed(2)} ms`);

const worker = new Worker(
  "const {parentPort}=require('worker_threads');let set;try{process.umask(0o77);set='set'}catch(e){set=e.code}parentPort.postMessage(set)",
  { eval: true },
);
console.log('process.umask(077) in a worker:', await new Promise(resolve => worker.once('message', resolve)));
console.log(
  'Symbol.dispose:',
  typeof Symbol.dispose,
  '; process.execve:',
  typeof process.execve,
  '; node',
  process.version,
);

const held = fork(['/bin/sleep', '60']);
const stranger = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
await untilRuns(stranger.pid, 'sleep');
console.log(`child_process: the child has masters`, mastersOf(stranger.pid).join(' ') || 'none', `(ours: ${held.fd})`);
stranger.kill('SIGKILL');
process.kill(held.pid, 'SIGKILL');

// Which inherited fds Node itself marks close-on-exec at its start: all up to the first gap above 15.
const look = `const fs=require('fs');console.log([9,30].map(fd=>fd+': '+((parseInt(/flags:\\s*(\\d+)/.exec(fs.readFileSync('/proc/self/fdinfo/'+fd))[1],8)&0o2000000)?'close-on-exec':'inheritable')).join(', '))`;
const shell = spawnSync('/bin/bash', ['-c', 'exec 9</dev/null 30</dev/null; exec "$0" -e "$1"', nodePath, look]);
console.log('inherited fds seen by a new Node:', String(shell.stdout).trim() || String(shell.stderr));
console.log(
  'soft limit: the shell',
  String(
    spawnSync('/bin/bash', [
      '-c',
      'ulimit -Sn 256; ulimit -Sn; exec "$0" -e "$1"',
      nodePath,
      "console.log('and Node, started by it:',/Max open files\\s+(\\d+)/.exec(require('fs').readFileSync('/proc/self/limits'))[1])",
    ]).stdout,
  )
    .trim()
    .replaceAll('\n', ' '),
);
process.exit(0);
