import type { IncomingMessage } from 'node:http';
import { parseErrorBody, WireError } from '../protocol/errors.ts';
import { OFFSET_HEADER, type ReplyOf, type RequestOf, ROUTES, type RouteName } from '../protocol/routes.ts';
import type { SseMessage } from '../protocol/sse.ts';
import type { Upgraded } from './attach/websocket.ts';
import { type Connection, lostDaemon, type Message } from './connection.ts';

/** The routes that answer with one JSON object, which is all but those of bytes, of events and of a WebSocket. */
export type JsonRoute = Exclude<RouteName, ByteRoute | EventRoute | 'attach'>;

export type ByteRoute = 'log' | 'output' | 'screen';

export type EventRoute = 'events' | 'usage';

/** What a route's path and query take beside the body. */
export interface Place {
  /** The process, for a path with `{name}`. */
  readonly name?: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Bytes from an absolute offset on. */
export interface ByteReply {
  /** Offset of the first byte of `chunks`. */
  readonly offset: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** The daemon's routes as typed calls. Any of them may reject with WireError or NoDaemonError. */
export interface Api {
  call<Name extends JsonRoute>(name: Name, request?: RequestOf<Name>, place?: Place): Promise<ReplyOf<Name>>;
  bytes(name: ByteRoute, place: Place): Promise<ByteReply>;
  /** What happens, or samples of usage, until the daemon ends the reply. */
  events(place: Place, name?: EventRoute): AsyncIterable<SseMessage>;
  /** A WebSocket to a process's console. */
  attach(place: Place): Promise<Upgraded>;
}

/**
 * The calls over one connection; `signal` ends those that are under way. `identify` gives the headers that say whose client
 * it is, and is called for what the daemon tells others of: not for mere questions, which are to be fast.
 */
export function createApi(
  connection: Pick<Connection, 'send' | 'upgrade'>,
  signal: AbortSignal,
  identify: () => Promise<Readonly<Record<string, string>>> = async () => ({}),
): Api {
  const ask = async (name: RouteName, place: Place, extra: Partial<Message> = {}): Promise<IncomingMessage> => {
    const { method } = ROUTES[name];
    const identity = method === 'POST' ? await identify() : {};
    const headers = { ...identity, ...place.headers, ...extra.headers };
    const reply = await connection.send({ ...extra, method, path: pathOf(name, place), headers, signal });
    if ((reply.statusCode ?? 500) >= 400) throw await errorOf(reply);
    return reply;
  };
  return {
    async call(name, request, place = {}) {
      const reply = await ask(name, place, bodyOf(name, request));
      const text = await textOf(reply);
      return JSON.parse(text) as ReplyOf<typeof name>; // a daemon of the same protocol answers by the same route table
    },
    async bytes(name, place) {
      const reply = await ask(name, place);
      return { offset: Number(reply.headers[OFFSET_HEADER] ?? 0), chunks: chunksOf(reply) };
    },
    async *events(place, name = 'events') {
      const { SseParser } = await import('../protocol/sse.ts');
      const parser = new SseParser();
      for await (const chunk of chunksOf(await ask(name, place))) yield* parser.push(chunk);
    },
    async attach(place) {
      const answer = await connection.upgrade({
        method: 'GET',
        path: pathOf('attach', place),
        headers: await identify(),
        signal,
      });
      if ('head' in answer) return answer;
      throw await errorOf(answer);
    },
  };
}

/** The path of a route with its name and query filled in; parameters that are undefined are left out. */
export function pathOf(route: RouteName, { name, query = {} }: Place): string {
  const path = ROUTES[route].path.replace('{name}', encodeURIComponent(name ?? ''));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const item of value === undefined ? [] : [value].flat()) search.append(key, item);
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

function bodyOf(name: JsonRoute, request: unknown): Partial<Message> {
  if (request === undefined) return { patient: name === 'alertTest' }; // which waits for a server
  if (ROUTES[name].body === 'bytes' && request instanceof Uint8Array) {
    return { body: request, headers: { 'content-type': 'application/octet-stream' } };
  }
  const patient = typeof request === 'object' && request !== null && 'wait' in request && request.wait === true;
  return { body: JSON.stringify(request), headers: { 'content-type': 'application/json' }, patient };
}

/** A reply's bytes. A daemon that goes away in the middle is an error of its own; an abort stays what it is. */
async function* chunksOf(reply: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of reply) yield chunk;
  } catch (error) {
    throw isReset(error) ? lostDaemon() : error;
  }
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

async function textOf(reply: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(reply)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function errorOf(reply: IncomingMessage): Promise<WireError> {
  const text = await textOf(reply);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined; // not JSON, so not one of the daemon's errors: the status is all there is to tell
  }
  return parseErrorBody(body) ?? new WireError('failed', `the daemon answered with status ${reply.statusCode}`);
}
