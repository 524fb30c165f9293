import { type Clock, realClock } from '../runtime/clock.ts';
import { NoDaemonError } from './address.ts';
import type { Api, ByteReply } from './api.ts';

/** What to follow and whom to tell what was lost. */
export interface Followed {
  readonly route: 'log' | 'output';
  /** For `output`. */
  readonly name?: string;
  /** Where to begin (`from` or `lines`), and which stream. */
  readonly query: Readonly<Record<string, string | undefined>>;
  /** So many bytes were overwritten before they could be read. */
  readonly onMissed: (bytes: number) => void;
}

/** Milliseconds before asking again when a reply ended with nothing in it, so that a busy daemon is not pestered. */
export const PAUSE = 200;

/**
 * Bytes of a scrollback, then those that come, for ever: when the daemon ends the reply because its ring overtook this
 * reader, it asks again from its own offset. Ends only by the signal of `api`, or with NoDaemonError.
 */
export async function* follow(api: Api, followed: Followed, clock: Clock = realClock): AsyncGenerator<Uint8Array> {
  const { route, name, query, onMissed } = followed;
  const ask = (where: Followed['query']): Promise<ByteReply> =>
    api.bytes(route, { ...(name !== undefined && { name }), query: { ...where, follow: '1' } });
  let reply = await ask(query);
  let next = reply.offset;
  for (;;) {
    const began = next;
    for await (const chunk of reply.chunks) {
      next += chunk.length;
      yield chunk;
    }
    if (next === began) await pause(clock, PAUSE);
    reply = await ask({ ...query, lines: undefined, from: String(next) }).catch(goneWhileFollowing);
    if (reply.offset > next) onMissed(reply.offset - next);
    next = reply.offset;
  }
}

/** The sentence for a daemon that is not there any more, in place of the one for a daemon that never was. */
export function goneWhileFollowing(error: unknown): never {
  throw error instanceof NoDaemonError ? new NoDaemonError('the daemon has ended') : error;
}

/** Resolves after so many milliseconds. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise(resolve => void clock.after(ms, resolve));
}
