// The user's terminal in the client: what Node's raw mode leaves on, what is there afterwards, and what `ws` costs.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { drain, fork, openSlave, sleep } from './binding.mjs';

const settingsOf = pty => execFileSync('stty', ['-F', pty, '-a'], { encoding: 'utf8' });
const pick = (settings, ...names) => names.map(name => new RegExp(`-?\\b${name}\\b`).exec(settings)?.[0]).join(' ');
const NAMES = ['icanon', 'isig', 'ixon', 'opost', 'onlcr'];

async function probe(what, script, end) {
  const child = fork(['/bin/sh', '-c', 'stty -echoctl intr ^X; sleep 1; exec "$0" -e "$1"', process.execPath, script]);
  const slave = openSlave(child.pty);
  await sleep(600);
  const before = settingsOf(child.pty);
  await sleep(1500);
  const during = settingsOf(child.pty);
  end(child);
  await child.ended;
  console.log(`${what}: ${pick(during, ...NAMES)}; afterwards as before: ${settingsOf(child.pty) === before}`);
  closeSync(slave);
  closeSync(child.fd);
}

const RAW = 'process.stdin.setRawMode(true); process.stdin.resume(); MORE';
const STTY = "require('child_process').spawn('stty', ['-opost'], { stdio: [0, 'ignore', 'ignore'] });";
const type = child => writeSync(child.fd, 'q');
const LEAVE = "process.stdin.on('data', () => { process.stdin.setRawMode(false); process.exit(); });";
const JUST_EXIT = "process.stdin.on('data', () => process.exit());";
await probe('setRawMode(true)', RAW.replace('MORE', LEAVE), type);
await probe('and stty -opost', RAW.replace('MORE', STTY + LEAVE), type);
await probe('left by process.exit alone', RAW.replace('MORE', STTY + JUST_EXIT), type);
await probe('ended by SIGTERM, no handler', RAW.replace('MORE', STTY), child => process.kill(child.pid, 'SIGTERM'));
await probe('ended by SIGKILL', RAW.replace('MORE', STTY), child => process.kill(child.pid, 'SIGKILL'));

const stuck = fork(['/bin/sh', '-c', 'stty raw; exec sleep 60']);
await sleep(200);
const again = openSync(stuck.pty, 'w');
closeSync(again);
const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = (await import('node:fs')).constants;
const fd = openSync(stuck.pty, O_WRONLY | O_NONBLOCK | O_NOCTTY);
let taken = 0;
let answer;
for (;;) {
  try {
    taken += writeSync(fd, Buffer.alloc(4096, 'x'));
  } catch (error) {
    answer = error.code;
    break;
  }
}
console.log(`opened anew, not read: ${taken} bytes taken, then ${answer}`);
drain(stuck.fd);
console.log(`read empty: ${writeSync(fd, Buffer.alloc(1000, 'x'))} of 1000 taken`);
process.kill(stuck.pid, 'SIGKILL');
await stuck.ended;
closeSync(fd);
closeSync(stuck.fd);

const ws = createRequire(import.meta.url).resolve('ws');
const scripts = { nothing: '0', 'node:http': "require('node:http')", ws: `require(${JSON.stringify(ws)})` };
const times = Object.fromEntries(Object.keys(scripts).map(name => [name, []]));
for (let round = 0; round < 15; round++)
  for (const [name, script] of Object.entries(scripts)) {
    const began = performance.now();
    spawnSync(process.execPath, ['-e', script]);
    times[name].push(performance.now() - began);
  }
for (const [name, list] of Object.entries(times))
  console.log(`node that loads ${name}: ${list.sort((a, b) => a - b)[7].toFixed(1)} ms`);
