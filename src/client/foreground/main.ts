import { parseArgs } from 'node:util';
import { BOTH_OPTIONS } from '../../core/daemonoptions.ts';
import { joinWords } from '../../core/words.ts';
import { VERSION } from '../../protocol/version.ts';
import { alignColumns } from '../columns.ts';
import type { Host } from '../host.ts';
import { longOf, shortOf, takesValue } from '../options.ts';
import { EXIT } from '../verb.ts';
import { type ForegroundOptions, runForeground } from './foreground.ts';

const USAGE = `usage: taskmaster [-c FILE] [--allow-root]

Starts the daemon in a session of its own, or joins the one of this config, and opens the control shell.

${alignColumns(BOTH_OPTIONS.map(({ flags, help }) => [`  ${flags}`, help]))}
SIGHUP, SIGTERM and SIGUSR2 are passed on to a daemon that it has started. Leaving the shell asks whether to
stop everything in order or to leave it running. Without a terminal it is taskmasterd, with all of its options.
`;

/** `taskmaster` on a terminal: `start` starts a daemon with these arguments. Resolves with the exit code. */
export async function main(argv: readonly string[], host: Host, start: ForegroundOptions['start']): Promise<number> {
  const args = readArguments(argv);
  if (typeof args === 'string') {
    await host.error.write(`taskmaster: ${args}\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (args.help === true || args.version === true) {
    await host.output.write(args.help === true ? USAGE : `taskmaster ${VERSION}\n`);
    return EXIT.done;
  }
  const { config } = args;
  return await runForeground(host, { globals: typeof config === 'string' ? { config } : {}, start });
}

function readArguments(argv: readonly string[]) {
  const options = BOTH_OPTIONS.map(({ flags }) => {
    const type: 'string' | 'boolean' = takesValue(flags) ? 'string' : 'boolean';
    const short = shortOf(flags)?.slice(1);
    return [longOf(flags).slice(2), { type, ...(short !== undefined && { short }) }] as const;
  });
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: Object.fromEntries(options),
      allowPositionals: true,
    });
    if (positionals.length === 0) return values;
    return `it takes no command; \`taskmasterctl ${joinWords(positionals)}\` runs one`;
  } catch (error) {
    // parseArgs throws for nothing but bad arguments; of the others it speaks of, which begin with a dash, there are none.
    return String(error instanceof Error ? error.message : error).replace(/\. To specify .*/s, '');
  }
}
