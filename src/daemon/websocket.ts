import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import type * as Ws from 'ws';
import { WireError } from '../protocol/errors.ts';
import {
  type ClientFrame,
  INPUT_WINDOW,
  parseClientFrame,
  type ServerFrame,
  TEXT_FRAME_LIMIT,
} from '../protocol/frames.ts';
import { PROTOCOL, PROTOCOL_HEADER } from '../protocol/version.ts';

/** The way to one viewer. What is sent arrives in order, as far as it arrives. */
export interface Wire extends Disposable {
  /** `flushed` is called once the kernel has taken the bytes, or never will. */
  send(bytes: Uint8Array, flushed: () => void): void;
  tell(frame: ServerFrame): void;
  /** Closes once everything before has been sent. `reason`: for people, at most 120 characters. */
  end(reason: string): void;
}

/** What comes from a viewer. */
export interface WireListener {
  /** `bytes` is the listener's to keep. */
  typed(bytes: Uint8Array): void;
  frame(frame: ClientFrame): void;
  closed(): void;
}

/** RFC 6455: the endpoint ends the connection as it got a message that violates its policy. */
const POLICY_VIOLATION = 1008;

const NORMAL = 1000;

/** What ws keeps back of a viewer that does not read at all: frames of text, as bytes have their window. */
const MOST_UNSENT = 1024 * 1024;

let server: Ws.WebSocketServer | undefined;

/** Loaded at the first viewer: it costs 12 ms and some megabytes, which a daemon that nobody attaches to need not have. */
function webSockets(): Ws.WebSocketServer {
  const { WebSocketServer } = createRequire(import.meta.url)('ws') as typeof Ws; // its types say what it exports
  if (server === undefined) {
    server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false, // the line is a UNIX socket
      maxPayload: INPUT_WINDOW,
    });
    server.on('headers', headers => headers.push(`${PROTOCOL_HEADER}: ${PROTOCOL}`));
  }
  return server;
}

/** Loads what WebSockets are made of, for who can spread his work. Returns whether that was still to be done. */
export function loadWebSockets(): boolean {
  if (server !== undefined) return false;
  webSockets();
  return true;
}

/** Answers the handshake. `listen` is called with the open wire, at once, unless the request is no WebSocket's. */
export function acceptWebSocket(
  { request, socket, head }: { request: IncomingMessage; socket: Duplex; head: Buffer },
  listen: (wire: Wire) => WireListener,
): void {
  webSockets().handleUpgrade(request, socket, head, webSocket => {
    const wire = wireOver(webSocket);
    const listener = listen(wire);
    webSocket.on('message', (data, isBinary) => {
      try {
        if (isBinary) listener.typed(bytesOf(data));
        else listener.frame(parseClientFrame(textOfMessage(data)));
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        webSocket.removeAllListeners('message'); // it is heard no more, though its own close may take its time
        listener.closed();
        webSocket.close(POLICY_VIOLATION, error.message.slice(0, 120));
      }
    });
    webSocket.on('error', () => webSocket.terminate()); // a broken frame, or the peer is gone: `close` follows
    webSocket.on('close', () => listener.closed());
  });
}

function wireOver(webSocket: Ws.WebSocket): Wire {
  return {
    send: (bytes, flushed) => webSocket.send(bytes, { binary: true }, flushed),
    tell: frame => {
      if (webSocket.bufferedAmount > MOST_UNSENT) webSocket.terminate();
      else webSocket.send(textOf(frame));
    },
    end: reason => webSocket.close(NORMAL, reason.slice(0, 120)),
    [Symbol.dispose]: () => webSocket.terminate(),
  };
}

let written: { readonly frame: ServerFrame; readonly text: string } | undefined;

/** A frame as text, made once for all who are told the same: of 250 viewers each is told of 250. */
function textOf(frame: ServerFrame): string {
  if (written?.frame !== frame) written = { frame, text: JSON.stringify(frame) };
  return written.text;
}

function textOfMessage(data: Ws.RawData): string {
  const bytes = bytesOf(data);
  if (bytes.length > TEXT_FRAME_LIMIT)
    throw new WireError('bad_request', `a text frame is at most ${TEXT_FRAME_LIMIT} bytes`);
  return bytes.toString('utf8');
}

/** A message as one buffer, which is what ws gives unless it is told otherwise. */
function bytesOf(data: Ws.RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
