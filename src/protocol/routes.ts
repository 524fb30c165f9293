import type { Happening } from '../core/events.ts';
import type {
  ActionReply,
  AlertList,
  AlertTestReply,
  DaemonInfo,
  DetachReply,
  InputReply,
  ProcessInfo,
  ProcessList,
  ReloadReply,
  ReloadRequest,
  ScaleRequest,
  SelectRequest,
  ShutdownReply,
  SignalRequest,
  UsageSample,
} from './messages.ts';

/**
 * The wire, as one table: the daemon dispatches on it, the client's calls are typed by it, docs/PROTOCOL.md is printed
 * from it. `{name}` in a path is a process's full name, or an alert's, percent-encoded.
 */
export interface Route<Request, Reply> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  /** Query parameters and what they mean. */
  readonly query?: Readonly<Record<string, string>>;
  /** `json`: one JSON object. `bytes`: the body as it is. `none`: no body is read. */
  readonly body: 'none' | 'json' | 'bytes';
  /** `json`: one JSON object. `bytes`: terminal bytes or text. `events`: Server-Sent Events. `frames`: a WebSocket's. */
  readonly reply: 'json' | 'bytes' | 'events' | 'frames';
  /** Most bytes a body may have. */
  readonly limit: number;
  /** What follows `curl --unix-socket $SOCK` in the docs; a test runs it. */
  readonly example: string;
  /** Never set: carries the types of what is sent and what comes back. */
  readonly types?: { readonly request: Request; readonly reply: Reply };
}

/** A list of names for every process of a large config is some tens of kilobytes. */
const JSON_LIMIT = 256 * 1024;

/** Input of one request; it must also fit into the queue of what the program has not read yet. */
export const INPUT_LIMIT = 1024 * 1024;

function route<Request, Reply>(entry: Route<Request, Reply>): Route<Request, Reply> {
  return entry;
}

const action = (
  method: 'start' | 'stop' | 'restart' | 'clear' | 'add' | 'remove',
  summary: string,
): Route<SelectRequest, ActionReply> =>
  route<SelectRequest, ActionReply>({
    method: 'POST',
    path: `/v1/${method}`,
    summary,
    body: 'json',
    reply: 'json',
    limit: JSON_LIMIT,
    example: `http://tm/v1/${method} -d '{"select": ["http"]}'`,
  });

const OUTPUT_QUERY = {
  from: 'absolute offset of the first byte wanted; a negative number counts from the end; default: all that is held',
  lines: 'in place of `from`: so many last lines',
  follow:
    '`1` keeps the reply open and sends what comes. The reply ends when the reader was too slow and the ring overtook it: ask again from where you are, and `X-Offset` tells what was missed',
} as const;

export const ROUTES = {
  daemon: route<undefined, DaemonInfo>({
    method: 'GET',
    path: '/v1/daemon',
    summary: 'The daemon: versions, pid, config, uptime, how many processes are in which state.',
    body: 'none',
    reply: 'json',
    limit: 0,
    example: 'http://tm/v1/daemon',
  }),
  log: route<undefined, Uint8Array>({
    method: 'GET',
    path: '/v1/daemon/log',
    summary: "The daemon's own log since it started, as JSON lines. `X-Offset` is the offset of the first byte.",
    query: OUTPUT_QUERY,
    body: 'none',
    reply: 'bytes',
    limit: 0,
    example: "'http://tm/v1/daemon/log?lines=5'",
  }),
  processes: route<undefined, ProcessList>({
    method: 'GET',
    path: '/v1/processes',
    summary: 'Every process, or those that the selectors name, in the order in which they start.',
    query: {
      select: 'a selector (`web`, `web:web_03`, `web:*`, a glob, `all`); may be given many times',
      usage: '`1`: with the CPU and memory of each, which takes a quarter of a second while nobody follows `/v1/usage`',
    },
    body: 'none',
    reply: 'json',
    limit: 0,
    example: "'http://tm/v1/processes?select=http'",
  }),
  process: route<undefined, ProcessInfo>({
    method: 'GET',
    path: '/v1/processes/{name}',
    summary: 'One process.',
    body: 'none',
    reply: 'json',
    limit: 0,
    example: 'http://tm/v1/processes/http',
  }),
  start: action('start', 'Start processes. With `wait` (the default) the answer comes when each runs or failed.'),
  stop: action('stop', 'Stop processes. With `wait` (the default) the answer comes when each has ended.'),
  restart: action('restart', 'Stop, then start. A process that does not run is started.'),
  clear: action('clear', 'Forget the scrollback. Offsets go on from where they are.'),
  signal: route<SignalRequest, ActionReply>({
    method: 'POST',
    path: '/v1/signal',
    summary:
      "Send a signal to the leader of each process. It is not a stop: policy decides what follows the program's end.",
    body: 'json',
    reply: 'json',
    limit: JSON_LIMIT,
    example: `http://tm/v1/signal -d '{"signal": "CONT", "select": ["http"]}'`,
  }),
  input: route<Uint8Array, InputReply>({
    method: 'POST',
    path: '/v1/processes/{name}/input',
    summary:
      'Type the bytes of the body into the terminal. All or nothing: `input_full` when the program has not read what was typed before.',
    body: 'bytes',
    reply: 'json',
    limit: INPUT_LIMIT,
    example: `http://tm/v1/processes/repl/input --data-binary $'1 + 1\\r'`,
  }),
  output: route<undefined, Uint8Array>({
    method: 'GET',
    path: '/v1/processes/{name}/output',
    summary: 'What the terminal received, as it is. `X-Offset` is the offset of the first byte.',
    query: { ...OUTPUT_QUERY, stream: '`stderr`: only that, where the config sends it elsewhere than stdout' },
    body: 'none',
    reply: 'bytes',
    limit: 0,
    example: "'http://tm/v1/processes/ticker:ticker_00/output?lines=3'",
  }),
  screen: route<undefined, Uint8Array>({
    method: 'GET',
    path: '/v1/processes/{name}/screen',
    summary: 'What the terminal shows now.',
    query: {
      format: '`text` (the default), `ansi` (with colours), or `json` (cells with their attributes, cursor, size)',
      scrollback: 'so many lines above the screen as well, as far as they are held',
    },
    body: 'none',
    reply: 'bytes',
    limit: 0,
    example: "'http://tm/v1/processes/repl/screen?format=text'",
  }),
  attach: route<undefined, Uint8Array>({
    method: 'GET',
    path: '/v1/processes/{name}/attach',
    summary:
      'A WebSocket. Binary frames are terminal bytes both ways, text frames JSON (below). What the terminal shows comes first, then what it receives; a viewer of another size than the terminal, or a slow one, gets pictures in place of the stream.',
    query: {
      cols: "the viewer's width, in cells",
      rows: 'and its height',
      readonly: '`1`: what is typed goes nowhere, and the size of the terminal is not changed',
      steal: '`1`: the other viewers are detached; not for a pane',
      acks: '`1`: the client says with `ack` frames what has reached its terminal; without it what the kernel took counts',
      hint: 'say over its last row how to detach, until it types, for two seconds at most: its own keys, as in `ctrl-b,d`, or empty for those of the config',
      label: 'what the viewer calls itself, for `status` and the other viewers',
      pane: '`1`: a pane of a larger picture: binary frames are pictures of this size as JSON (below), at most ten a second, which follow the cursor where the terminal is larger. It gives the terminal no size, and stays while the process does not run. With `readonly` nobody is told of it',
    },
    body: 'none',
    reply: 'frames',
    limit: 0,
    example:
      "'http://tm/v1/processes/repl/attach?cols=80&rows=24' -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' --max-time 1 --output -",
  }),
  detach: route<undefined, DetachReply>({
    method: 'POST',
    path: '/v1/processes/{name}/detach',
    summary: 'Detach everyone who looks at this process.',
    body: 'none',
    reply: 'json',
    limit: JSON_LIMIT,
    example: '-X POST http://tm/v1/processes/repl/detach',
  }),
  events: route<undefined, Happening>({
    method: 'GET',
    path: '/v1/events',
    summary:
      'What happens, as Server-Sent Events; docs/EVENTS.md lists them. The id is `<boot>-<number>`: with `Last-Event-ID` the stream goes on after it, as far back as the daemon remembers; an `overtaken` event says what was missed.',
    query: {
      since:
        'where to begin, in place of the header: the number of the last event seen (`0`, or a number that is yet to come, for all that is remembered), a span like `10m`, or a time like `14:30` or `2026-11-21T14:30:00Z`; default: now',
      select: 'a selector: only events of processes that it means, by their names at the time; may be given many times',
      follow: '`0` ends the reply after what is remembered',
    },
    body: 'none',
    reply: 'events',
    limit: 0,
    example: "'http://tm/v1/events?since=0' --max-time 1",
  }),
  usage: route<undefined, UsageSample>({
    method: 'GET',
    path: '/v1/usage',
    summary:
      'What each process takes of the machine, as Server-Sent Events of one kind, `usage`: all processes at once, then every second those for which something changed. The CPU is known from the second one on, which comes after a quarter of a second. The machine is looked at only while somebody asks; with many processes less often, so that it takes at most 1 % of a core. A slow reader misses samples.',
    query: { follow: '`0`: one message, with the CPU, a quarter of a second later' },
    body: 'none',
    reply: 'events',
    limit: 0,
    example: "'http://tm/v1/usage?follow=0'",
  }),
  reload: route<ReloadRequest | undefined, ReloadReply>({
    method: 'POST',
    path: '/v1/reload',
    summary:
      'Read the config again and apply what changed, and nothing else. With `dryRun` it only answers what would happen. A config with mistakes changes nothing: `bad_config`, with all of them in `problems`.',
    body: 'json',
    reply: 'json',
    limit: JSON_LIMIT,
    example: `http://tm/v1/reload -d '{"dryRun": true}'`,
  }),
  scale: route<ScaleRequest, ReloadReply>({
    method: 'POST',
    path: '/v1/scale',
    summary: 'Run so many processes of a program, until the next reload. The answer is that of a reload.',
    body: 'json',
    reply: 'json',
    limit: JSON_LIMIT,
    example: `http://tm/v1/scale -d '{"program": "ticker", "numprocs": 2}'`,
  }),
  add: action(
    'add',
    'Put programs or groups of the config into use that are not, as its files say now, until the next reload; all else stays as it is. `select` has their names. What starts by itself is started, and not waited for. `bad_config` as for a reload.',
  ),
  remove: action(
    'remove',
    'Take programs or groups out of use, until the next reload: `still_running` as long as anything of them runs. `select` has their names.',
  ),
  alerts: route<undefined, AlertList>({
    method: 'GET',
    path: '/v1/alerts',
    summary: 'The alerts of the config: whom each tells of what, how many messages wait, and what was last heard.',
    body: 'none',
    reply: 'json',
    limit: 0,
    example: 'http://tm/v1/alerts',
  }),
  alertTest: route<undefined, AlertTestReply>({
    method: 'POST',
    path: '/v1/alerts/{name}/test',
    summary:
      'Send one message by this alert now, whatever waits, and answer what the receiver said: `ok` is false when it could not be told. `{name}` is that of the alert.',
    body: 'none',
    reply: 'json',
    limit: JSON_LIMIT,
    example: '-X POST http://tm/v1/alerts/bell/test',
  }),
  shutdown: route<undefined, ShutdownReply>({
    method: 'POST',
    path: '/v1/shutdown',
    summary: 'Stop every process in order, then the daemon. Answers at once.',
    body: 'none',
    reply: 'json',
    limit: JSON_LIMIT,
    example: '-X POST http://tm/v1/shutdown',
  }),
  healthz: route<undefined, { readonly ok: true }>({
    method: 'GET',
    path: '/healthz',
    summary: 'Liveness.',
    body: 'none',
    reply: 'json',
    limit: 0,
    example: 'http://tm/healthz',
  }),
} as const;

export type RouteName = keyof typeof ROUTES;
export type RequestOf<Name extends RouteName> =
  (typeof ROUTES)[Name] extends Route<infer Request, unknown> ? Request : never;
export type ReplyOf<Name extends RouteName> = (typeof ROUTES)[Name] extends Route<infer _, infer Reply> ? Reply : never;

/** Header of byte replies: the absolute offset of the first byte that follows. */
export const OFFSET_HEADER = 'x-offset';
