import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Asker } from '../core/asker.ts';
import type { Problem } from '../core/problem.ts';
import { ERRORS, type ErrorBody, type ErrorCode, WireError } from '../protocol/errors.ts';
import { ROUTES, type Route, type RouteName } from '../protocol/routes.ts';
import { isCompatible, mismatchMessage, PROTOCOL, PROTOCOL_HEADER } from '../protocol/version.ts';
import type { Clock } from '../runtime/clock.ts';
import type { TraceLine } from '../runtime/trace.ts';
import { askerOf } from './asking.ts';
import { acceptWebSocket, loadWebSockets, type Wire, type WireListener } from './websocket.ts';

/** A request, taken apart and checked against its route. */
export interface Call {
  /** The `{name}` of the path, decoded. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
  /** Who asks, by the client's own word. */
  readonly by: Asker;
}

/** A request to go on as a WebSocket. `accept` answers the handshake; before it, errors may be thrown as by a handler. */
export interface Upgrade {
  readonly name: string;
  readonly query: URLSearchParams;
  readonly by: Asker;
  readonly accept: (listen: (wire: Wire) => WireListener) => void;
}

/** Answers a call: a value is sent as JSON; undefined means that the handler answers by itself. Throws `WireError`. */
export type Handler = (call: Call) => unknown;
export type Handlers = { readonly [Name in RouteName]: Handler };

/** Connections served at a time; the next one gets a 503. Each costs a file descriptor that a program may need. */
const MAX_CONNECTIONS = 256;

/** A client that dribbles its request holds a connection no longer than this. Waiting for an answer has no limit. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Slow clients are looked for this often. */
const TIMEOUT_CHECK_MS = 5_000;

/** Our own client sends a few hundred bytes; curl some more. */
const MAX_HEADER_BYTES = 8 * 1024;

/** Addresses on the wire are paths; the host means nothing. */
const BASE = 'http://taskmaster';

export interface HttpOptions {
  readonly clock: Clock;
  readonly trace: TraceLine | undefined;
  readonly onUpgrade: (upgrade: Upgrade) => void;
  /** A handler failed in a way that is a fault of the daemon's. The client gets a 500, the daemon runs on. */
  readonly onFault: (error: unknown) => void;
}

export interface HttpServer {
  readonly server: Server;
  /** Cuts off who went on as a WebSocket: the server itself does not know of them any more, and would wait for them to go. */
  readonly cutWebSockets: () => void;
}

/** The wire's server: finds the route, bounds and reads the body, turns results and errors into replies. */
export function createHttpServer(handlers: Handlers, options: HttpOptions): HttpServer {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      keepAliveTimeout: REQUEST_TIMEOUT_MS,
    },
    (request, response) => void serve(handlers, request, response, options),
  );
  let connections = 0;
  const upgraded = new Set<Duplex>();
  server.on('connection', (socket: Socket) => {
    connections++;
    socket.on('close', () => connections--);
    if (connections > MAX_CONNECTIONS) refuse(socket);
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy()); // the client is gone
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    upgrade({ request, socket, head }, handlers, options);
  });
  server.on('clientError', (error, socket) => {
    const isTooLarge = 'code' in error && error.code === 'HPE_HEADER_OVERFLOW';
    if (socket.writable)
      socket.end(rawReply('bad_request', isTooLarge ? 'the header is too large' : 'not an HTTP/1.1 request'));
    else socket.destroy();
  });
  const cutWebSockets = (): void => {
    for (const socket of upgraded) socket.destroy();
  };
  return { server, cutWebSockets };
}

async function serve(
  handlers: Handlers,
  request: IncomingMessage,
  response: ServerResponse,
  { trace, onFault }: HttpOptions,
): Promise<void> {
  trace?.(`${request.method} ${request.url}`);
  response.setHeader(PROTOCOL_HEADER, PROTOCOL);
  const gone = new AbortController();
  setMaxListeners(0, gone.signal); // a request for many processes has a listener for each: no leak, so no warning
  response.on('close', () => gone.abort());
  try {
    checkVersion(request);
    const url = parseUrl(request);
    const { handler, route, name } = findRoute(handlers, request.method ?? '', url.pathname);
    const body = await readBody(request, route.limit);
    const by = askerOf(request.headers);
    const call = { name, query: url.searchParams, body, request, response, signal: gone.signal, by };
    const reply = await handler(call);
    if (reply !== undefined) sendJson(response, 200, reply);
  } catch (error) {
    if (!(error instanceof WireError)) onFault(error);
    const { code, message, problems } = error instanceof WireError ? error : FAULT;
    // What is left of a body that was refused is not read: the connection ends with the answer.
    if (!request.complete) response.setHeader('connection', 'close');
    sendJson(response, ERRORS[code].status, errorBody(code, message, problems));
  }
}

function upgrade(
  asking: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
  handlers: Handlers,
  options: HttpOptions,
): void {
  const { clock, trace, onFault, onUpgrade } = options;
  const { request, socket } = asking;
  if (loadWebSockets()) {
    clock.after(0, () => upgrade(asking, handlers, options)); // that was enough for one turn; `soon` would be the same one
    return;
  }
  trace?.(`upgrade ${request.url}`);
  try {
    checkVersion(request);
    const url = parseUrl(request);
    const { route, name } = findRoute(handlers, request.method ?? '', url.pathname);
    if (route.reply !== 'frames') throw new WireError('bad_request', `there is no WebSocket at ${url.pathname}`);
    const accept = (listen: (wire: Wire) => WireListener): void => acceptWebSocket(asking, listen);
    onUpgrade({ name, query: url.searchParams, by: askerOf(request.headers), accept });
  } catch (error) {
    if (!(error instanceof WireError)) onFault(error);
    const { code, message } = error instanceof WireError ? error : FAULT;
    socket.end(rawReply(code, message));
  }
}

const FAULT = new WireError(
  'failed',
  'the daemon could not do this, and its log says more: please report it as a fault',
);

function checkVersion(request: IncomingMessage): void {
  const theirs = request.headers[PROTOCOL_HEADER];
  if (typeof theirs === 'string' && !isCompatible(PROTOCOL, theirs)) {
    throw new WireError('protocol_mismatch', mismatchMessage(theirs.slice(0, 20), PROTOCOL));
  }
}

function parseUrl(request: IncomingMessage): URL {
  const url = request.url ?? '';
  if (!URL.canParse(url, BASE)) throw new WireError('bad_request', 'the address of the request is not one');
  return new URL(url, BASE);
}

interface Found {
  readonly handler: Handler;
  readonly route: Route<unknown, unknown>;
  readonly name: string;
}

function findRoute(handlers: Handlers, method: string, path: string): Found {
  let isKnownPath = false;
  for (const [key, route] of Object.entries(ROUTES)) {
    const name = matchPath(route.path, path);
    if (name === undefined) continue;
    isKnownPath = true;
    if (route.method === method) return { handler: handlers[key as RouteName], route, name }; // ROUTES' keys are RouteNames
  }
  if (isKnownPath) throw new WireError('method_not_allowed', `${method} does not go with ${path}`);
  throw new WireError('no_such_route', `there is nothing at ${path}; docs/PROTOCOL.md lists the routes`);
}

/** The decoded `{name}` of a path that fits the pattern (empty where it has none); undefined when it does not fit. */
function matchPath(pattern: string, path: string): string | undefined {
  const [before = '', after] = pattern.split('{name}');
  if (after === undefined) return pattern === path ? '' : undefined;
  if (!path.startsWith(before) || !path.endsWith(after)) return undefined;
  const name = path.slice(before.length, path.length - after.length);
  if (name === '' || name.includes('/')) return undefined;
  try {
    return decodeURIComponent(name);
  } catch {
    throw new WireError('bad_request', 'the name in the path is not percent-encoded UTF-8');
  }
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request) {
      length += chunk.length;
      if (length > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw new WireError('bad_request', 'the body ended early'); // the client went away: nobody reads this
  }
  return Buffer.concat(chunks);
}

function tooLarge(limit: number): WireError {
  return new WireError(
    'too_large',
    limit === 0 ? 'this request takes no body' : `the body is longer than ${limit} bytes`,
  );
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const text = `${JSON.stringify(value)}\n`;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** Answers a connection that is one too many. It is not read: nothing it sends can cost anything. */
function refuse(socket: Socket): void {
  socket.end(
    rawReply('too_many_connections', `the daemon serves ${MAX_CONNECTIONS} connections at a time; try again later`),
  );
  socket.destroySoon();
}

function rawReply(code: ErrorCode, message: string): string {
  const body = `${JSON.stringify(errorBody(code, message))}\n`;
  const { status } = ERRORS[code];
  return `HTTP/1.1 ${status} Refused\r\n${PROTOCOL_HEADER}: ${PROTOCOL}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}

function errorBody(code: ErrorCode, message: string, problems?: readonly Problem[]): ErrorBody {
  return { error: { code, message, ...(problems && { problems }) } };
}
