import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHistory } from '../../../src/client/line/historyfile.ts';

let dir: string;
let file: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tm-history-'));
  file = join(dir, 'taskmaster', 'history');
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = (): ReturnType<typeof openHistory> => openHistory({ XDG_STATE_HOME: dir });

test('what was typed is there the next time, for nobody else to read', () => {
  const history = open();
  for (const line of ['status', 'status', ' secret', '', 'stop web ', 'a\nb']) history.add(line);
  expect(history.entries()).toEqual(['status', 'stop web']);
  expect(open().entries()).toEqual(['status', 'stop web']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(dir, 'taskmaster')).mode & 0o777).toBe(0o700);
});

test('two shells keep their lines both', () => {
  const [one, two] = [open(), open()];
  one.add('start web');
  two.add('stop web');
  one.add('status');
  expect(open().entries()).toEqual(['start web', 'stop web', 'status']);
});

test('a thousand lines are kept, and the file is cut when it has twice as many', () => {
  mkdirSync(join(dir, 'taskmaster'));
  writeFileSync(file, Array.from({ length: 2001 }, (_, i) => `line ${i}\n`).join(''));
  const history = open();
  expect(history.entries()).toHaveLength(1000);
  expect(history.entries().at(-1)).toBe('line 2000');
  history.add('new');
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1001);
});

test.each([
  ['a directory in its place', () => mkdirSync(file, { recursive: true })],
  [
    'a link',
    () => {
      mkdirSync(join(dir, 'taskmaster'));
      writeFileSync(join(dir, 'other'), 'foreign\n');
      symlinkSync(join(dir, 'other'), file);
    },
  ],
  ['a file where the directory should be', () => writeFileSync(join(dir, 'taskmaster'), '')],
  [
    'a directory that is closed',
    () => {
      mkdirSync(join(dir, 'taskmaster'));
      chmodSync(join(dir, 'taskmaster'), 0);
    },
  ],
])('with %s history lasts as long as the shell', (_, prepare) => {
  prepare();
  const history = open();
  history.add('status');
  expect(history.entries()).toEqual(['status']);
});

test('bytes that are no text do no harm', () => {
  mkdirSync(join(dir, 'taskmaster'));
  writeFileSync(file, Buffer.from([0xff, 0x00, 0x1b, 0x0a, 0x61, 0x0a]));
  expect(open().entries().at(-1)).toBe('a');
});
