// As root: what the binding's uid and gid leave, and what setpriv and the handing over of the slave change.
import { fchownSync, statSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { close, drain, fork, openSlave } from './binding.mjs';

if (process.getuid() !== 0) {
  console.log('this probe needs root');
  process.exit(0);
}
process.setgroups([0, 4, 42]); // what a daemon may have been started with
const nobody = 65534;
const chain = ['/usr/bin/setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--init-groups', '--'];
const wait = ['/bin/sh', '-c', 'until [ -O /dev/stdin ]; do :; done; exec "$@"', 'sh'];

async function run(what, argv, options = {}) {
  const child = fork(argv, options);
  const slave = openSlave(child.pty);
  if (options.handOver) fchownSync(slave, nobody, -1);
  await child.ended;
  close(slave);
  console.log(`${what}:`, drain(child.fd).text.trim().replaceAll('\r\n', ' | '));
  close(child.fd);
}
await run("binding's uid, gid", ['/usr/bin/id'], { uid: nobody, gid: nobody });
await run('setpriv chain', [...chain, '/usr/bin/id']);
const open = ['/bin/sh', '-c', 'echo opened >/dev/stdout'];
await run('its /dev/stdout, slave left as it is', [...chain, ...open]);
await run('handed over and waited for', [...chain, ...wait, ...open], { handOver: true });

async function cost(argv) {
  const times = [];
  for (let i = 0; i < 41; i++) {
    const start = performance.now();
    const child = fork(argv, {});
    const slave = openSlave(child.pty);
    fchownSync(slave, nobody, -1);
    times.push((await child.ended).at - start);
    close(slave);
    close(child.fd);
  }
  return times.sort((a, b) => a - b)[20];
}
const bare = await cost(['/bin/true']);
console.log(
  `true ${bare.toFixed(1)} ms; +sh ${((await cost(['/bin/sh', '-c', 'exec "$@"', 'sh', '/bin/true'])) - bare).toFixed(1)}; +setpriv ${((await cost([...chain, '/bin/true'])) - bare).toFixed(1)}; +setpriv and the wait ${((await cost([...chain, ...wait, '/bin/true'])) - bare).toFixed(1)}`,
);

// The umask is the whole process's: what another thread makes during the fork gets it too.
const before = process.umask(0o022);
let wrong = 0;
const made = [];
for (let i = 0; i < 200; i++) {
  const path = join(tmpdir(), `umask-${process.pid}-${i}`);
  const making = mkdir(path); // on libuv's thread pool
  process.umask(0o077);
  const child = fork(['/bin/true']);
  process.umask(0o022);
  await Promise.all([making, child.ended]);
  close(child.fd);
  if ((statSync(path).mode & 0o777) !== 0o755) wrong++;
  made.push(path);
}
for (const path of made) await rmdir(path);
process.umask(before);
console.log(`umask 077 around a fork: ${wrong} of 200 directories made meanwhile by fs/promises are not 0755`);
process.exit(0);
