import type { ServerResponse } from 'node:http';
import type { Scrollback } from '../core/scrollback.ts';
import { WireError } from '../protocol/errors.ts';
import { OFFSET_HEADER } from '../protocol/routes.ts';

/** Bytes handed to a connection at a time. */
const CHUNK = 64 * 1024;

/** A reader that has this much unread is not given more until it has caught up; the ring keeps the rest, or moves on. */
const MAX_UNREAD = 256 * 1024;

/** A growing source of bytes: a scrollback, and how to hear that it grew. */
export interface Source {
  readonly scrollback: Scrollback;
  readonly onGrowth: (listener: () => void) => Disposable;
  /** Calls back when nothing will be added any more; without it that never comes. */
  readonly onGone?: (listener: () => void) => Disposable;
}

/**
 * Sends what `from`, `lines` and `follow` ask for. Whatever the reader's speed, the source is never waited for: a reader
 * that the ring overtakes gets the end of its reply, and learns from `X-Offset` of its next one what it missed.
 */
export function sendOutput(response: ServerResponse, source: Source, query: URLSearchParams): void {
  const { scrollback, onGrowth, onGone } = source;
  let next = scrollback.read(firstOffset(scrollback, query), 0).from;
  response.writeHead(200, { 'content-type': 'application/octet-stream', [OFFSET_HEADER]: String(next) });
  response.flushHeaders();
  let isFollowing = query.get('follow') === '1';
  let end = scrollback.head;
  const send = (): void => {
    if (response.writableEnded) return;
    while (response.writableLength < MAX_UNREAD && next < scrollback.head) {
      const { from, bytes } = scrollback.read(next, CHUNK);
      if (from !== next) {
        response.end();
        return;
      }
      next = from + bytes.length;
      response.write(bytes);
    }
    if (!isFollowing && next >= end) response.end();
  };
  const stop = (): void => {
    isFollowing = false;
    end = scrollback.head;
    send();
  };
  const subscriptions = isFollowing && !response.destroyed ? [onGrowth(send), onGone?.(stop)] : [];
  response.on('drain', send);
  response.on('close', () => {
    for (const subscription of subscriptions) subscription?.[Symbol.dispose]();
  });
  send();
}

function firstOffset(scrollback: Scrollback, query: URLSearchParams): number {
  const lines = numberOf(query, 'lines');
  if (lines !== undefined) return scrollback.lastLines(Math.max(0, lines));
  const from = numberOf(query, 'from') ?? scrollback.tail;
  return from < 0 ? Math.max(scrollback.tail, scrollback.head + from) : from;
}

/** A whole number of the query; undefined when it is not given. Throws `bad_request` for anything else. */
export function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value)) {
    throw new WireError('bad_request', `${name} must be a whole number, not '${text.slice(0, 40)}'`);
  }
  return value;
}
