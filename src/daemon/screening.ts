import { WireError } from '../protocol/errors.ts';
import { Emulator, type Size } from '../terminal/emulator.ts';
import { ansiOf, jsonOf, textOf } from '../terminal/render.ts';
import type { Console } from './console.ts';
import { numberOf } from './follow.ts';
import type { Call } from './http.ts';

/** Lines above the screen, at most: what an emulator keeps takes memory for every cell. */
const MOST_LINES = 10_000;

/** Bytes of the ring that are taken in within one turn, some 10 ms of the worst content. */
const STEP = 64 * 1024;

type Format = 'text' | 'ansi' | 'json';

/** Answers what a terminal shows, as text, as text with its colours, or as JSON. */
export async function sendScreen(console: Console, { query, response }: Call): Promise<void> {
  const format = query.get('format') ?? 'text';
  if (format !== 'text' && format !== 'ansi' && format !== 'json') {
    throw new WireError('bad_request', `format must be text, ansi or json, not '${format.slice(0, 40)}'`);
  }
  const above = numberOf(query, 'scrollback') ?? 0;
  if (above < 0 || above > MOST_LINES) throw new WireError('bad_request', `scrollback must be from 0 to ${MOST_LINES}`);
  const emulator = await console.lookPatiently();
  using history = above > 0 ? await historyOf(console, emulator.size, above) : undefined;
  const type = format === 'json' ? 'application/json' : 'text/plain; charset=utf-8';
  const body = bodyOf(format, emulator, history);
  response.writeHead(200, { 'content-type': type });
  response.end(body);
}

/** The screen, below the lines above it where those are asked for. */
function bodyOf(format: Format, screen: Emulator, history: Emulator | undefined): string {
  if (format === 'json') {
    const document = jsonOf(screen);
    const above = history === undefined ? [] : jsonOf(history, history.scrollback).lines.slice(0, history.scrollback);
    return `${JSON.stringify({ ...document, scrollback: above.length, lines: [...above, ...document.lines] })}\n`;
  }
  const linesOf = format === 'ansi' ? ansiOf : textOf;
  const above = history === undefined ? [] : linesOf(history, history.scrollback).slice(0, history.scrollback);
  return [...above, ...linesOf(screen)].map(line => `${line}\n`).join('');
}

/** What ends a life in the middle of anything, for the lines of the next: alternate screen, modes and pen are let go. */
const LIFE_ENDS = '\x18\x1b[?1049l\x1b[!p\x1b[m\r\n';

/**
 * An emulator with the last lines above the screen, as far as the ring holds them. They are worked out from the ring alone:
 * what was set before its oldest byte is not known to them.
 */
async function historyOf({ scrollback, shown, clock }: Console, size: Size, lines: number): Promise<Emulator> {
  const emulator = new Emulator(size, lines);
  const ends = scrollback.boundaries.map(({ offset }) => offset);
  let at = scrollback.lastLines(lines + size.rows);
  while (at < shown) {
    const stop = ends.find(offset => offset > at && offset < shown) ?? shown;
    const { from, bytes } = scrollback.read(at, Math.min(STEP, stop - at));
    emulator.write(bytes);
    at = from + bytes.length;
    if (at === stop && at < shown) emulator.write(Buffer.from(LIFE_ENDS));
    await new Promise<void>(resolve => clock.soon(resolve));
  }
  return emulator;
}
