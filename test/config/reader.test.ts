import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatDiagnostics } from '../../src/config/diagnostic.ts';
import { type LoadResult, loadConfig } from '../../src/config/load.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tm-load-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function load(path: string): LoadResult {
  return loadConfig(path, { env: {}, isRoot: false, allowRoot: false, hostname: 'box', cwd: dir });
}

const says = (path: string): string => formatDiagnostics(load(path).diagnostics, { color: false, cwd: dir });

test('reads files from the disk, and does not resolve links', () => {
  mkdirSync(join(dir, 'real/conf.d'), { recursive: true });
  writeFileSync(join(dir, 'real/main.yaml'), 'include: conf.d/*.yaml\n');
  writeFileSync(join(dir, 'real/conf.d/a.yaml'), 'programs: {a: {cmd: x, workingdir: .}}\n');
  symlinkSync('real', join(dir, 'link'));
  const { config } = load('link/main.yaml');
  expect(config?.path).toBe(join(dir, 'link/main.yaml'));
  expect(config?.files).toEqual([join(dir, 'link/main.yaml'), join(dir, 'link/conf.d/a.yaml')]);
  expect(config?.processes[0]?.workingdir).toBe(join(dir, 'link/conf.d'));
});

test('says why a file cannot be read', () => {
  expect(says('none.yaml')).toBe('none.yaml: error: cannot read the config: there is no such file\n');
  mkdirSync(join(dir, 'a.yaml'));
  expect(says('a.yaml')).toBe('a.yaml: error: cannot read the config: it is a directory\n');
  writeFileSync(join(dir, 'file'), '');
  expect(says('file/x.yaml')).toContain('a part of its path is not a directory');
  writeFileSync(join(dir, 'main.yaml'), 'include: [a.yaml]\n');
  expect(says('main.yaml')).toContain(`main.yaml:1:11: error: cannot read ${dir}/a.yaml: it is a directory\n`);
});

test('does not wait for a named pipe, nor read without end', () => {
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  expect(says('pipe')).toContain('it is not a regular file');
  expect(says('/dev/zero')).toContain('it is not a regular file');
});

test('does not follow directories that contain themselves', () => {
  symlinkSync('.', join(dir, 'loop'));
  writeFileSync(join(dir, 'main.yaml'), 'include: [loop/*.yaml]\nprograms: {a: {cmd: x}}\n');
  expect(says('main.yaml')).toMatch(/error: (?:too many includes|the include goes round)/);
});
