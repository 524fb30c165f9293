/** A daemon that answers from a script, and a host that remembers what was printed: the client runs whole between them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { UserTerminal } from '../../src/client/attach/terminal.ts';
import type { Host, Sink } from '../../src/client/host.ts';
import { main } from '../../src/client/main.ts';
import { ERRORS, type ErrorCode } from '../../src/protocol/errors.ts';
import type { ActionResult, ProcessInfo } from '../../src/protocol/messages.ts';
import { OFFSET_HEADER, ROUTES, type RouteName } from '../../src/protocol/routes.ts';
import { PROTOCOL, PROTOCOL_HEADER } from '../../src/protocol/version.ts';

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A directory of the test's own, removed when it ends. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tm-client-'));
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** What the fake daemon was asked. */
export interface Asked {
  readonly route: RouteName;
  /** The `{name}` of the path, decoded. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (response: ServerResponse, asked: Asked) => void;

export class FakeDaemon {
  readonly asked: Asked[] = [];
  readonly socket: string;
  protocol: string | undefined = PROTOCOL;
  private readonly server: Server;
  private readonly answers = new Map<RouteName, Answer[]>();

  private constructor(socket: string) {
    this.socket = socket;
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  static async listen(socket = join(tempDir(), 'tm.sock')): Promise<FakeDaemon> {
    const daemon = new FakeDaemon(socket);
    await new Promise<void>(resolve => daemon.server.listen(socket, resolve));
    cleanups.push(() => daemon.close());
    return daemon;
  }

  /** Answers the next requests of a route in this order; the last one answers all that follow. */
  on(route: RouteName, ...answers: Answer[]): this {
    this.answers.set(route, answers);
    return this;
  }

  close(): Promise<void> {
    return new Promise(resolve => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://tm');
    const found = routeOf(request.method ?? '', url.pathname);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (this.protocol !== undefined) response.setHeader(PROTOCOL_HEADER, this.protocol);
    if (found === undefined) return fail('no_such_route', 'no such route')(response);
    const asked: Asked = { ...found, query: url.searchParams, headers: request.headers, body };
    this.asked.push(asked);
    const answers = this.answers.get(found.route) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    (answer ?? fail('failed', `the script has no answer for ${found.route}`))(response, asked);
  }
}

function routeOf(method: string, path: string): { route: RouteName; name: string } | undefined {
  for (const [route, entry] of Object.entries(ROUTES)) {
    const match = new RegExp(`^${entry.path.replace('{name}', '([^/]+)')}$`).exec(path);
    if (match === null || entry.method !== method) continue;
    return { route: route as RouteName, name: decodeURIComponent(match[1] ?? '') }; // a key of the table
  }
  return undefined;
}

export const json =
  (value: unknown) =>
  (response: ServerResponse): void =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify(value));

export const fail =
  (code: ErrorCode, message: string) =>
  (response: ServerResponse): void => {
    response.statusCode = ERRORS[code].status;
    response.end(JSON.stringify({ error: { code, message } }));
  };

/** Bytes from an offset on; `open` leaves the reply without an end. */
export const bytes =
  (text: string | Uint8Array, { offset = 0, open = false } = {}) =>
  (response: ServerResponse): void => {
    response.setHeader(OFFSET_HEADER, String(offset));
    response.write(text);
    if (!open) response.end();
  };

/** Breaks the connection without an answer, as a daemon that is killed does. */
export const hangUp = (response: ServerResponse): void => void response.destroy();

/** Never answers. */
export const silence = (): void => {};

/** The results of an action: names with `done`, or with a code and its message. */
export const results = (...entries: readonly (readonly [string, ActionResult['code'], string?])[]) =>
  json({ results: entries.map(([name, code, message = '']) => ({ name, ok: code === 'done', code, message })) });

export function processInfo(name: string, fields: Partial<ProcessInfo> = {}): ProcessInfo {
  const [group = name, process = name] = name.split(':');
  return {
    name,
    group,
    program: group,
    process,
    num: 0,
    state: 'RUNNING',
    want: 'up',
    intent: null,
    note: null,
    pid: 7,
    uptime: 62_000,
    description: 'pid 7, uptime 0:01:02',
    reason: null,
    starts: 1,
    restarts: 0,
    lastExit: null,
    leftovers: [],
    command: ['/bin/true'],
    autostart: true,
    priority: 999,
    terminal: { cols: 120, rows: 40, term: 'xterm-256color' },
    size: { cols: 120, rows: 40 },
    cpu: null,
    memory: null,
    bells: 0,
    lastOutput: null,
    viewers: [],
    scrollback: { from: 0, to: 0 },
    stdout: null,
    stderr: null,
    ...fields,
  };
}

export const list = (processes: readonly ProcessInfo[], unknown: readonly string[] = []) =>
  json({ processes, unknown });

/** A host whose streams are strings. */
export class FakeHost implements Host {
  readonly env: Record<string, string> = {};
  readonly cwd: string = tempDir();
  readonly uid = process.getuid?.() ?? 0;
  readonly out = new Recorder();
  readonly err = new Recorder();
  readonly output: Sink = this.out;
  readonly error: Sink = this.err;
  input = { isTerminal: true, bytes: (): AsyncIterable<Uint8Array> => from('') };
  private readonly interrupts = new Set<() => void>();

  onInterrupt(listener: () => void): Disposable {
    this.interrupts.add(listener);
    return { [Symbol.dispose]: () => void this.interrupts.delete(listener) };
  }

  interrupt(): void {
    for (const listener of this.interrupts) listener();
  }

  terminal(): Promise<UserTerminal> {
    throw new Error('this host has no terminal');
  }

  get listeners(): number {
    return this.interrupts.size;
  }

  /** Standard input that is a pipe with this text in it. */
  pipe(text: string): this {
    this.input = { isTerminal: false, bytes: () => from(text) };
    return this;
  }
}

/** A stream that is kept as text. */
export class Recorder implements Sink {
  isTerminal = false;
  text = '';
  private readonly decoder = new TextDecoder();
  private readonly waiting = new Set<() => void>();
  private readonly goneListeners = new Set<() => void>();

  write = (data: string | Uint8Array): Promise<void> => {
    this.text += typeof data === 'string' ? data : this.decoder.decode(data, { stream: true });
    for (const check of this.waiting) check();
    return Promise.resolve();
  };

  onGone(listener: () => void): Disposable {
    this.goneListeners.add(listener);
    return { [Symbol.dispose]: () => void this.goneListeners.delete(listener) };
  }

  /** The reader of the pipe goes away. */
  leave(): void {
    for (const listener of this.goneListeners) listener();
  }

  /** Resolves once this text has been written. */
  has(text: string): Promise<void> {
    return new Promise(resolve => {
      const check = (): void => {
        if (!this.text.includes(text)) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
    });
  }
}

async function* from(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line against a daemon and tells what it printed and its exit code. */
export async function ctl(daemon: FakeDaemon, argv: readonly string[], host = new FakeHost()): Promise<Ran> {
  const code = await main(['-s', daemon.socket, ...argv], host);
  return { code, out: host.out.text, err: host.err.text };
}
