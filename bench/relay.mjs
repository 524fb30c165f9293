// @ts-check
/**
 * The least that a daemon and a client in Node can do: bytes from a terminal to a UNIX socket to another terminal, and
 * back. No scrollback, no frames, no checks.
 *
 *   serve PLACE PROGRAMS    holds the terminals; programs as JSON, words by name; a socket for each in the directory
 *   attach PLACE NAME
 */
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { Terminal } from './terminal.mjs';

const [, , verb, place = '', what = ''] = process.argv;

if (verb === 'serve') {
  for (const [name, words] of Object.entries(JSON.parse(what))) serve(name, words);
} else {
  const socket = createConnection(join(place, what));
  process.stdin.setRawMode(true);
  process.stdin.on('data', keys => socket.write(keys));
  socket.on('data', bytes => process.stdout.write(bytes));
}

/** @param {string} name @param {readonly string[]} words */
function serve(name, words) {
  const terminal = new Terminal({ env: process.env, directory: process.cwd() }, words);
  /** @type {Set<import('node:net').Socket>} */
  const viewers = new Set();
  terminal.listeners.add(chunk => {
    for (const viewer of viewers) viewer.write(Buffer.from(chunk));
  });
  createServer(viewer => {
    viewers.add(viewer);
    viewer.on('data', keys => terminal.type(keys.toString('latin1')));
    viewer.on('error', () => {}); // its client was killed: `close` follows
    viewer.on('close', () => viewers.delete(viewer));
  }).listen(join(place, name));
}
