/** What the built `taskmasterctl status` loads: nothing that it does not need, since it must start as fast as Node does. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeDaemon, list, processInfo, tempDir } from './support.ts';

const ctl = resolve(import.meta.dirname, '../..', process.env.TASKMASTER_DIST ?? 'dist', 'bin/taskmasterctl.js');

/** Files of ours that `status` may load: a new one is a new millisecond, so it is counted. */
const MOST_FILES = 24;

/** A module hook that writes down what is loaded. It runs in a thread of its own, hence the file. */
const HOOK = `
import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + '\\n');
  return next(url, context);
}`;

async function run(args: readonly string[]): Promise<{ code: number | null; out: string; loaded: string[] }> {
  const dir = tempDir();
  const [hook, register, loaded] = [join(dir, 'hook.mjs'), join(dir, 'register.mjs'), join(dir, 'loaded')];
  writeFileSync(hook, HOOK);
  writeFileSync(register, `import { register } from 'node:module'; register(${JSON.stringify(`file://${hook}`)});`);
  const child = spawn(process.execPath, ['--import', register, ctl, ...args], {
    env: { ...process.env, LOADED: loaded },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', chunk => {
    out += String(chunk);
  });
  const code = await new Promise<number | null>(done => child.on('close', done));
  return { code, out, loaded: readFileSync(loaded, 'utf8').trim().split('\n') };
}

describe('the built taskmasterctl', () => {
  test('status loads no schema, no YAML, no pino, no node-pty, no blessed, and only its own verb', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('processes', list([processInfo('web')]));
    const { code, out, loaded } = await run(['-s', daemon.socket, 'status']);
    expect([code, out]).toEqual([0, 'web                              RUNNING   pid 7, uptime 0:01:02\n']);
    const packages = loaded
      .filter(url => url.includes('/node_modules/'))
      .map(url => url.replace(/.*node_modules\//, ''));
    expect(packages.map(path => path.split('/')[0])).toEqual(packages.map(() => 'commander'));
    const ours = loaded.filter(url => url.includes('/dist/')).map(url => url.replace(/.*\/dist\//, ''));
    expect(ours.filter(path => /^(daemon|terminal)\/|schema|load\.js/.test(path))).toEqual([]);
    expect(ours.filter(path => path.startsWith('client/commands/'))).toEqual([
      'client/commands/table.js',
      'client/commands/status.js',
    ]);
    expect(ours.length).toBeLessThanOrEqual(MOST_FILES);
  });

  test('help loads nothing that speaks to a daemon', async () => {
    const { code, out, loaded } = await run(['help']);
    expect([code, out.split('\n')[0]]).toEqual([0, 'usage: taskmasterctl [options] COMMAND ...']);
    expect(loaded.filter(url => /node:http|client\/(connection|api)\.js/.test(url))).toEqual([]);
  });

  test('reads commands from a pipe and leaves the rest of it unread at the first failure', async () => {
    const child = spawn(process.execPath, [ctl], { stdio: ['pipe', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', chunk => {
      err += String(chunk);
    });
    child.stdin.write('help\nnonsense\nhelp\n'); // and no end: the client must not wait for one
    const code = await new Promise<number | null>(done => child.on('close', done));
    expect([code, err]).toEqual([
      1,
      'unknown command "nonsense": `help` lists them all\nline 2: stopped here: "nonsense" gave exit code 1\n',
    ]);
  });

  test.runIf(existsSync('/dev/full'))('says in a sentence that its output cannot be written', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('processes', list([processInfo('web')]));
    for (const words of [['status'], ['status', '--json'], ['help'], ['status', '--help'], ['--version']]) {
      const full = openSync('/dev/full', 'w');
      const child = spawn(process.execPath, [ctl, '-s', daemon.socket, ...words], { stdio: ['ignore', full, 'pipe'] });
      closeSync(full);
      let err = '';
      child.stderr?.on('data', chunk => {
        err += String(chunk);
      });
      const code = await new Promise<number | null>(done => child.on('close', done));
      expect([words, code, err]).toEqual([words, 1, 'cannot write: no space left on device\n']);
    }
  });

  test.runIf(existsSync('/dev/full'))('keeps its exit code when standard error cannot be written', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [ctl, 'start'], { stdio: ['ignore', 'ignore', full] });
    closeSync(full);
    expect(await new Promise<number | null>(done => child.on('close', done))).toBe(2);
  });

  test('ends quietly when its reader has gone', async () => {
    const child = spawn('/bin/sh', ['-c', '"$0" "$1" help | :; echo done', process.execPath, ctl], { stdio: 'pipe' });
    let [out, err] = ['', ''];
    child.stdout.on('data', chunk => {
      out += String(chunk);
    });
    child.stderr.on('data', chunk => {
      err += String(chunk);
    });
    await new Promise(done => child.on('close', done));
    expect([out, err]).toEqual(['done\n', '']);
  });
});
