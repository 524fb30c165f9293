// `npm run chaos -- --help`: compiles the storms of test/chaos and runs them. Node 20 runs no TypeScript; under vitest a
// program cannot own the terminal, and a Ctrl-C would leave daemons behind. tsc takes half a second (`npm run check` checks the types).
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const out = join(root, 'node_modules/.chaos'); // so that packages are found from it
execFileSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'test/chaos', '--noCheck', '--outDir', out],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
process.env.CHAOS_ROOT = root;
const { main } = await import(join(out, 'test/chaos/program.js'));
process.exitCode = await main(process.argv.slice(2));
