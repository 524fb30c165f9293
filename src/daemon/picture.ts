import { Modes } from '../core/modes.ts';
import type { Emulator } from '../terminal/emulator.ts';
import { snapshotOf } from '../terminal/snapshot.ts';

/** The cursor's visibility among the private modes (DECTCEM). */
export const CURSOR_MODE = 25;

const HOME_AND_CLEAR = '\x1b[H\x1b[J';

/** All that a terminal of the very size shows and is told to do, for one in its default state: then the stream may follow. */
export function wholePicture(emulator: Emulator, modes: Modes): string {
  const shown = modes.isSet(CURSOR_MODE) ? `\x1b[?${CURSOR_MODE}h` : '';
  return `${modes.before()}\x1b[?${CURSOR_MODE}l${HOME_AND_CLEAR}${snapshotOf(emulator, shown + modes.setup())}`;
}

/**
 * What brings the terminal of a viewer of pictures to the modes of the program's, so that its keyboard and mouse speak as
 * the program expects. `from`: undefined for one in its default state, which also changes to the alternate screen if that is
 * what is shown.
 */
export function changeOfModes(from: Modes | undefined, to: Modes): string {
  if (from !== undefined) return Modes.transition(from, to);
  return `${to.isAlternate ? '\x1b[?1049h' : ''}${HOME_AND_CLEAR}${to.setup()}`;
}
