/** Real servers that alerts are told to. Each is ended after its test. */
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { makeCertificate } from './certificate.ts';
import { onCleanup, tempDir } from './world.ts';

/** Made once: it takes a moment. */
export const LOCALHOST = makeCertificate();

/** Calls back once what it was told to look for is there, looking whenever something comes. */
export class Arrivals<Item> {
  readonly items: Item[] = [];
  private readonly looks = new Set<() => void>();

  add(item: Item): void {
    this.items.push(item);
    for (const look of this.looks) look();
  }

  /** Resolves with all that has come, once there are so many. */
  async until(count: number): Promise<readonly Item[]> {
    while (this.items.length < count) {
      await new Promise<void>(resolve => {
        const look = (): void => {
          this.looks.delete(look);
          resolve();
        };
        this.looks.add(look);
      });
    }
    return this.items;
  }
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly isSecure: boolean;
  readonly user: string | undefined;
}

/** A mail server with STARTTLS, one account, and an ear for all mail. */
export async function startMailServer(
  options: SMTPServerOptions = {},
): Promise<{ readonly port: number; readonly mails: Arrivals<Mail> }> {
  const mails = new Arrivals<Mail>();
  const server = new SMTPServer({
    ...LOCALHOST,
    authOptional: true,
    logger: false,
    closeTimeout: 100,
    onAuth: ({ username, password }, _session, done) => {
      if (username === 'tm' && password === 'hunter2') done(null, { user: username });
      else done(new Error(`no, ${password} is not the password`));
    },
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', chunk => {
        text += chunk;
      });
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const user = session.user === undefined ? undefined : String(session.user);
        mails.add({ from, to: rcptTo.map(({ address }) => address), text, isSecure: session.secure, user });
        done(null, 'queued as 4711');
      });
    },
    ...options,
  });
  server.on('error', () => {}); // a client that goes away in the middle
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  onCleanup(() => new Promise<void>(resolve => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, mails }; // it listens by TCP
}

export interface Posted {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** An HTTP server whose answers are the test's. */
export async function startHttpServer(
  answer: (response: ServerResponse, posted: Posted, count: number) => void,
  { secure = false } = {},
): Promise<{ readonly url: string; readonly posted: Arrivals<Posted> }> {
  const posted = new Arrivals<Posted>();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    answer(response, { request, body }, posted.items.length + 1);
    posted.add({ request, body });
  };
  const server = secure
    ? createSecureServer(LOCALHOST, (...pair) => void handle(...pair))
    : createServer((...pair) => void handle(...pair));
  server.on('clientError', (_, socket) => socket.destroy());
  onCleanup(
    () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const port = await portOf(server);
  return { url: `${secure ? 'https' : 'http'}://localhost:${port}`, posted };
}

/** A TCP server that does with its connections what the test says. */
export async function startTcpServer(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  onCleanup(
    () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return await portOf(server);
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // it listens by TCP
}

/** A UDP port, and what comes to it. */
export async function startUdpServer(): Promise<{ readonly port: number; readonly datagrams: Arrivals<string> }> {
  const datagrams = new Arrivals<string>();
  const socket = createSocket('udp4', bytes => datagrams.add(bytes.toString('utf8')));
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  onCleanup(() => new Promise<void>(resolve => socket.close(() => resolve())));
  return { port: socket.address().port, datagrams };
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await portOf(server);
  await new Promise<void>(resolve => server.close(() => resolve()));
  return port;
}

export const hasRsyslog = spawnSync('rsyslogd', ['-v']).status === 0;

/** A real rsyslogd that writes what comes by UDP, TCP and a local socket, a JSON object a line. */
export class Rsyslog {
  readonly udp: number;
  readonly tcp: number;
  /** Of the kind of /dev/log. */
  readonly socket: string;
  private readonly output: string;

  private constructor(dir: string, { udp, tcp }: { readonly udp: number; readonly tcp: number }) {
    this.udp = udp;
    this.tcp = tcp;
    this.socket = join(dir, 'log');
    this.output = join(dir, 'out');
  }

  static async start(): Promise<Rsyslog> {
    const dir = tempDir();
    const rsyslog = new Rsyslog(dir, { udp: await startUdpServerPort(), tcp: await freePort() });
    const config = join(dir, 'rsyslog.conf');
    const fields = [
      'syslogfacility-text',
      'syslogseverity-text',
      'timestamp',
      'hostname',
      'app-name',
      'procid',
      'msgid',
      'structured-data',
      'msg',
      'inputname',
    ];
    const line = fields
      .map(
        name =>
          `property(name="${name}" outname="${name}" format="jsonf"${name === 'timestamp' ? ' dateFormat="rfc3339"' : ''})`,
      )
      .join(' constant(value=", ") ');
    writeFileSync(
      config,
      [
        `global(workDirectory="${dir}" maxMessageSize="8k" parser.escapeControlCharactersOnReceive="on")`,
        `module(load="imudp") input(type="imudp" address="127.0.0.1" port="${rsyslog.udp}")`,
        `module(load="imtcp") input(type="imtcp" address="127.0.0.1" port="${rsyslog.tcp}")`,
        `module(load="imuxsock" SysSock.Use="off") input(type="imuxsock" Socket="${rsyslog.socket}")`,
        `template(name="json" type="list") { constant(value="{") ${line} constant(value="}\\n") }`,
        `action(type="omfile" file="${rsyslog.output}" template="json")`,
        '',
      ].join('\n'),
    );
    mkdirSync(join(dir, 'work'));
    const child = spawn('rsyslogd', ['-n', '-f', config, '-i', join(dir, 'pid')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'close');
    onCleanup(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    return rsyslog;
  }

  /** What has been written so far. */
  get records(): Record<string, string>[] {
    try {
      return readFileSync(this.output, 'utf8')
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line));
    } catch {
      return []; // nothing yet
    }
  }

  /** Resolves with the first record whose text holds this. */
  async untilRecord(text: string): Promise<Record<string, string>> {
    for (;;) {
      const found = this.records.find(({ msg }) => msg?.includes(text));
      if (found !== undefined) return found;
      await new Promise(resolve => setImmediate(resolve));
    }
  }
}

async function startUdpServerPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>(resolve => socket.close(() => resolve()));
  return port;
}
