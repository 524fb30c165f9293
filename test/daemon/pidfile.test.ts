/** A pidfile is written for others, in a directory that may be the program's own. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removePidfile, writePidfile } from '../../src/daemon/pidfile.ts';
import { tempDir } from '../support/world.ts';

test('what a killed daemon left half done is in nobody’s way, and does not pile up', () => {
  const dir = tempDir();
  const path = join(dir, 'x.pid');
  writeFileSync(`${path}.new`, '1');
  for (const pid of [11, 12, 13]) expect(writePidfile(path, pid)).toBeUndefined();
  expect(readFileSync(path, 'utf8')).toBe('13\n');
  expect(statSync(path).mode & 0o777).toBe(0o644);
  expect(readdirSync(dir)).toEqual(['x.pid']);
});

test('a link in its place, or beside it, is replaced and not followed', () => {
  const dir = tempDir();
  const [path, target] = [join(dir, 'x.pid'), join(dir, 'precious')];
  writeFileSync(target, 'data');
  for (const place of [path, `${path}.new`]) symlinkSync(target, place);
  expect(removePidfile(path, 7)).toBeUndefined();
  expect(readlinkSync(path)).toBe(target);
  expect(writePidfile(path, 7)).toBeUndefined();
  expect([readFileSync(path, 'utf8'), readFileSync(target, 'utf8')]).toEqual(['7\n', 'data']);
});

test('is removed while it names this pid, and says why it cannot be written', () => {
  const dir = tempDir();
  const path = join(dir, 'x.pid');
  writePidfile(path, 7);
  expect(removePidfile(path, 77)).toBeUndefined();
  expect(existsSync(path)).toBe(true);
  expect(removePidfile(path, 7)).toBeUndefined();
  expect(existsSync(path)).toBe(false);
  mkdirSync(path);
  expect(writePidfile(path, 7)).toMatch(/^cannot write pidfile .*x\.pid: /);
  expect(readdirSync(dir)).toEqual(['x.pid']);
});
