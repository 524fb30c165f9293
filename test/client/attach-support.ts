/** A daemon of consoles that does as a test says, and a person's terminal with a command in it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Exit } from '../../src/core/exit.ts';
import { readStat } from '../../src/daemon/procfs.ts';
import { openPtyHost, type Pty } from '../../src/daemon/pty.ts';
import { ERRORS, type ErrorCode } from '../../src/protocol/errors.ts';
import type { ClientFrame, ServerFrame } from '../../src/protocol/frames.ts';
import { PROTOCOL, PROTOCOL_HEADER } from '../../src/protocol/version.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { isErrno } from '../../src/runtime/errno.ts';
import { tempDir } from './support.ts';

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export const CTL = resolve(import.meta.dirname, '../..', process.env.TASKMASTER_DIST ?? 'dist', 'bin/taskmasterctl.js');

/** Things that a test waits for, looked at again whenever something has happened. */
class Watched {
  private readonly checks = new Set<() => void>();

  protected happened(): void {
    for (const check of this.checks) check();
  }

  until(isSo: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const check = (): void => {
        if (!isSo()) return;
        this.checks.delete(check);
        resolve();
      };
      this.checks.add(check);
      check();
    });
  }
}

/** The daemon's end of one attachment. */
export class Viewer extends Watched {
  readonly query: URLSearchParams;
  readonly path: string;
  readonly frames: ClientFrame[] = [];
  /** How many bytes were typed. */
  typedLength = 0;
  private readonly pieces: Buffer[] = [];
  /** Lengths of the binary messages. */
  readonly messages: number[] = [];
  closeCode: number | undefined;
  readonly webSocket: WebSocket;

  constructor(webSocket: WebSocket, request: IncomingMessage) {
    super();
    this.webSocket = webSocket;
    const url = new URL(request.url ?? '/', 'http://tm');
    this.query = url.searchParams;
    this.path = url.pathname;
    webSocket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        this.messages.push(data.length);
        this.pieces.push(data);
        this.typedLength += data.length;
      } else this.frames.push(JSON.parse(data.toString()) as ClientFrame); // the test looks at what it is
      this.happened();
    });
    webSocket.on('error', () => {}); // `close` follows
    webSocket.on('close', code => {
      this.closeCode = code;
      this.happened();
    });
  }

  get typed(): Buffer {
    return Buffer.concat(this.pieces);
  }

  get acked(): number {
    return Math.max(0, ...this.frames.map(frame => (frame.type === 'ack' ? frame.bytes : 0)));
  }

  tell(...frames: readonly ServerFrame[]): this {
    for (const frame of frames) this.webSocket.send(JSON.stringify(frame));
    return this;
  }

  show(bytes: string | Uint8Array): this {
    this.webSocket.send(Buffer.from(bytes), { binary: true });
    return this;
  }

  /** The first frame, and a picture. */
  attach(picture = '', fields: Partial<Extract<ServerFrame, { type: 'attached' }>> = {}): this {
    const size = { cols: 80, rows: 24 };
    const attached = { name: 'web', id: 1, state: 'RUNNING', pid: 7, detachKeys: null, ...size, ...fields } as const;
    this.tell({ type: 'attached', ...attached }, { type: 'reset', keep: true });
    return picture === '' ? this : this.show(picture);
  }

  /** Resolves once this was typed and nothing else. */
  async untilTyped(text: string): Promise<void> {
    await this.until(() => this.typed.toString() === text);
  }
}

export class FakeConsole {
  readonly socket: string;
  readonly viewers: Viewer[] = [];
  private readonly server: Server;
  private readonly webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  private readonly waiting: ((viewer: Viewer) => void)[] = [];
  private readonly arrived: Viewer[] = [];
  private refusal: { readonly code: ErrorCode; readonly message: string } | undefined;
  private protocol: string | undefined = PROTOCOL;

  private constructor(socket: string) {
    this.socket = socket;
    this.server = createServer();
    this.webSockets.on('headers', headers => {
      if (this.protocol !== undefined) headers.push(`${PROTOCOL_HEADER}: ${this.protocol}`);
    });
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  static async listen(socket = join(tempDir(), 'tm.sock')): Promise<FakeConsole> {
    const console = new FakeConsole(socket);
    await new Promise<void>(done => console.server.listen(socket, done));
    cleanups.push(() => console.close());
    return console;
  }

  /** Answers every attempt with an error. */
  refuse(code: ErrorCode, message: string): this {
    this.refusal = { code, message };
    return this;
  }

  speak(protocol: string | undefined): this {
    this.protocol = protocol;
    return this;
  }

  next(): Promise<Viewer> {
    const viewer = this.arrived.shift();
    return viewer ? Promise.resolve(viewer) : new Promise(resolve => this.waiting.push(resolve));
  }

  /** As a daemon that is killed. */
  async close(): Promise<void> {
    for (const { webSocket } of this.viewers) webSocket.terminate();
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.refusal) {
      const { code, message } = this.refusal;
      const body = JSON.stringify({ error: { code, message } });
      const headers = `${PROTOCOL_HEADER}: ${this.protocol}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
      socket.end(`HTTP/1.1 ${ERRORS[code].status} No\r\n${headers}\r\n\r\n${body}`);
      return;
    }
    this.webSockets.handleUpgrade(request, socket, head, webSocket => {
      const viewer = new Viewer(webSocket, request);
      this.viewers.push(viewer);
      const waiting = this.waiting.shift();
      if (waiting) waiting(viewer);
      else this.arrived.push(viewer);
    });
  }
}

export interface PersonOptions {
  readonly cols?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Answers questions of what it is, as terminals do. */
  readonly answers?: boolean;
}

const host = openPtyHost(realClock);

/** A real terminal with a person before it, who has run a command. */
export class Person extends Watched {
  readonly pty: Pty;
  readonly exited: Promise<Exit>;
  private text = '';
  private exit: Exit | undefined;
  private unasked = '';
  private isHungUp = false;

  constructor(argv: readonly string[], { cols = 80, rows = 24, env = {}, answers = true }: PersonOptions = {}) {
    super();
    const environment = { PATH: process.env.PATH, TERM: 'xterm-256color', HOME: tempDir(), USER: 'ada', ...env };
    let ended: (exit: Exit) => void = () => {};
    this.exited = new Promise(resolve => {
      ended = resolve;
    });
    this.pty = host.spawn(
      {
        argv,
        env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
        lateEnv: [],
        cwd: '/',
        isCwdEntered: false,
        drop: undefined,
        umask: undefined,
        size: { cols, rows },
        stderrApart: false,
      },
      {
        output: bytes => {
          const printed = Buffer.from(bytes).toString('latin1');
          this.text += printed;
          if (answers) this.answer(printed);
          this.happened();
        },
        ended: exit => {
          this.exit = exit;
          ended(exit);
        },
        closed: () => {},
      },
    );
    cleanups.push(async () => {
      if (this.isHungUp) return;
      if (this.exit === undefined) for (const signal of ['SIGCONT', 'SIGKILL'] as const) this.kill(signal);
      await this.exited;
      this.pty[Symbol.dispose]();
    });
  }

  /** All that was printed, a character for each byte. */
  get printed(): string {
    return this.text;
  }

  type(text: string | Uint8Array): void {
    this.pty.write(Buffer.from(text));
  }

  /** Closes the terminal, as a window is closed. `exited` is not told then. */
  hangUp(): void {
    this.isHungUp = true;
    this.pty[Symbol.dispose]();
  }

  async untilStopped(): Promise<void> {
    while (readStat(this.pty.pid)?.state !== 'T') await new Promise(resolve => setImmediate(resolve));
  }

  async untilPrinted(text: string): Promise<void> {
    await this.until(() => this.text.includes(text));
  }

  private kill(signal: NodeJS.Signals): void {
    try {
      process.kill(this.pty.pid, signal);
    } catch (error) {
      if (!isErrno(error, 'ESRCH')) throw error; // it has ended, and we are yet to be told
    }
  }

  private answer(printed: string): void {
    const text = this.unasked + printed;
    this.unasked = text.slice(-2); // a question may be cut
    for (const _ of text.matchAll(/\x1b\[c/g)) this.type('\x1b[?62;22c');
  }
}

/** `taskmasterctl attach` on a terminal. */
export function attaching(daemon: FakeConsole, args: readonly string[] = ['web'], options?: PersonOptions): Person {
  return new Person([process.execPath, CTL, '-s', daemon.socket, 'attach', ...args], options);
}
