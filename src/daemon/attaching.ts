import { DEFAULT_DETACH_KEYS, describeChord, parseChord } from '../core/chord.ts';
import { pidOf } from '../core/life.ts';
import { printable } from '../core/printable.ts';
import { statusOf } from '../core/status.ts';
import { WireError } from '../protocol/errors.ts';
import { MAX_CELLS, MAX_COLS, MAX_ROWS } from '../protocol/frames.ts';
import { numberOf } from './follow.ts';
import type { Upgrade } from './http.ts';
import type { Process } from './process.ts';

/** A viewer's name for itself is shown to others: as much as fits a line. */
const LABEL_LENGTH = 48;

let viewers = 0;

/** Lets a client look at a process, and type unless it only watches. Throws WireError before the handshake. */
export function attach(process: Process, { query, by, accept }: Upgrade, detachKeys: string | undefined): void {
  const size = { cols: cellsOf(query, 'cols', MAX_COLS), rows: cellsOf(query, 'rows', MAX_ROWS) };
  if (size.cols * size.rows > MAX_CELLS) {
    throw new WireError(
      'bad_request',
      `a terminal of ${size.cols}x${size.rows} is too large: at most ${MAX_CELLS} cells`,
    );
  }
  const as = query.get('pane') === '1' ? 'pane' : 'viewer';
  const steal = query.get('steal') === '1';
  if (as === 'pane' && steal) throw new WireError('bad_request', 'a pane detaches nobody: leave steal or pane out');
  const options = {
    id: ++viewers,
    label: printable(query.get('label') ?? '', LABEL_LENGTH) || by.who,
    origin: by.from,
    readOnly: query.get('readonly') === '1',
    acks: query.get('acks') === '1',
    size,
    ...hintOf(query, detachKeys),
  };
  accept(wire => {
    const { current, console, fullname } = process;
    wire.tell({
      type: 'attached',
      name: fullname,
      id: options.id,
      state: statusOf(current),
      pid: pidOf(current) ?? null,
      ...console.size,
      detachKeys: detachKeys ?? null,
    });
    return console.attach(wire, options, { steal, as });
  });
}

/** What is said to who asks how to detach. Keys that make no sense are the client's own affair. */
function hintOf(query: URLSearchParams, detachKeys: string | undefined): { readonly hint?: string } {
  const given = query.get('hint');
  if (given === null) return {};
  const parsed = parseChord(given || (detachKeys ?? DEFAULT_DETACH_KEYS));
  return 'chord' in parsed ? { hint: `${describeChord(parsed.chord)} detaches` } : {};
}

function cellsOf(query: URLSearchParams, name: string, max: number): number {
  const value = numberOf(query, name);
  if (value === undefined || value < 1 || value > max) {
    throw new WireError('bad_request', `${name} must say the size of the viewer's terminal, from 1 to ${max}`);
  }
  return value;
}
