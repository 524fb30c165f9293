import { readSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { isErrno } from '../runtime/errno.ts';
import { addInheritable, closeInheritable, forgetInheritable } from './fdtable.ts';

/** Most that is read at once when the leader has ended. Its own output fits in the kernel's 64 KiB; the rest is others'. */
const DRAIN_LIMIT = 1024 * 1024;

/** One buffer for every terminal: a chunk is copied out of it before the next is read, as all is on one thread. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** What a master tells: each piece of output, valid during the call only, and that no one holds the other end. */
export interface MasterListener {
  output(bytes: Uint8Array): void;
  closed(): void;
}

/**
 * The master end of one terminal. It holds the slave too while the leader lives: a program that closes or redirects all
 * its three would else end the terminal, and closing that hangs the program up.
 */
export class Master implements Disposable {
  /** Undefined once closed. The number is used again at once by whatever is opened next. */
  fd: number | undefined;
  private slave: number | undefined;
  private readonly stream: ReadStream;
  private readonly listener: MasterListener;

  /** `slave`: undefined where the other end is somebody else's alone. */
  constructor(fd: number, slave: number | undefined, listener: MasterListener) {
    this.fd = fd;
    this.slave = slave;
    for (const open of [fd, slave]) if (open !== undefined) addInheritable(open);
    this.listener = listener;
    // `onread` is net.Socket's option; it saves an allocation per chunk. Node's types know it for `connect` alone.
    const options: object = { onread: { buffer: READ_BUFFER, callback: this.onRead } };
    this.stream = new ReadStream(fd, options);
    this.stream.on('error', this.onError);
    this.stream.on('end', () => this[Symbol.dispose]());
    this.stream.resume();
  }

  setPaused(paused: boolean): void {
    if (this.fd === undefined) return;
    if (paused) this.stream.pause();
    else this.stream.resume();
  }

  /** After the leader's end: lets go of the slave and reads what is there. Closes when no one else holds the terminal. */
  release(): void {
    this.closeSlave();
    for (let left = DRAIN_LIMIT; left > 0 && this.fd !== undefined; ) {
      const length = readNow(this.fd);
      if (length === 'nothing') return;
      if (length === 'closed') this[Symbol.dispose]();
      else {
        left -= length;
        this.listener.output(READ_BUFFER.subarray(0, length));
      }
    }
  }

  [Symbol.dispose](): void {
    this.closeSlave();
    if (this.fd === undefined) return;
    forgetInheritable(this.fd);
    this.fd = undefined;
    this.stream.destroy();
    this.listener.closed();
  }

  private closeSlave(): void {
    if (this.slave !== undefined) closeInheritable(this.slave);
    this.slave = undefined;
  }

  private readonly onRead = (length: number): boolean => {
    this.listener.output(READ_BUFFER.subarray(0, length));
    return true;
  };

  /** EIO is how Linux says that no one holds the slave; EAGAIN is not an end. Whatever else it may be ends the stream. */
  private readonly onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EAGAIN') this[Symbol.dispose]();
  };
}

/** Reads what a master holds into the shared buffer. The kernel flushes what is in flight before it says EAGAIN. */
function readNow(fd: number): number | 'nothing' | 'closed' {
  try {
    return readSync(fd, READ_BUFFER, 0, READ_BUFFER.length, null) || 'closed';
  } catch (error) {
    if (isErrno(error, 'EAGAIN')) return 'nothing';
    if (isErrno(error, 'EIO')) return 'closed';
    throw error;
  }
}
