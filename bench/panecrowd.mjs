// @ts-check
/**
 * Panes on many programs, in a process of their own, as a dashboard has them: watching, and acknowledging what they get. Each
 * line on standard input says on how many of the programs they are from now on, and in what sort of pictures. Says on the lab's
 * FIFO when that is so, and in a file how many pictures have come, and bytes of them.
 */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

const [, , fifo = '', tag, socket, seen = '', size = '', ...names] = process.argv;
const [cols, rows] = size.split('x');
const query = `pane=1&readonly=1&acks=1&cols=${cols}&rows=${rows}`;

/** @type {WebSocket[]} */
let panes = [];
const got = { pictures: 0, bytes: 0 };

for await (const line of createInterface({ input: process.stdin })) {
  for (const pane of panes) pane.terminate();
  panes = names.slice(0, Number(line)).map(open);
  await Promise.all(panes.map(pane => new Promise(resolve => pane.once('message', resolve))));
  writeFileSync(seen, JSON.stringify(got));
  Object.assign(got, { pictures: 0, bytes: 0 });
  writeFileSync(fifo, `${tag} ${process.pid}\n`, { flag: 'a' });
}
for (const pane of panes) pane.terminate();

/** @param {string} name */
function open(name) {
  const pane = new WebSocket(`ws+unix://${socket}:/v1/processes/${name}/attach?${query}`);
  let bytes = 0;
  pane.on('error', () => {}); // it was let go before it was open
  pane.on('message', (/** @type {Buffer} */ data, isBinary) => {
    if (!isBinary) return;
    bytes += data.length;
    got.bytes += data.length;
    got.pictures++;
    pane.send(JSON.stringify({ type: 'ack', bytes }));
  });
  return pane;
}
