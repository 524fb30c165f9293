// node-pty's public class: a reader that is paused across the exit, and an exit while something holds the terminal.
import { createRequire } from 'node:module';
import { sleep } from './binding.mjs';

const { spawn } = createRequire(import.meta.url)('node-pty');
const paused = spawn('/bin/sh', ['-c', 'seq 1 3000'], {});
let got = 0;
paused.onData(data => (got += data.length));
paused.pause();
await sleep(1000);
paused.resume();
await sleep(300);
console.log(`seq 1 3000 is 16893 bytes here; after a pause of 1 s across the exit the class gave ${got}`);

const start = performance.now();
const held = spawn('/bin/sh', ['-c', '(trap "" HUP; exec sleep 1) & sleep 0.2; kill -9 $$'], {});
let leftover = '';
held.onData(data => (leftover += data));
await new Promise(resolve => held.onExit(resolve));
console.log(
  `a leader that dies after 200 ms while a child holds the terminal is reported after ${Math.round(performance.now() - start)} ms`,
);
process.exit(0);
