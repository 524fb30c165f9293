/**
 * Alerts by syslog: RFC 5424 over UDP (RFC 5426), over TCP with octets counted (RFC 6587, 3.4.1), and to the machine's own
 * through logger(1), as Node has no datagram sockets of UNIX.
 */
import type { Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { AlertMessage, SyslogSpec } from '../core/alert.ts';
import { reportOf } from '../core/alertreport.ts';
import { hostAndPort } from '../core/alertvia.ts';
import { oneLine } from '../core/oneline.ts';
import type { Millis } from '../core/program.ts';
import { formatSyslog, type Severity } from '../core/syslogrecord.ts';
import { VERSION } from '../protocol/version.ts';
import { describeErrno } from '../runtime/errnowords.ts';
import { MutableDisposable } from '../runtime/lifetime.ts';
import { SpawnError } from './accounts.ts';
import { type DialOptions, dial } from './dialing.ts';
import { runErrand } from './errand.ts';
import { toolOf } from './executable.ts';
import { lookUpHost } from './hostlookup.ts';
import type { PtyHost } from './pty.ts';

/** What every receiver should take (RFC 5424, 6.1); more may be cut or thrown away. */
const MOST_OCTETS = 2048;

/** Stands at the end of a record that was cut. */
const CUT = '…';

/** A datagram to a port of this machine that nobody listens at is refused within this, which the kernel says only then. */
const REFUSED_WITHIN: Millis = 100;

/** How long a TCP receiver has to take what was sent and to close its end, before it is believed to have taken it. */
const TAKEN_WITHIN: Millis = 2_000;

/** Where the system's own syslog listens on Linux. */
const LOCAL_SOCKET = '/dev/log';

const APP = 'taskmaster';

export interface SyslogOptions extends DialOptions {
  readonly host: PtyHost;
  /** In place of `/dev/log`; undefined for that. */
  readonly localSocket: string | undefined;
}

/**
 * Tells syslog what a message says, in one line. Resolves with how far it is known to have come: syslog answers nothing.
 * UDP: it was sent, and not refused. TCP: the receiver has read all to the end and closed the connection, or keeps it open
 * and has acknowledged the bytes. Local: logger(1) has handed it over.
 */
export async function tellSyslog(via: SyslogSpec, message: AlertMessage, options: SyslogOptions): Promise<string> {
  const { address } = via;
  const text = cut(oneLine(reportOf(message).line, MOST_OCTETS)).toString('utf8');
  if (address.transport === 'local') return await tellLogger(via, { text, severity: severityOf(message) }, options);
  const record = cut(
    formatSyslog({
      facility: via.facility,
      severity: severityOf(message),
      at: message.at,
      host: message.host,
      app: APP,
      pid: process.pid,
      kind: message.condition,
      version: VERSION,
      text,
    }),
  );
  const { transport, host, port } = address;
  return transport === 'udp'
    ? await sendDatagram(record, { host, port }, options)
    : await sendCounted(record, { host, port }, options);
}

const SEVERITY: Readonly<Record<AlertMessage['condition'], Severity>> = {
  fatal: 'crit',
  crashloop: 'crit',
  unexpected: 'err',
  logtrouble: 'err',
  reloadfailed: 'err',
  output: 'warning',
  recovered: 'notice',
  stopped: 'notice',
  started: 'notice',
  test: 'notice',
};

function severityOf({ condition }: AlertMessage): Severity {
  return SEVERITY[condition];
}

/** Cut between characters, with a mark. */
function cut(record: string): Buffer {
  const whole = Buffer.from(record);
  if (whole.length <= MOST_OCTETS) return whole;
  let end = MOST_OCTETS - Buffer.byteLength(CUT);
  while (((whole[end] ?? 0) & 0xc0) === 0x80) end--; // within a character of UTF-8
  return Buffer.concat([whole.subarray(0, end), Buffer.from(CUT)]);
}

interface Place {
  readonly host: string;
  readonly port: number;
}

/** Sends one datagram, to the host's first address. */
async function sendDatagram(record: Buffer, { host, port }: Place, { clock, signal }: DialOptions): Promise<string> {
  const [address = host] = await lookUpHost(host, { signal });
  signal.throwIfAborted();
  const where = `${hostAndPort(host, port)}${address === host ? '' : ` (${address})`}`;
  using timer = new MutableDisposable();
  const { createSocket } = process.getBuiltinModule('node:dgram'); // at the first need, as few have alerts
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', lookup: literal });
  try {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      socket.once('error', reject);
      // Connected, it hears of a refusal; unconnected it would not.
      socket.connect(port, address, () => {
        socket.send(record, error => {
          if (error) reject(error);
          else timer.value = clock.after(REFUSED_WITHIN, resolve);
        });
      });
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`cannot send to udp ${where}: ${describeErrno(error)}`);
  } finally {
    close(socket);
  }
  return `sent to udp ${where}; whether it arrived is not known`;
}

function close(socket: UdpSocket): void {
  socket.on('error', () => {}); // it is done, whatever else comes
  socket.close();
}

/** The address is one already; Node's own lookup would do the same, and on the thread pool if it were not. */
function literal(
  address: string,
  _options: object,
  tell: (error: null, address: string, family: number) => void,
): void {
  tell(null, address, isIPv6(address) ? 6 : 4);
}

/** Sends one record over a connection of its own, and waits for the receiver to have read it. */
async function sendCounted(record: Buffer, { host, port }: Place, options: DialOptions): Promise<string> {
  const where = hostAndPort(host, port);
  const socket = await dial(host, port, options);
  const { signal, clock } = options;
  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  using timer = new MutableDisposable();
  try {
    socket.resume(); // what it says is nothing to us
    socket.end(Buffer.concat([Buffer.from(`${record.length} `), record]));
    const closed = once(socket, 'close');
    const late = new Promise<'late'>(resolve => {
      socket.once('finish', () => {
        timer.value = clock.after(TAKEN_WITHIN, () => resolve('late'));
      });
    });
    const isLate = (await Promise.race([closed, late])) === 'late';
    signal.throwIfAborted();
    return isLate ? `sent to tcp ${where}, which never says what it has read` : `tcp ${where} has read it`;
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`cannot send to tcp ${where}: ${describeErrno(error)}`);
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

/** Has logger(1) tell it. Without a listener some of them succeed all the same: so it is looked for, and errors are asked for. */
async function tellLogger(
  { facility }: SyslogSpec,
  { text, severity }: { readonly text: string; readonly severity: Severity },
  options: SyslogOptions,
): Promise<string> {
  const logger = toolOf('logger');
  if (logger === undefined) throw new SpawnError('cannot run logger: it is not installed (Debian: bsdutils)');
  const { localSocket = LOCAL_SOCKET } = options;
  const isLinux = process.platform === 'linux';
  if (isLinux && !isSocket(localSocket))
    throw new Error(`no syslog listens on this machine: there is no ${localSocket}`);
  const strict = isLinux
    ? ['-u', localSocket, '--socket-errors=on', '-S', String(MOST_OCTETS), `--id=${process.pid}`]
    : [];
  const launch = {
    argv: [logger, '-t', APP, '-p', `${facility}.${severity}`, ...strict, '--', text],
    env: ['LC_ALL=C.UTF-8'],
    lateEnv: [],
    cwd: '/',
    isCwdEntered: false,
    drop: undefined,
    umask: undefined,
    size: { cols: 200, rows: 24 },
    stderrApart: false,
  };
  const { exit, output } = await runErrand(launch, options);
  if (exit.code === 0) return 'the local syslog has it';
  throw new Error(output.trim() || `logger failed (${exit.code ?? exit.signal})`);
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}
