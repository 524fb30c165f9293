// What is known of a process whose daemon was killed: its environment before and after exec, its start, the boot.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fork, sleep } from './binding.mjs';

const MARK = `PROBE_MARK=${process.pid}`;
const read = path => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it ended
  }
};
const environ = pid => read(`/proc/${pid}/environ`).split('\0');
const stat = pid => read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
const exe = pid => {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined; // it ended
  }
};
const pids = () =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number);

if (process.argv[2] === 'daemon') {
  // A daemon that is killed right after one of its forks.
  const env = [process.argv[3], `PATH=${process.env.PATH}`];
  for (let i = 0; i < 10; i++) fork(['/bin/sh', '-c', 'trap "" HUP; sleep 30; :'], { env });
  process.kill(process.pid, 'SIGKILL');
}

// A subshell is a fork without an exec.
const shell = spawn('/bin/sh', ['-c', 'export LATER=yes; (sleep 30; :) & echo $!; sleep 30'], {
  env: { PATH: process.env.PATH, EARLIER: 'yes' },
  stdio: ['ignore', 'pipe', 'ignore'],
  detached: true,
});
const subshell = Number(await new Promise(resolve => shell.stdout.once('data', resolve)));
await sleep(100);
const names = pid =>
  environ(pid)
    .map(entry => entry.split('=')[0])
    .filter(name => /EARLIER|LATER/.test(name))
    .join(' ');
console.log(`forked, no exec: ${names(subshell) || 'gone'}`);
const afterExec = pids().find(pid => Number(stat(pid)[1]) === shell.pid && names(pid).includes('LATER'));
console.log(`forked, exec: ${names(afterExec ?? 0)}`);
process.kill(-shell.pid, 'SIGKILL');

const perl = spawn('/usr/bin/perl', ['-e', '$0 = "title " x 1000; $| = 1; print "ready\\n"; sleep 30'], {
  env: { EARLIER: 'yes' },
  stdio: ['ignore', 'pipe', 'ignore'],
});
await new Promise(resolve => perl.stdout.once('data', resolve));
console.log(`after writing its title: ${names(perl.pid) || 'no variables'}`);
perl.kill('SIGKILL');

let [unmarked, alive, later] = [0, 0, 0];
const ROUNDS = 30;
for (let round = 0; round < ROUNDS; round++) {
  spawnSync(process.execPath, [fileURLToPath(import.meta.url), 'daemon', MARK]);
  // A child of the dead daemon before its exec runs node, and leads a session that is not ours.
  const own = new Set([process.pid, process.ppid]);
  const early = pids().filter(
    pid =>
      !own.has(pid) &&
      exe(pid) === process.execPath &&
      Number(stat(pid)[3]) === pid &&
      read(`/proc/${pid}/cmdline`).includes('survivors.mjs'),
  );
  unmarked += early.length;
  alive += pids().filter(pid => environ(pid).includes(MARK) && Number(stat(pid)[3]) === pid).length;
  await sleep(50);
  later += early.filter(pid => environ(pid).includes(MARK)).length;
  for (const pid of pids()) if (environ(pid).includes(MARK) && pid !== process.pid) process.kill(pid, 'SIGKILL');
  await sleep(20);
}
console.log(
  `of ${ROUNDS * 10} forked by daemons killed then: ${alive} marked and alive, ${unmarked} before their exec, ${later} of those marked and alive 50 ms later`,
);

const changing = spawn('/bin/sh', ['-c', 'read _; exec sleep 30'], { stdio: ['pipe', 'ignore', 'ignore'] });
const before = stat(changing.pid)[19];
await sleep(100);
changing.stdin.write('\n');
while (!read(`/proc/${changing.pid}/comm`).startsWith('sleep')) await sleep(10);
console.log(`start ticks, 100 ms and an exec later: ${stat(changing.pid)[19] === before ? 'the same' : 'others'}`);
changing.kill('SIGKILL');

const boots = [1, 2].map(() => read('/proc/sys/kernel/random/boot_id').trim());
console.log(`boot_id, read twice: ${boots[0] === boots[1] ? 'the same' : 'others'}, ${boots[0].length} characters`);
