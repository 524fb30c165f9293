// Writing files from Node: threads that hang, signals, what cannot be opened. Needs mkfifo; the last part, root, mkfs.ext4 and fsfreeze.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dir = mkdtempSync(join(tmpdir(), 'files-'));

/** Runs a script of its own, and says how that ended. */
function run(name, text, { env = {}, stdio = ['ignore', 'pipe', 'inherit'], shell } = {}) {
  const file = join(dir, name);
  writeFileSync(file, text);
  const [command, args] = shell
    ? ['sh', ['-c', `${shell}; exec "$0" "$1"`, process.execPath, file]]
    : [process.execPath, [file]];
  const { stdout, status, signal } = spawnSync(command, args, {
    env: { ...process.env, ...env },
    stdio,
    timeout: 3000,
    encoding: 'utf8',
  });
  const end = signal === 'SIGTERM' && status === null ? 'ended by SIGTERM' : `exited with ${status}`;
  return `${(stdout ?? '').trim()}${stdout ? '; ' : ''}${end}`;
}

const COUNT = "readdirSync('/proc/self/task').length";
const SIZED = `process.env.UV_THREADPOOL_SIZE = '8'; stat('/', () => console.log(BEFORE, 'threads, then', ${COUNT}));`;
console.log(
  'a module:    ',
  run('a.mjs', `import { readdirSync, stat } from 'node:fs'; const BEFORE = ${COUNT}; ${SIZED}`),
);
console.log(
  'CommonJS:    ',
  run('a.cjs', `const { readdirSync, stat } = require('node:fs'); const BEFORE = ${COUNT}; ${SIZED}`),
);

execFileSync('mkfifo', [join(dir, 'fifo')]);
const hang = `import { open } from 'node:fs'; open('${dir}/fifo', 'w', () => {}); setTimeout(() => END, 100);`;
const at = Date.now();
run('exit.mjs', hang.replace('END', 'process.exit(0)'));
console.log(
  'process.exit while a thread hangs: returns after',
  Date.now() - at >= 2900 ? 'never' : `${Date.now() - at} ms`,
);
console.log('a signal then:', run('kill.mjs', hang.replace('END', "process.kill(process.pid, 'SIGTERM')")));

const big = `import { openSync, write } from 'node:fs'; write(openSync('${dir}/big', 'w'), Buffer.alloc(4096), 0, 4096, 1 << 20, e => console.log(e?.code));`;
console.log('beyond ulimit -f:', run('big.mjs', big, { shell: 'ulimit -f 1' }));

const own =
  "import { openSync } from 'node:fs'; try { openSync('/dev/stdout', 'a'); } catch (e) { process.stderr.write(e.code + '\\n'); }";
console.log('/dev/stdout that is a socket, opened:');
run('own.mjs', own);

rmSync(dir, { recursive: true });
