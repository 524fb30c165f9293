// @ts-check
/**
 * Many viewers, in a process of their own, so that reading what they see delays nobody whom the bench measures. Each line
 * on standard input says how the terminals are read or what becomes of the clients from now on: JSON, a list with an entry
 * for each. Says on the lab's FIFO when that is done, and in a file how many bytes each has seen.
 */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Terminal } from './terminal.mjs';

const [, , fifo = '', tag, count, seen = '', ...words] = process.argv;

const viewers = Array.from(
  { length: Number(count) },
  () => new Terminal({ env: process.env, directory: process.cwd() }, words),
);

for await (const line of createInterface({ input: process.stdin })) {
  for (const [at, how] of JSON.parse(line).entries()) {
    const viewer = viewers[at];
    if (how === 'SIGSTOP' || how === 'SIGKILL') viewer?.signal(how);
    else viewer?.read(how);
  }
  writeFileSync(seen, JSON.stringify(viewers.map(({ received }) => received)));
  writeFileSync(fifo, `${tag} ${process.pid}\n`, { flag: 'a' });
}
await Promise.all(viewers.map(viewer => viewer.close()));
