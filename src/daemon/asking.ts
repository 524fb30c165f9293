/** Who asks, as the header of a request says it (protocol/asker.ts): a stranger's word, which is read as some name or none. */
import type { Asker } from '../core/asker.ts';
import { printable } from '../core/printable.ts';
import { CLIENT_HEADER } from '../protocol/asker.ts';

/**
 * Longest part of it that is shown, in characters. A name, a host and a terminal fit, and behind them the name of who used
 * sudo, each as long as Linux lets it be: 32 for a name, 64 for a host.
 */
const SHOWN = 160;

/** Whoever sends no such header. */
const SOMEONE = 'someone';
const UNNAMED = 'a client that does not say';

/** Who asks, from a request's headers. Never throws: what cannot be read is not there. */
export function askerOf(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Asker {
  const word = new URLSearchParams(textOf(headers[CLIENT_HEADER]));
  const part = (name: string): string => printable(word.get(name) ?? '', SHOWN);
  const client = part('client') || printable(textOf(headers['user-agent']), SHOWN) || UNNAMED;
  const origin = part('origin');
  return { who: part('who') || SOMEONE, from: origin === '' ? client : `${client} from ${origin}` };
}

function textOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : '';
}
