import { SpawnError } from './accounts.ts';
import { toolOf } from './executable.ts';
import type { PtyHost } from './pty.ts';

/** Ctrl-S: where a terminal has flow control on, it stops its output, and whoever writes to it, until a Ctrl-Q comes. */
export const XOFF = 0x13;

/** Enough for all that `stty -a` has to say. */
const MOST_OUTPUT = 4096;

/**
 * Asks stty(1) whether the terminal at `path` stops on Ctrl-S (IXON), as tcgetattr(3) is out of Node's reach. Tells
 * undefined when that cannot be known. Costs a fork, some 2 ms: for the rare moment when somebody types one.
 */
export function askFlowControl(host: PtyHost, path: string, tell: (isOn: boolean | undefined) => void): void {
  const stty = toolOf('stty');
  if (stty === undefined) {
    tell(undefined);
    return;
  }
  let text = '';
  const launch = {
    argv: [stty, '-a', '-F', path],
    env: ['LC_ALL=C'],
    lateEnv: [],
    cwd: '/',
    isCwdEntered: false,
    drop: undefined,
    umask: undefined,
    size: { cols: 400, rows: 24 }, // it folds its lines at the width of its own terminal
    stderrApart: false,
  };
  try {
    const pty = host.spawn(launch, {
      output: bytes => {
        if (text.length < MOST_OUTPUT) text += Buffer.from(bytes).toString('latin1');
      },
      ended: ({ code }) => {
        pty[Symbol.dispose]();
        tell(code === 0 ? isOnIn(text) : undefined);
      },
      closed: () => {},
    });
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    tell(undefined); // out of processes or files: nobody is hurt by not knowing
  }
}

function isOnIn(settings: string): boolean | undefined {
  const found = /(?:^|\s)(-?)ixon\b/.exec(settings);
  return found ? found[1] === '' : undefined;
}
