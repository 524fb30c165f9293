// UNIX sockets in Node: length of paths, the umask, sockets that a dead process left, the queue of those not accepted.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directory = mkdtempSync(join(tmpdir(), 's-'));
const tell = (target, ...events) =>
  new Promise(resolve => {
    for (const event of events) target.once(event, error => resolve(error?.code ?? event));
  });
for (const length of [107, 108, 109, 120]) {
  const path = join(directory, 'x'.repeat(length - directory.length - 1));
  const server = createServer();
  const told = tell(server, 'listening', 'error');
  server.listen(path);
  const answer = await told;
  console.log(
    `path of ${path.length}: ${answer}; file of that name: ${existsSync(path)}, of its first 108 bytes: ${existsSync(path.slice(0, 108))}`,
  );
  if (answer === 'listening') server.close();
}

const path = join(directory, 's');
const server = createServer();
const before = process.umask(0o177);
server.listen(path);
process.umask(before);
console.log(`mode right after listen() returned: ${(statSync(path).mode & 0o777).toString(8)}`);
await tell(server, 'listening');
const socket = connect(path);
const [peer] = await Promise.all([new Promise(resolve => server.once('connection', resolve)), tell(socket, 'connect')]);
console.log('what Node tells of the peer:', JSON.stringify({ address: peer.remoteAddress, ...peer.address() }));
peer.destroy();
socket.destroy();
server.close();

const stale = join(directory, 'stale');
const child = spawnSync(process.execPath, [
  '-e',
  `require('net').createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, 'SIGKILL'))`,
]);
console.log(
  `left by a killed process (${child.signal}): there ${existsSync(stale)}, connect says ${await tell(connect(stale), 'error', 'connect')}`,
);
console.log('no file:', await tell(connect(join(directory, 'none')), 'error', 'connect'));
const again = createServer();
const told = tell(again, 'error', 'listening');
again.listen(stale);
console.log('listen on the stale one:', await told);

// A server whose event loop is busy accepts nothing; the kernel queues `backlog` of them and then refuses.
const busyPath = join(directory, 'busy');
const busy = createServer().listen({ path: busyPath, backlog: 4 });
await tell(busy, 'listening');
const client = `const {connect}=require('net');let ok=0,no={};for(let i=0;i<12;i++){const s=connect(${JSON.stringify(busyPath)});s.on('connect',()=>ok++);s.on('error',e=>no[e.code]=(no[e.code]??0)+1)}setTimeout(()=>{console.log(ok,'connected, refused:',JSON.stringify(no));process.exit()},300)`;
console.log(
  'backlog 4, 12 connect to a busy server:',
  String(spawnSync(process.execPath, ['-e', client]).stdout).trim(),
);
rmSync(directory, { recursive: true });
process.exit(0);
