// `npm run sandbox`: a private daemon on a temporary directory, to play with. Ctrl-C ends it and removes the directory.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const dir = mkdtempSync(join(tmpdir(), 'taskmaster-sandbox-'));
const config = resolve(process.argv[2] ?? join(root, 'config/demo.yaml'));
const env = { ...process.env, XDG_RUNTIME_DIR: join(dir, 'run'), XDG_STATE_HOME: join(dir, 'state') };
for (const path of [env.XDG_RUNTIME_DIR, env.XDG_STATE_HOME]) mkdirSync(path, { mode: 0o700 });

console.log(
  `In another shell:\n  export XDG_RUNTIME_DIR=${env.XDG_RUNTIME_DIR}\n  node ${join(root, 'dist/bin/taskmasterctl.js')} -c ${config} status\n`,
);
const daemon = spawn(process.execPath, [join(root, 'dist/bin/taskmasterd.js'), '--allow-root', '-c', config], {
  env,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
daemon.on('close', code => {
  rmSync(dir, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
