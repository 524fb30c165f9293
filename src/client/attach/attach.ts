import { hostname } from 'node:os';
import { type Clock, realClock } from '../../runtime/clock.ts';
import { userOf } from '../identity.ts';
import type { Context } from '../verb.ts';
import { chordFor, givenChord, KEYS_VARIABLE } from './detachkeys.ts';
import { type Ending, exitCodeFor, lineFor } from './ending.ts';
import { isOwnTerminal } from './refusal.ts';
import { type Size, wireSize } from './size.ts';
import type { UserTerminal } from './terminal.ts';

/** What is asked for on the command line. */
export interface AttachOptions {
  readonly name: string;
  readonly readOnly: boolean;
  readonly steal: boolean;
  /** `--detach-keys`. */
  readonly keys: string | undefined;
  /** It is said how to come back: for who is in the midst of something else, and may have read nothing about it. */
  readonly isHinted?: boolean;
  /** Told how it was over, and the line that the terminal was given about it; undefined when there was nobody to tell. */
  readonly onEnded?: (ending: Ending, line: string | undefined) => void;
}

/** What attaching needs of a verb's context. */
export type AttachContext = Pick<Context, 'api' | 'err' | 'signal' | 'takeover'>;

const SIGINT = 2;

/**
 * Attaches the terminal to a process until it is over, and resolves with the exit code. Stopped and continued by a shell it
 * attaches anew, which draws everything again. Rejects as any request to the daemon does, the terminal untouched then.
 */
export async function attach(
  context: AttachContext,
  options: AttachOptions,
  clock: Clock = realClock,
): Promise<number> {
  const { takeover } = context;
  const given = givenChord(options.keys, takeover.env);
  const terminal = await takeover.terminal();
  const loading = import('./attachment.ts'); // read while the daemon answers: two milliseconds saved
  for (let steal = options.steal; ; steal = false) {
    const { size } = terminal;
    const hint = options.isHinted === true ? (options.keys ?? takeover.env[KEYS_VARIABLE] ?? '') : undefined;
    const query = queryFor(size, { ...options, steal, hint, label: labelOf(takeover.env, terminal) });
    const upgraded = await context.api.attach({ name: options.name, query });
    const { Attachment } = await loading;
    const attachment = new Attachment(upgraded, {
      name: options.name,
      terminal,
      size,
      clock,
      readOnly: options.readOnly,
      chordFor: daemonKeys => chordFor(given, daemonKeys),
      isOwnTerminal: name => isOwnTerminal(takeover.env, takeover.configHash(), name),
    });
    const interrupt = (): void => attachment.end({ kind: 'signal', number: SIGINT, name: 'SIGINT' });
    context.signal.addEventListener('abort', interrupt);
    const ending = await attachment.ended;
    context.signal.removeEventListener('abort', interrupt);
    const isGivenBack = await attachment.giveBack(ending);
    if (ending.kind !== 'suspended') {
      options.onEnded?.(ending, lineFor(ending, attachment.name));
      return over(context, attachment.name, { ending, isGivenBack });
    }
    if (!ending.isContinued) terminal.stop();
  }
}

/** What could not be said on the terminal, as it was never taken, is said as an error is. */
function over(
  context: AttachContext,
  name: string,
  { ending, isGivenBack }: { readonly ending: Ending; readonly isGivenBack: boolean },
): number {
  const line = isGivenBack ? undefined : lineFor(ending, name);
  if (line !== undefined) context.err(line);
  return exitCodeFor(ending);
}

interface Said {
  readonly label: string;
  /** The keys that detach, as the person has set them; undefined for who needs no telling. */
  readonly hint: string | undefined;
}

function queryFor(
  size: Size,
  { readOnly, steal, label, hint }: Pick<AttachOptions, 'readOnly' | 'steal'> & Said,
): Readonly<Record<string, string | undefined>> {
  const { cols, rows } = wireSize(size);
  return {
    hint,
    cols: String(cols),
    rows: String(rows),
    readonly: readOnly ? '1' : undefined,
    steal: steal ? '1' : undefined,
    acks: '1',
    label,
  };
}

/** What the daemon shows to others: `ada@host pts/3`. */
function labelOf(env: Context['takeover']['env'], { name }: UserTerminal): string {
  return `${userOf(env)}@${hostname()} ${name}`.trim();
}
