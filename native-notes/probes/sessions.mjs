// What remains when a leader ends, who is signalled, and what a process group is good for.
import { readdirSync, readFileSync } from 'node:fs';
import { close, drain, fork, sleep } from './binding.mjs';

function statOf(pid) {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ppid, pgrp, session] = line.slice(line.lastIndexOf(')') + 2).split(' ');
    return { state, ppid: +ppid, pgrp: +pgrp, session: +session };
  } catch {
    return undefined;
  }
}
const isAlive = pid => !['Z', 'X', undefined].includes(statOf(pid)?.state);
const exists = group => {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
};

// Five children of one leader; each prints its pid. `set -m` gives a background job a group of its own.
const script = `
sleep 61 & echo same $!
set -m
sleep 62 & echo group $!
sleep 63 </dev/null >/dev/null 2>&1 & echo quiet $!
sleep 64 & echo stopped $!; kill -STOP $!
set +m
setsid sleep 65 & echo setsid $!
sleep 0.2`;
const leader = fork(['/bin/bash', '-c', script]);
await leader.ended;
await sleep(100);
const { text, end } = drain(leader.fd);
console.log(
  `leader ${leader.pid} ended; its terminal says ${end}; its own group is ${exists(leader.pid) ? 'there' : 'gone'}`,
);
const pids = [];
for (const [, name, pid] of text.matchAll(/^(\w+) (\d+)/gm)) {
  const stat = statOf(+pid);
  const where = stat && (stat.session === leader.pid ? "leader's" : 'other');
  console.log(
    `  ${name.padEnd(8)} ${isAlive(+pid) ? `alive, session ${where}, group ${stat.pgrp === +pid ? 'own' : "leader's"}` : 'ended'}`,
  );
  if (isAlive(+pid)) pids.push(+pid);
}
for (const pid of pids) process.kill(pid, 'SIGKILL');
close(leader.fd);

// A job in a group of its own that lets go of the terminal: neither terminal nor group tells of it.
const sly = fork(['/bin/bash', '-c', 'set -m; sleep 66 </dev/null >/dev/null 2>&1 & echo $!; sleep 0.2']);
await sly.ended;
const seen = drain(sly.fd);
const pid = parseInt(seen.text, 10);
console.log(
  `own group and no terminal: read says ${seen.end}, leader's group ${exists(sly.pid) ? 'there' : 'gone'}, and it is ${isAlive(pid) ? 'alive' : 'gone'} in session ${statOf(pid)?.session === sly.pid ? "the leader's" : '?'}`,
);
process.kill(pid, 'SIGKILL');
close(sly.fd);

// A chain in which each forks the next and ends, deaf to HUP and TERM; it ends by itself after 3000 links.
const chain = 'trap "" HUP TERM; n=$1; [ "$n" -gt 0 ] || exit; sh -c "$0" "$0" $((n - 1)) & exit';
const runner = fork(['/bin/sh', '-c', chain, chain, '3000']);
await runner.ended;
await sleep(300);
const members = () => {
  const all = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return all.map(Number).filter(pid => statOf(pid)?.pgrp === runner.pid && isAlive(pid)).length;
};
let before = 0;
for (let i = 0; i < 20; i++) before += members() > 0 ? 1 : 0;
const holds = drain(runner.fd).end; // EAGAIN: someone holds the terminal
process.kill(-runner.pid, 'SIGKILL');
await sleep(50);
let after = 0;
for (let i = 0; i < 20; i++) after += members() > 0 ? 1 : 0;
console.log(
  `fork chain: terminal ${holds}, seen alive by ${before} of 20 readings of /proc; after one kill(-group, KILL) by ${after} of 20, terminal ${drain(runner.fd).end}`,
);
close(runner.fd);
process.exit(0);
