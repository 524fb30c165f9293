/** The shells themselves, at real terminals, with what `taskmasterctl completion` prints and a daemon to ask. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CTL } from '../client/attach-support.ts';
import { Bench } from '../support/built.ts';
import { configOf, isInstalled, Seat } from './attach-support.ts';

const sleeping = { cmd: ['/bin/sleep', '1000'] };

interface Shell {
  /** Begins it with the script, from a directory of its own. */
  readonly argv: (dir: string) => readonly string[];
  readonly rc: string;
  /** Its files. */
  readonly rcfile: string;
}

const SHELLS: Readonly<Record<string, Shell>> = {
  bash: {
    argv: dir => ['bash', '--rcfile', join(dir, 'rc'), '-i'],
    rcfile: 'rc',
    rc: `PS1='$ '; bind 'set bell-style none'; eval "$(taskmasterctl completion bash)"`,
  },
  zsh: {
    argv: () => ['zsh', '-i'],
    rcfile: '.zshrc',
    rc: `PS1='$ '; autoload -U compinit; compinit -u -D; eval "$(taskmasterctl completion zsh)"`,
  },
  fish: {
    argv: dir => ['fish', '--private', '-C', `source ${join(dir, 'rc')}`],
    rcfile: 'rc',
    rc: `function fish_prompt; echo '$ '; end; function fish_greeting; end; taskmasterctl completion fish | source`,
  },
};

test.each([[Object.keys(SHELLS).filter(isInstalled)]])('%s complete names, within quotes too', async shells => {
  const programs = shells.flatMap(name => [
    [name, { ...sleeping, numprocs: 2 }],
    [`o'${name}`, sleeping],
  ]);
  const bench = new Bench(configOf(Object.fromEntries(programs)));
  const daemon = await bench.start();
  const bin = join(bench.dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'taskmasterctl'), `#!/bin/sh\nexec '${process.execPath}' '${CTL}' "$@"\n`, { mode: 0o755 });
  const useShell = async (name: string): Promise<void> => {
    const dir = join(bench.dir, name);
    // Where fish finds this it does not read all manual pages of the machine at its first start.
    mkdirSync(join(dir, '.local/share/fish/generated_completions'), { recursive: true });
    const { argv, rc, rcfile } = SHELLS[name] ?? expect.unreachable();
    writeFileSync(join(dir, rcfile), rc);
    const PATH = `${bin}:${process.env.PATH}`;
    const env = { HOME: dir, ZDOTDIR: dir, XDG_RUNTIME_DIR: join(bench.dir, 'run'), PATH };
    const seat = new Seat(['/usr/bin/env', ...argv(dir)], { env, cols: 200 });
    await seat.untilShown('$');
    seat.type(`taskmasterctl -c ${bench.config} stop ${name}:${name}_01 '${name}:${name}\t`);
    await seat.untilShown(` '${name}:${name}_00'`);
    seat.type(` o\\'${name.charAt(0)}\t`);
    await seat.untilShown(` o\\'${name}`);
    seat.type('\r');
    for (const process of [`${name}:${name}_00`, `${name}:${name}_01`, `o'${name}`]) {
      await daemon.untilState(process, 'STOPPED');
    }
  };
  await Promise.all(shells.map(useShell));
});

for (const name of Object.keys(SHELLS).filter(shell => !isInstalled(shell))) {
  test.skip(`${name} is not installed, so it is not tried`, () => {});
}
