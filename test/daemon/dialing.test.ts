/** Connections to hosts with several addresses, some of which lead nowhere. */
import { expect, test } from 'vitest';
import { dial } from '../../src/daemon/dialing.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { freePort, startTcpServer } from '../support/servers.ts';

const never = new AbortController().signal;

/** Of a block that is kept for examples: nobody answers, or the system knows no way to it. */
const NOWHERE = '192.0.2.1';

const knowing = (...addresses: readonly string[]) => ({ lookUp: () => Promise.resolve(addresses) });

test('the next address is tried when one refuses', async () => {
  const port = await startTcpServer(socket => socket.end());
  const options = { clock: new FakeClock(), signal: never, ...knowing('127.0.0.2', '127.0.0.1') };
  const socket = await dial('mail.example.org', port, options);
  expect(socket.remoteAddress).toBe('127.0.0.1');
  socket.destroy();
});

test('and when one does not answer for some seconds', async () => {
  const port = await startTcpServer(socket => socket.end());
  const clock = new FakeClock();
  const dialing = dial('mail.example.org', port, { clock, signal: never, ...knowing(NOWHERE, '127.0.0.1') });
  let isDone = false;
  void dialing.then(() => {
    isDone = true;
  });
  while (!isDone) {
    clock.advance(4_000);
    await new Promise(resolve => setImmediate(resolve));
  }
  const socket = await dialing;
  expect(socket.remoteAddress).toBe('127.0.0.1');
  expect(clock.pending).toBe(0);
  socket.destroy();
});

test('when all refuse, the last one is named', async () => {
  const port = await freePort();
  const options = { clock: new FakeClock(), signal: never, ...knowing('127.0.0.2', '127.0.0.1') };
  await expect(dial('mail.example.org', port, options)).rejects.toThrow(
    `cannot connect to mail.example.org:${port} (127.0.0.1): connection refused`,
  );
});

test('ends at once when the signal fires, and an error that comes later harms nobody', async () => {
  const controller = new AbortController();
  const dialing = dial('mail.example.org', 9, {
    clock: new FakeClock(),
    signal: controller.signal,
    ...knowing(NOWHERE),
  });
  controller.abort(new Error('enough'));
  await expect(dialing).rejects.toThrow(/enough|cannot connect/);
  const port = await startTcpServer(socket => socket.on('data', () => socket.resetAndDestroy()));
  const socket = await dial('127.0.0.1', port, { clock: new FakeClock(), signal: never });
  socket.write('x');
  await new Promise(resolve => socket.on('close', resolve).resume());
});
