/** docs/PROTOCOL.md's examples, each run as it stands there, against the demo. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Bench, ROOT } from '../support/built.ts';

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** Takes the code blocks of the routes: what follows `### METHOD path`. */
function examples(): { readonly route: string; readonly command: string }[] {
  const text = readFileSync(join(ROOT, 'docs/PROTOCOL.md'), 'utf8');
  return [...text.matchAll(/^### (.*)$[\s\S]*?```sh\n([\s\S]*?)```/gm)].map(([, route = '', command = '']) => ({
    route,
    command,
  }));
}

function bash(script: string, env: NodeJS.ProcessEnv): Promise<{ readonly code: number | null; readonly out: string }> {
  return new Promise(resolve => {
    const child = spawn('bash', ['-c', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', chunk => {
      out += chunk;
    });
    child.on('close', code => resolve({ code, out }));
  });
}

test.skipIf(!hasCurl)('every example answers as its route says (needs curl)', { timeout: 60_000 }, async () => {
  const bench = new Bench(readFileSync(join(ROOT, 'config/demo.yaml'), 'utf8'));
  cpSync(join(ROOT, 'config/demo'), join(bench.dir, 'demo'), { recursive: true });
  const daemon = await bench.start([], { PORT: '0' });
  await daemon.untilState('http', 'RUNNING');
  const all = examples();
  expect(all.length).toBeGreaterThan(12);
  const last = all.filter(({ route }) => route === 'POST /v1/shutdown');
  for (const { route, command } of [...all.filter(example => !last.includes(example)), ...last]) {
    const script = `C="curl -s --unix-socket ${bench.socket}"; ${command}`;
    const { code, out } = await bash(script, bench.env);
    // 28 is curl's own time-out, with which the example of a stream ends.
    expect([route, code]).toEqual([route, command.includes('--max-time') ? 28 : 0]);
    expect([route, out]).not.toEqual([route, '']);
    expect([route, out]).not.toEqual([route, expect.stringContaining('"error"')]);
  }
  expect((await daemon.exited).code).toBe(0);
});

test('the way that the page shows to find the socket works', async () => {
  const bench = new Bench('programs:\n  sleeper: {cmd: sleep 1000}\n');
  await bench.start();
  const [line = ''] = /^SOCK=.*$/m.exec(readFileSync(join(ROOT, 'docs/PROTOCOL.md'), 'utf8')) ?? [];
  const ctl = `taskmasterctl() { '${process.execPath}' '${ROOT}/dist/bin/taskmasterctl.js' -c '${bench.config}' "$@"; }`;
  const { out } = await bash(`${ctl}\n${line}\necho "$SOCK"`, bench.env);
  expect(out).toBe(`${bench.socket}\n`);
});
