import type { ProcessInfo, ProcessUsage } from '../../protocol/messages.ts';
import type { Heard } from './board.ts';
import type { Marks } from './model.ts';

/** Milliseconds without output after which one that used to print is silent. */
export const SILENT_AFTER = 30_000;

/** Samples with output, of one second each, that make a process one that prints. */
const USED_TO_PRINT = 3;

export const NO_MARKS: Marks = { activity: false, bell: false, silence: false, viewers: 0, isWaitedFor: false };

/** What a sample says of a terminal. One that was never heard of is taken as looked at: only what comes is news. */
export function hear(heard: Heard | undefined, usage: ProcessUsage, at: number): Heard {
  const { printed, bells, quietFor } = usage;
  const lastOutput = quietFor === null ? undefined : at - quietFor;
  if (heard === undefined || printed < heard.printed || bells < heard.bells) {
    return { printed, bells, seenPrinted: printed, seenBells: bells, lastOutput, busy: 0 };
  }
  const busy = printed > heard.printed ? Math.min(USED_TO_PRINT, heard.busy + 1) : heard.busy;
  return { ...heard, printed, bells, lastOutput, busy };
}

/** After somebody looked at it nothing of it is news. */
export function lookedAt(heard: Heard): Heard {
  if (heard.seenPrinted === heard.printed && heard.seenBells === heard.bells && heard.busy === 0) return heard;
  return { ...heard, seenPrinted: heard.printed, seenBells: heard.bells, busy: 0 };
}

/** The marks of a process now. `own`: the daemon's number of the viewer that is this dashboard. The same object if the same. */
export function marksOf(
  former: Marks,
  {
    info,
    heard,
    now,
    own,
  }: {
    readonly info: ProcessInfo;
    readonly heard: Heard | undefined;
    readonly now: number;
    readonly own: number | undefined;
  },
): Marks {
  const viewers = info.viewers.filter(({ id }) => id !== own).length;
  const isUp = info.pid !== null;
  const isQuiet = heard?.lastOutput !== undefined && now - heard.lastOutput >= SILENT_AFTER;
  const marks: Marks = {
    activity: heard !== undefined && heard.printed > heard.seenPrinted,
    bell: heard !== undefined && heard.bells > heard.seenBells,
    silence: isUp && isQuiet && heard.busy >= USED_TO_PRINT,
    viewers,
    isWaitedFor: viewers > 0 && !isUp,
  };
  return sameMarks(former, marks) ? former : marks;
}

function sameMarks(a: Marks, b: Marks): boolean {
  return (
    a.activity === b.activity &&
    a.bell === b.bell &&
    a.silence === b.silence &&
    a.viewers === b.viewers &&
    a.isWaitedFor === b.isWaitedFor
  );
}
