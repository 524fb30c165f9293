// Which ways to a host go over the thread pool, by the kinds of requests that Node makes.
import { createHook } from 'node:async_hooks';
import { createSocket } from 'node:dgram';
import { lookup, Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

let seen = [];
createHook({
  init: (_, type) => {
    if (/REQ|CHANNEL|QUERY/.test(type)) seen.push(type);
  },
}).enable();

async function tell(what, work) {
  seen = [];
  await work();
  process._rawDebug(`${what.padEnd(44)} ${[...new Set(seen)].join(' ') || 'nothing'}`);
}

const server = createServer(socket => socket.end());
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address();

async function dial(options) {
  const socket = connect({ port, ...options });
  await once(socket, 'connect');
  socket.destroy();
}

/** What becomes of a datagram to a port that nobody listens at. */
async function datagram(way) {
  const socket = createSocket('udp4');
  const told = new Promise(resolve => {
    socket.on('error', error => resolve(error.code));
    setTimeout(resolve, 200, 'nothing');
  });
  const free = port === 65_535 ? port - 1 : port + 1;
  await new Promise(resolve => (way === 'connected' ? socket.connect(free, '127.0.0.1', resolve) : resolve()));
  if (way === 'connected') socket.send('x');
  else socket.send('x', free, '127.0.0.1');
  process._rawDebug(`a datagram nobody takes, ${way}: ${await told}`);
  socket.close();
}

await tell('dns.lookup of a name', () => lookup('localhost'));
await tell('dns.lookup of an address', () => lookup('127.0.0.1'));
await tell('net.connect to a name', () => dial({ host: 'localhost', family: 4 }));
await tell('net.connect to an address', () => dial({ host: '127.0.0.1' }));
await tell('Resolver.resolve4 of a name', () =>
  new Resolver({ timeout: 500, tries: 1 }).resolve4('localhost').catch(() => {}),
);
await datagram('unconnected');
await datagram('connected');
server.close();
