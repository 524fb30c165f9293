/** `npm run chaos`: storms on the command line. */
import { parseArgs } from 'node:util';
import { Found, type Progress, storm } from './storm.ts';

const USAGE = `usage: npm run chaos -- [--seed N] [--seconds S] [--actions N] [--steady | --mortal] [--keep]

Random actions of several clients on a real daemon, and after each a look at whether all is as it must be.

  --seed N     repeats the choices of another run (its timing is never the same)
  --seconds S  how long, in all (default 60)
  --actions N  how many actions of each storm at most
  --steady     only the storm that one daemon lives through
  --mortal     only the storm in which daemons are killed, stopped and started; without either first the one, then the other
  --keep       leaves the directory of a storm in which something was found
`;

const [FINE, FOUND, BAD_USAGE] = [0, 1, 2];

/** Seconds and actions are bounds; a seed is 32 bits. */
export async function main(argv: readonly string[]): Promise<number> {
  const options = read(argv);
  if (options === undefined) {
    process.stderr.write(USAGE);
    return BAD_USAGE;
  }
  const { seed, seconds, actions, kinds, keep } = options;
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  process.stdout.write(`chaos with seed ${seed}, for ${seconds} s\n`);
  for (const isMortal of kinds) {
    const name = isMortal ? 'mortal' : 'steady';
    const began = performance.now();
    const onProgress = (progress: Progress): void => show(`${name}: ${describe(progress)}`);
    try {
      const done = await storm({
        seed,
        actions,
        isMortal,
        keep,
        onProgress,
        seconds: seconds / kinds.length,
        signal: abort.signal,
      });
      show('');
      process.stdout.write(
        `${name}: ${describe(done)}, ${Math.round((performance.now() - began) / 1000)} s: nothing found\n`,
      );
    } catch (error) {
      if (!(error instanceof Found)) throw error;
      show('');
      process.stdout.write(`${name}: ${error.message}\n`);
      return FOUND;
    }
    if (abort.signal.aborted) break;
  }
  return FINE;
}

function describe({ actions, rounds, looks, decisions, compared, rests, lives, resident }: Progress): string {
  const daemons = lives === 1 ? '1 daemon' : `${lives} daemons`;
  return `${actions} actions in ${rounds} rounds, ${looks} looks, ${decisions} decisions, ${compared} processes through reloads, ${rests} rests, ${daemons}, ${Math.round(resident / 1000)} MB`;
}

/** One line that is written over again, on a terminal alone. */
function show(text: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text}`);
}

function read(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        seed: { type: 'string' },
        seconds: { type: 'string', default: '60' },
        actions: { type: 'string', default: '1000000000' },
        steady: { type: 'boolean', default: false },
        mortal: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const seed = Number(values.seed ?? process.env.CHAOS_SEED ?? randomSeed());
    const [seconds, actions] = [Number(values.seconds), Number(values.actions)];
    if (![seed, seconds, actions].every(number => Number.isFinite(number) && number >= 0)) return undefined;
    const kinds = [false, true].filter(isMortal => (isMortal ? !values.steady : !values.mortal));
    return { seed, seconds, actions, kinds: kinds.length === 0 ? [false, true] : kinds, keep: values.keep };
  } catch {
    return undefined; // parseArgs throws for nothing but bad arguments
  }
}

export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
