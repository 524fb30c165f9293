import type { Clock } from './clock.ts';
import { MutableDisposable } from './lifetime.ts';

/** Waits for it, but not for ever: a disk or a server that hangs must not keep the daemon from ending. Rejects as `work` does. */
export async function atMost(ms: number, work: Promise<unknown>, clock: Clock): Promise<void> {
  using timer = new MutableDisposable();
  const late = new Promise<void>(resolve => {
    timer.value = clock.after(ms, resolve);
  });
  await Promise.race([work, late]);
}
