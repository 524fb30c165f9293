/** Whoever asks for something: people by their clients' own word, and what else can ask a daemon. */

/** Who asked for something, in the client's own words: nothing is decided by it. */
export interface Asker {
  /** `alice@web1 pts/3`; `someone` for a client that does not say. */
  readonly who: string;
  /** `taskmasterctl from 10.0.0.5`: the client, and from where its user came, where that is known. */
  readonly from: string;
}

/** The daemon itself, which starts what the config says at its own start. */
export const AUTOSTART: Asker = { who: 'autostart', from: 'the config' };

/** Whoever sent the daemon a signal: the kernel tells no more than that. */
export function signaller(signal: string): Asker {
  return { who: signal, from: 'a signal' };
}

/** `alice@web1 pts/3 (taskmasterctl from 10.0.0.5)`. */
export function describeAsker({ who, from }: Asker): string {
  return `${who} (${from})`;
}
