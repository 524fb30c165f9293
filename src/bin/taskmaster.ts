#!/usr/bin/env node
// Both in one on a terminal. Without one there is nobody to ask or to tell: it is taskmasterd, as it is where that is asked for.
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

const argv = process.argv.slice(2);
const isForPeople = isatty(0) && isatty(1) && !argv.includes('--check') && !argv.includes('--daemon');

if (isForPeople) {
  const [{ main }, { processHost }, { startDetached }, { exitFromTerminal }] = await Promise.all([
    import('../client/foreground/main.ts'),
    import('../client/host.ts'),
    import('../daemon/daemonize.ts'),
    import('../runtime/hangup.ts'),
  ]);
  const daemon = fileURLToPath(new URL('./taskmasterd.js', import.meta.url));
  exitFromTerminal(await main(argv, processHost(), onError => startDetached(daemon, argv, onError)));
} else {
  const [{ main }, { leave }] = await Promise.all([import('../daemon/cli.ts'), import('../daemon/leaving.ts')]);
  await leave(await main(argv, fileURLToPath(import.meta.url)));
}
