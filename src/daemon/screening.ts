import { WireError } from '../protocol/errors.ts';
import { Emulator } from '../terminal/emulator.ts';
import { ansiOf, jsonOf, textOf } from '../terminal/render.ts';
import type { Console } from './console.ts';
import { numberOf } from './follow.ts';
import type { Call } from './http.ts';

/** Lines above the screen, at most: what an emulator keeps takes memory for every cell. */
const MOST_LINES = 10_000;

/** Bytes of the ring that are taken in within one turn, some 10 ms of the worst content. */
const STEP = 64 * 1024;

/** Answers what a terminal shows, as text, as text with its colours, or as JSON. */
export async function sendScreen(console: Console, { query, response }: Call): Promise<void> {
  const format = query.get('format') ?? 'text';
  if (format !== 'text' && format !== 'ansi' && format !== 'json') {
    throw new WireError('bad_request', `format must be text, ansi or json, not '${format.slice(0, 40)}'`);
  }
  const above = numberOf(query, 'scrollback') ?? 0;
  if (above < 0 || above > MOST_LINES) throw new WireError('bad_request', `scrollback must be from 0 to ${MOST_LINES}`);
  void Emulator;
  void STEP;
  const emulator = await console.lookPatiently();
  const type = format === 'json' ? 'application/json' : 'text/plain; charset=utf-8';
  const body = format === 'json' ? jsonOf(emulator) : format === 'ansi' ? ansiOf(emulator) : textOf(emulator);
  response.writeHead(200, { 'content-type': type });
  response.end(body);
}
