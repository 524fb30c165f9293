// Children print and exit; after the binding's callback one synchronous read until EAGAIN or EIO must have it all.
import { close, drain, fork, openSlave } from './binding.mjs';

const count = Number(process.argv[2] ?? 2000);
let lost = 0;
let late = 0;
const ends = {};
for (let i = 0; i < count; i++) {
  const child = fork(i % 2 ? ['/bin/echo', `line ${i}`, 'x'.repeat(6000)] : ['/bin/echo', `line ${i}`]);
  const slave = openSlave(child.pty); // as pty.ts holds it: no EIO may come before the end
  await child.ended;
  close(slave);
  const { text, end } = drain(child.fd);
  ends[end] = (ends[end] ?? 0) + 1;
  const wanted = i % 2 ? `line ${i} ${'x'.repeat(6000)}\r\n` : `line ${i}\r\n`;
  if (text !== wanted) lost++;
  await new Promise(setImmediate);
  if (drain(child.fd).text !== '') late++;
  close(child.fd);
}
console.log(`${count} children: ${lost} incomplete, ${late} with bytes after that; reads ended by`, ends);
process.exit(0);
