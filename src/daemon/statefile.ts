import { formatState, type StateRecord } from '../core/record.ts';
import { parseState } from '../core/recordparser.ts';
import type { Clock } from '../runtime/clock.ts';
import { KeptFile, type ReadKept, readKept } from './keptfile.ts';

const NAME = 'state file';

export type ReadState = ReadKept<StateRecord>;

/** Reads what the daemon before this one left. Without it, or where it cannot be trusted, survivors are still known by their environment. */
export function readState(path: string): ReadState {
  return readKept(path, NAME, parseState);
}

export interface StateFileOptions {
  readonly clock: Clock;
  /** What is to be written, as of now. */
  readonly snapshot: () => StateRecord;
  /** Hears once why the file cannot be written, and once that it can again. */
  readonly warn: (message: string) => void;
}

/** The file that tells the next daemon what this one was doing. */
export class StateFile extends KeptFile {
  constructor(path: string, { clock, snapshot, warn }: StateFileOptions) {
    const consequence = 'until it can, the next daemon may not know what this one did';
    super(path, { clock, warn, name: NAME, consequence, text: () => formatState(snapshot()) });
  }
}
