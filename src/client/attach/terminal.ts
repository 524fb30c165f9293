import type { ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync, readlinkSync, writeSync } from 'node:fs';
import { WriteStream } from 'node:tty';
import { isErrno } from '../../runtime/errno.ts';
import type { Size } from './size.ts';

/** What happens at a terminal that was taken over. */
export interface TerminalListener {
  /** Bytes typed, or the terminal's own answers. They may be kept. */
  input(bytes: Uint8Array): void;
  resized(): void;
  /** It was closed, or cannot be read any more. */
  gone(): void;
  /** A signal that would have ended or stopped this process, or continued it. */
  signal(name: HandledSignal): void;
  /** An error that nobody caught is about to end the process. Only what is done within the call is done. */
  crashing(): void;
}

export type HandledSignal = (typeof HANDLED)[number];

/** POSIX fixes these. */
export const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

const HANDLED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGTSTP', 'SIGCONT'] as const;

/** The user's terminal, as far as attaching needs one; tests give another. */
export interface UserTerminal {
  /** As people call it, `pts/3`; empty where that is not known. */
  readonly name: string;
  /** Columns and rows now; a terminal that does not know is taken as 80×24. */
  readonly size: Size;
  /**
   * Every byte goes through both ways from here on, and signals come to the listener. Resolves once that is so. With
   * `keepNewlines` a line feed is still a new line, for who prints text and not the bytes of a program.
   */
  enter(listener: TerminalListener, options?: { readonly keepNewlines?: boolean }): Promise<void>;
  /** As it was before. */
  leave(): Promise<void>;
  /** Writes what it can at once, and says how much. Throws EAGAIN for nothing, EIO when it is gone. */
  write(bytes: Uint8Array): number;
  /** Writes all of a few bytes as soon as the terminal takes them. Nothing may be written before `done` is called. */
  writeWhenReady(bytes: Uint8Array, done: (error: Error | undefined) => void): void;
  /** Stops reading what is typed, or goes on. */
  setPaused(isPaused: boolean): void;
  /** Sends this process to the background as its shell would (SIGSTOP), and returns when it is continued. */
  stop(): void;
  /**
   * The same for the whole job, as Ctrl-Z in a terminal does: npm is of it, when npm started us. Returns at once where there
   * is no shell to continue it.
   */
  suspend(): void;
}

const USUAL: Size = { cols: 80, rows: 24 };

/** The terminal on this process's standard input and output. */
export class StandardTerminal implements UserTerminal {
  /** Loaded while the daemon answers. */
  private readonly childProcess = import('node:child_process');
  /** Where to write to while it is taken over. */
  private fd: number | undefined;
  /** The same, once it had to be waited for. */
  private stream: WriteStream | undefined;
  private listener: TerminalListener | undefined;
  private stty: ChildProcess | undefined;
  private sttyDone: Promise<void> = Promise.resolve();

  get name(): string {
    try {
      return readlinkSync('/proc/self/fd/0').replace(/^\/dev\//, '');
    } catch {
      return ''; // no /proc: it is only a name for people
    }
  }

  get size(): Size {
    const { columns, rows } = process.stdout;
    return columns > 0 && rows > 0 ? { cols: columns, rows } : USUAL;
  }

  async enter(listener: TerminalListener, { keepNewlines = false } = {}): Promise<void> {
    this.listener = listener;
    this.fd = openForWriting();
    process.stdin.setRawMode(true);
    this.sttyDone = keepNewlines ? Promise.resolve() : this.withoutOutputProcessing();
    process.stdin.on('data', this.onData).on('end', this.onGone).on('error', this.onGone);
    process.stdout.on('resize', this.onResize);
    for (const name of HANDLED) process.on(name, this.onSignal);
    process.on('uncaughtExceptionMonitor', this.onCrash);
    process.stdin.resume();
    await this.sttyDone;
  }

  async leave(): Promise<void> {
    this.listener = undefined;
    process.stdin.pause();
    process.stdin.off('data', this.onData).off('end', this.onGone).off('error', this.onGone);
    process.stdout.off('resize', this.onResize);
    for (const name of HANDLED) process.off(name, this.onSignal);
    process.off('uncaughtExceptionMonitor', this.onCrash);
    this.stty?.kill('SIGKILL'); // else it could set its mode after ours was taken back
    await this.sttyDone;
    this.restore();
    if (this.fd !== undefined && this.fd !== STDOUT) {
      if (this.stream) this.stream.destroy();
      else closeSync(this.fd);
    }
    this.fd = this.stream = undefined;
  }

  write(bytes: Uint8Array): number {
    return this.fd === undefined ? 0 : writeSync(this.fd, bytes);
  }

  writeWhenReady(bytes: Uint8Array, done: (error: Error | undefined) => void): void {
    if (this.fd === undefined) return;
    this.stream ??= this.fd === STDOUT ? process.stdout : nonBlockingStream(this.fd);
    this.stream.write(bytes, error => done(error ?? undefined));
  }

  setPaused(isPaused: boolean): void {
    if (isPaused) process.stdin.pause();
    else process.stdin.resume();
  }

  stop(): void {
    process.kill(process.pid, 'SIGSTOP');
  }

  suspend(): void {
    process.kill(0, 'SIGTSTP'); // the kernel ignores it for a job that nobody could continue
  }

  private restore(): void {
    try {
      process.stdin.setRawMode(false);
    } catch (error) {
      if (!isErrno(error, 'EIO', 'EBADF', 'ENOTTY')) throw error; // it is gone, and nothing of it is left to restore
    }
  }

  /**
   * Node's raw mode leaves OPOST and ONLCR on (libuv's UV_TTY_MODE_RAW), by which a program's bare line feed would become
   * a carriage return too. What libuv takes back in the end is all there was before, this included.
   */
  private async withoutOutputProcessing(): Promise<void> {
    const { spawn } = await this.childProcess;
    if (this.listener === undefined) return; // left again meanwhile
    await new Promise<void>(resolve => {
      this.stty = spawn('stty', ['-opost'], { stdio: [0, 'ignore', 'ignore'] });
      this.stty.once('error', () => resolve()); // no stty here: lines are shown as they would be without a supervisor
      this.stty.once('close', () => resolve());
    });
  }

  private readonly onData = (bytes: Uint8Array): void => this.listener?.input(bytes);
  private readonly onGone = (): void => this.listener?.gone();
  private readonly onResize = (): void => this.listener?.resized();
  private readonly onSignal = (name: NodeJS.Signals): void => {
    const handled = HANDLED.find(candidate => candidate === name);
    if (handled !== undefined) this.listener?.signal(handled);
  };
  private readonly onCrash = (): void => {
    this.listener?.crashing();
    this.stty?.kill('SIGKILL');
    this.restore();
  };
}

const STDOUT = 1;

/**
 * A stream that the event loop wakes when the terminal takes more. Node makes its terminals block, by a method of libuv's
 * handle that it has no other name for.
 */
function nonBlockingStream(fd: number): WriteStream {
  const stream = new WriteStream(fd);
  const { _handle: handle } = stream as { _handle?: { setBlocking?: (isBlocking: boolean) => void } }; // not in the types
  handle?.setBlocking?.(false);
  stream.on('error', () => {}); // the callback of the write has it too
  return stream;
}

/**
 * The terminal opened anew, as Node's own streams write to terminals synchronously: a Ctrl-S would stop everything, the
 * detach keys included. Where it cannot be opened so (another user's after su(1), no /proc), writing blocks as ever.
 */
function openForWriting(): number {
  for (const path of ['/dev/fd/1', '/dev/tty']) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch (error) {
      if (!isErrno(error, 'EACCES', 'ENOENT', 'ENXIO', 'ENOTTY', 'EIO')) throw error;
    }
  }
  return STDOUT;
}
