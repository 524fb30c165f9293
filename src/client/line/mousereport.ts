import type { MouseEvent } from './key.ts';

/** Bits of a report's first number, in every encoding. */
const [SHIFT, META, CTRL, MOTION, WHEEL, EXTRA] = [4, 8, 16, 32, 64, 128];

const BUTTONS = ['left', 'middle', 'right', 'none'] as const;

/** In xterm's oldest encoding each number has this added, so that it is no control character. */
const X10_BASE = 32;

/**
 * Reads a report: SGR's (mode 1006), urxvt's (1015) and xterm's oldest. Undefined for what nobody here cares about: motion
 * without a button, wheels to the side, buttons beyond the third.
 */
export function mouseOf(bytes: Uint8Array): MouseEvent | undefined {
  const text = String.fromCharCode(...bytes);
  const sgr = /^\x1b\[<(\d+);(\d+);(\d+)([Mm])$/.exec(text);
  if (sgr) return eventOf(Number(sgr[1]), [Number(sgr[2]), Number(sgr[3])], sgr[4] === 'm');
  const urxvt = /^\x1b\[(\d+);(\d+);(\d+)M$/.exec(text);
  if (urxvt) return eventOf(Number(urxvt[1]) - X10_BASE, [Number(urxvt[2]), Number(urxvt[3])], undefined);
  const [button, x, y] = [...text.slice('\x1b[M'.length)].map(char => char.charCodeAt(0) - X10_BASE);
  if (!text.startsWith('\x1b[M') || button === undefined || x === undefined || y === undefined) return undefined;
  return eventOf(button, [x, y], undefined);
}

/** `isRelease` is undefined in the encodings that tell it by the button, which is then unknown. */
function eventOf(
  bits: number,
  [x, y]: readonly [number, number],
  isRelease: boolean | undefined,
): MouseEvent | undefined {
  const button = BUTTONS[bits & 3] ?? 'none';
  const place = {
    x: Math.max(0, x - 1),
    y: Math.max(0, y - 1),
    ctrl: (bits & CTRL) !== 0,
    meta: (bits & META) !== 0,
    shift: (bits & SHIFT) !== 0,
  };
  if ((bits & EXTRA) !== 0) return undefined;
  if ((bits & WHEEL) !== 0) {
    if (button !== 'left' && button !== 'middle') return undefined;
    return { ...place, action: button === 'left' ? 'wheelup' : 'wheeldown', button: 'none' };
  }
  if (isRelease ?? (button === 'none' && (bits & MOTION) === 0)) return { ...place, action: 'release', button };
  if (button === 'none') return undefined;
  return { ...place, action: (bits & MOTION) !== 0 ? 'drag' : 'press', button };
}
