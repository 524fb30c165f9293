// Typing: what the canonical mode drops, what a full terminal answers, and the modes a terminal begins with.
import { writeSync } from 'node:fs';
import { close, drain, fork, sleep } from './binding.mjs';

function type(fd, bytes) {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    return error.code;
  }
}

const cooked = fork(['/bin/sh', '-c', 'stty -echo; echo ready; IFS= read -r line; echo got ${#line}']);
await sleep(200);
for (let i = 0; i < 6; i++) type(cooked.fd, 'a'.repeat(1000));
type(cooked.fd, '\r');
await sleep(200);
console.log('canonical: 6000 bytes and a return typed;', drain(cooked.fd).text.replaceAll('\r\n', ' '));

const raw = fork(['/bin/sh', '-c', 'stty raw -echo; exec sleep 60']);
await sleep(200);
let written = 0;
let answer;
while (typeof (answer = type(raw.fd, 'a'.repeat(1024))) === 'number') written += answer;
console.log(`raw, not read: ${written} bytes taken, then ${answer}`);
process.kill(raw.pid, 'SIGKILL');

const modes = fork(['/bin/stty', '-a']);
await modes.ended;
console.log(
  'modes:',
  drain(modes.fd)
    .text.match(/-?(ixon|ixany|iutf8|icanon|isig|opost|onlcr)\b/g)
    .join(' '),
);

const frozen = fork(['/bin/sh', '-c', 'while :; do echo tick; sleep 0.05; done']);
await sleep(200);
type(frozen.fd, '\x13');
await sleep(100);
drain(frozen.fd);
await sleep(400);
const silent = drain(frozen.fd).text.length;
type(frozen.fd, '\x11');
await sleep(200);
console.log(`after Ctrl-S: ${silent} bytes in 400 ms; after Ctrl-Q: ${drain(frozen.fd).text.length} in 200 ms`);
process.kill(frozen.pid, 'SIGKILL');
await frozen.ended;
for (const child of [cooked, raw, modes, frozen]) close(child.fd);
process.exit(0);
