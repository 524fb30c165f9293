/** What the built `attach` loads: the first screen must come nearly as fast as Node starts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CTL, FakeConsole, Person } from './attach-support.ts';
import { tempDir } from './support.ts';

/** Files of ours that `attach` may load: a new one is a new third of a millisecond, so it is counted. */
const MOST_FILES = 50;

/** A module hook that writes down what is loaded. It runs in a thread of its own, hence the file. */
const HOOK = `
import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + '\\n');
  return next(url, context);
}`;

test('attach loads no package at all, and only its own verb', async () => {
  const dir = tempDir();
  const [hook, register, list] = [join(dir, 'hook.mjs'), join(dir, 'register.mjs'), join(dir, 'loaded')];
  writeFileSync(hook, HOOK);
  writeFileSync(register, `import { register } from 'node:module'; register(${JSON.stringify(`file://${hook}`)});`);
  const daemon = await FakeConsole.listen();
  const argv = [process.execPath, '--import', register, CTL, '-s', daemon.socket];
  const person = new Person([...argv, 'attach', '--read-only', '--detach-keys', 'ctrl-p,ctrl-q', 'web'], {
    env: { LOADED: list },
  });
  (await daemon.next()).attach('picture');
  await person.untilPrinted('picture');
  person.type('\x10\x11');
  expect((await person.exited).code).toBe(0);
  const loaded = readFileSync(list, 'utf8').trim().split('\n');
  expect(loaded.filter(url => url.includes('/node_modules/'))).toEqual([]);
  const ours = loaded.filter(url => url.includes('/dist/')).map(url => url.replace(/.*\/dist\//, ''));
  expect(ours.filter(path => /^(daemon|terminal)\/|schema|load\.js/.test(path))).toEqual([]);
  expect(ours.filter(path => path.startsWith('client/commands/'))).toEqual([
    'client/commands/table.js',
    'client/commands/attach.js',
  ]);
  expect(ours.length).toBeLessThanOrEqual(MOST_FILES);
});
