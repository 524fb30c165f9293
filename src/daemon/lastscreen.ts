import type { Clock } from '../runtime/clock.ts';
import { textOf } from '../terminal/render.ts';
import type { Process } from './process.ts';

/** Lines of a screen that go into a message: what one sees at a glance, and a mail still is one page. */
const MOST_LINES = 30;

/** Characters of such a line. */
const LONGEST_LINE = 240;

/**
 * Milliseconds of any second that may go into looking at screens. One takes a fraction of that, but for output of the worst
 * kind, and many may end at once.
 */
const BUDGET_MS = 100;

/** So many of a second are looked at whatever that takes: the first of all loads the emulator. */
const ALWAYS = 4;

const SECOND_MS = 1_000;

/** The screens of processes at the moment they are told of, as text. */
export class LastScreen {
  private readonly clock: Clock;
  private since = Number.NEGATIVE_INFINITY;
  private spent = 0;
  private looks = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Its last lines with anything on them. */
  of({ console }: Process): readonly string[] {
    if (console.scrollback.head === 0) return [];
    const begun = this.clock.now();
    if (begun - this.since >= SECOND_MS) {
      this.since = begun;
      this.spent = 0;
      this.looks = 0;
    }
    this.looks++;
    if (this.spent > BUDGET_MS && this.looks > ALWAYS) return ['(not looked at: too much happened at once)'];
    const lines = textOf(console.lookNow());
    this.spent += this.clock.now() - begun;
    return lastOf(lines);
  }
}

function lastOf(lines: readonly string[]): readonly string[] {
  const shown = lines.map(harmless);
  // A full screen is mostly blank: several blank lines in a row are one, and none at its end.
  const dense = shown.filter((line, i) => line !== '' || (i > 0 && shown[i - 1] !== ''));
  if (dense.at(-1) === '') dense.pop();
  return dense.slice(-MOST_LINES);
}

/** What a terminal shows holds no control characters, but it may hold what turns text around. */
function harmless(line: string): string {
  const cut = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line;
  return cut.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').trimEnd();
}
