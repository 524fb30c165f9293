/** The house's walls: direction of imports, one owner per dependency, no cycles, and a `core` that cannot see Node. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

/** What each room may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  runtime: ['core'],
  protocol: ['core'],
  config: ['core'],
  terminal: ['core'],
  daemon: ['core', 'runtime', 'protocol', 'config', 'terminal'],
  client: ['core', 'runtime', 'protocol', 'config', 'terminal'],
  bin: ['client', 'daemon', 'config', 'protocol', 'runtime', 'core'],
};

/** The client reads no YAML: of the config room it knows where files lie, and no more. */
const CLIENT_CONFIG = ['config/paths.ts', 'config/diagnostic.ts'];

/** Which file alone may import a package. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  'node-pty': ['daemon/pty.ts'],
  yaml: ['config/load.ts'],
  pino: ['daemon/log.ts'],
  commander: ['client/cli.ts'],
  ws: ['daemon/websocket.ts'],
  '@xterm/headless': ['terminal/xterm.ts'],
  blessed: ['client/dashboard/view.ts'],
  nodemailer: ['daemon/mail.ts'],
  re2js: ['config/pattern.ts'],
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .sort();

const importsOf = new Map(
  files.map(file => {
    const text = readFileSync(join(src, file), 'utf8');
    const found = [
      ...text.matchAll(
        /(?:\bfrom |\bimport\(|^import |\brequire\(|\bcreateRequire\(import\.meta\.url\)\()'([^'\n]+)'/gm,
      ),
    ].map(match => match[1] ?? '');
    return [file, found];
  }),
);

const roomOf = (file: string): string => file.split('/')[0] ?? '';

function localTarget(file: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? relative(src, resolve(src, dirname(file), specifier)) : undefined;
}

describe('layers', () => {
  test('every file imports only what its room may see', () => {
    const wrong: string[] = [];
    for (const [file, specifiers] of importsOf) {
      for (const specifier of specifiers) {
        const target = localTarget(file, specifier);
        if (target === undefined) continue;
        const [from, to] = [roomOf(file), roomOf(target)];
        const allowed = from === to || (MAY_IMPORT[from]?.includes(to) ?? false);
        const pathsOnly = from === 'client' && to === 'config' && !CLIENT_CONFIG.includes(target);
        if (!allowed || pathsOnly) wrong.push(`${file} -> ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('a package is imported by its owner alone', () => {
    const wrong: string[] = [];
    for (const [file, specifiers] of importsOf) {
      for (const specifier of specifiers) {
        if (specifier.startsWith('.') || specifier.startsWith('node:')) continue;
        const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0];
        if (!OWNERS[name ?? '']?.includes(file)) wrong.push(`${file} imports ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('there are no cycles', () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (path.includes(file) || done.has(file)) return;
      for (const specifier of importsOf.get(file) ?? []) {
        const target = localTarget(file, specifier);
        if (target !== undefined) visit(target, [...path, file]);
      }
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  test('time and chance come from runtime/clock.ts', () => {
    const wrong = files.filter(file => {
      if (file === 'runtime/clock.ts') return false;
      const code = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      return /\b(setTimeout|setInterval|setImmediate|performance\.now|Math\.random)\b|\bDate\.now\b|new Date\(\)/.test(
        code,
      );
    });
    expect(wrong).toEqual([]);
  });

  test('the daemon starts no child except through pty.ts', () => {
    const wrong = [...importsOf].filter(
      ([file, specifiers]) =>
        file.startsWith('daemon/') && file !== 'daemon/daemonize.ts' && specifiers.includes('node:child_process'),
    );
    expect(wrong).toEqual([]);
  });

  test('core sees no Node: the probe must not compile, for every reason it gives', () => {
    let output = '';
    try {
      execFileSync(
        process.execPath,
        [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'test/probe'), '--pretty', 'false'],
        {
          encoding: 'utf8',
          stdio: 'pipe',
        },
      );
    } catch (error) {
      output = String((error as { stdout: unknown }).stdout);
    }
    for (const name of ['setTimeout', 'process', 'Buffer', 'console', 'node:fs']) {
      expect(output).toMatch(new RegExp(`impure\\.ts.*${name}`));
    }
  });
});
