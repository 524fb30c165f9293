// What every probe shares: node-pty's binding and a few ways to look. Run the others, not this.
import { closeSync, constants, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

export const binding = createRequire(import.meta.url)('node-pty/lib/utils.js').loadNativeModule('pty').module;
export { sleep };

/** Forks `argv` in a terminal of its own. `ended` resolves in the binding's exit callback. */
export function fork(argv, { uid = -1, gid = -1, env = [`PATH=${process.env.PATH}`], cwd = '/' } = {}) {
  let end;
  const ended = new Promise(resolve => (end = resolve));
  const child = binding.fork(argv[0], argv.slice(1), env, cwd, 80, 24, uid, gid, true, '', (code, signal) =>
    end({ code, signal, at: performance.now() }),
  );
  return { ...child, ended };
}

export const openSlave = path => openSync(path, constants.O_RDWR | constants.O_NOCTTY);

const buffer = Buffer.alloc(65536);

/** Reads until the terminal has nothing (EAGAIN) or nobody (EIO). */
export function drain(fd) {
  let text = '';
  for (;;) {
    try {
      const length = readSync(fd, buffer, 0, buffer.length, null);
      if (length === 0) return { text, end: 'EOF' };
      text += buffer.toString('latin1', 0, length);
    } catch (error) {
      return { text, end: error.code };
    }
  }
}

/** The terminals (masters) that a process has open beyond its standard three. */
export function mastersOf(pid) {
  return readdirSync(`/proc/${pid}/fd`)
    .map(Number)
    .filter(fd => fd > 2 && linkOf(`/proc/${pid}/fd/${fd}`).includes('ptmx'))
    .sort((a, b) => a - b);
}

export function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Waits until the child runs `name`, not a copy of this process any more. */
export async function untilRuns(pid, name) {
  for (let i = 0; i < 2000 && !linkOf(`/proc/${pid}/exe`).includes(name); i++) await sleep(1);
}

export const nodePath = process.execPath;
export const close = closeSync;
