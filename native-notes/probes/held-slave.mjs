// A program that lets go of its fds 0-2 makes EIO while it lives, unless somebody else holds the slave.
import { close, drain, fork, openSlave, sleep } from './binding.mjs';

for (const isHeld of [false, true]) {
  const child = fork([
    '/bin/sh',
    '-c',
    'exec </dev/null >/dev/null 2>&1; sleep 0.4; echo back >/dev/tty; exec sleep 60',
  ]);
  const slave = isHeld ? openSlave(child.pty) : undefined;
  await sleep(200);
  const during = drain(child.fd).end;
  await sleep(400);
  const after = drain(child.fd);
  console.log(
    isHeld ? 'slave held:    ' : 'slave not held:',
    `while it lives ${during}; after it wrote to /dev/tty again:`,
    JSON.stringify(after),
  );
  process.kill(child.pid, 'SIGKILL');
  await child.ended;
  if (slave !== undefined) close(slave);
  close(child.fd);
}

const hungUp = fork(['/bin/sleep', '60']);
await sleep(100);
close(hungUp.fd);
console.log('master closed: the leader ended by signal', (await hungUp.ended).signal, '(1 is SIGHUP)');
process.exit(0);
