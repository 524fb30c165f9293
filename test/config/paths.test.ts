import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  checkSocketPath,
  configHash,
  findConfig,
  MAX_SOCKET_PATH,
  prepareRuntimeDir,
  privateDirProblem,
  runtimeDirs,
  socketCandidates,
  stateDir,
} from '../../src/config/paths.ts';

let dir: string;
const uid = process.getuid?.() ?? 0;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tm-paths-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function touch(path: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '');
  return path;
}

describe('findConfig', () => {
  test('takes the option as it is, against the working directory, whether it exists or not', () => {
    expect(findConfig('conf/my.yaml', {}, '/srv')).toEqual({ path: '/srv/conf/my.yaml' });
    expect(findConfig('/etc/my.yaml', {}, '/srv')).toEqual({ path: '/etc/my.yaml' });
  });

  test('takes the first that exists, nearest first', () => {
    const env = { XDG_CONFIG_HOME: join(dir, 'xdg') };
    const cwd = join(dir, 'work');
    const global = touch(join(dir, 'xdg/taskmaster/taskmaster.yaml'));
    expect(findConfig(undefined, env, cwd)).toEqual({ path: global });
    const inConfig = touch(join(cwd, 'config/taskmaster.yaml'));
    expect(findConfig(undefined, env, cwd)).toEqual({ path: inConfig });
    const here = touch(join(cwd, 'taskmaster.yaml'));
    expect(findConfig(undefined, env, cwd)).toEqual({ path: here });
  });

  test('falls back to ~/.config, and ignores a relative XDG_CONFIG_HOME as the XDG rules say', () => {
    const path = touch(join(dir, '.config/taskmaster/taskmaster.yaml'));
    expect(findConfig(undefined, { HOME: dir, XDG_CONFIG_HOME: 'relative' }, join(dir, 'work'))).toEqual({ path });
  });

  test('names what it tried', () => {
    const found = findConfig(undefined, { XDG_CONFIG_HOME: join(dir, 'xdg') }, dir);
    // A machine with a real /etc/taskmaster/taskmaster.yaml would find that one.
    if ('tried' in found) {
      expect(found.tried).toEqual([
        join(dir, 'taskmaster.yaml'),
        join(dir, 'config/taskmaster.yaml'),
        join(dir, 'xdg/taskmaster/taskmaster.yaml'),
        '/etc/taskmaster/taskmaster.yaml',
      ]);
    }
  });
});

describe('the socket', () => {
  test('is named by a hash of the absolute path, links not resolved', () => {
    expect(configHash('/etc/taskmaster.yaml')).toMatch(/^[0-9a-f]{12}$/);
    expect(configHash('/etc/taskmaster.yaml')).toBe(configHash('/etc/./taskmaster.yaml'));
    const file = touch(join(dir, 'a.yaml'));
    symlinkSync(file, join(dir, 'b.yaml'));
    expect(configHash(join(dir, 'b.yaml'))).not.toBe(configHash(file));
  });

  test('lies in the first of these directories', () => {
    expect(runtimeDirs({ XDG_RUNTIME_DIR: '/run/user/7' }, 7)).toEqual(['/run/user/7/taskmaster', '/tmp/taskmaster-7']);
    expect(runtimeDirs({}, 0)).toEqual(['/run/taskmaster', '/tmp/taskmaster-0']);
    expect(runtimeDirs({ XDG_RUNTIME_DIR: 'x' }, 7)).toEqual(['/tmp/taskmaster-7']);
    const hash = configHash('/srv/a.yaml');
    expect(socketCandidates('/srv/a.yaml', {}, 7)).toEqual([`/tmp/taskmaster-7/${hash}.sock`]);
  });

  test('must fit into a socket address', () => {
    const longest = `/${'x'.repeat(MAX_SOCKET_PATH - 1)}`;
    expect(() => checkSocketPath(longest)).not.toThrow();
    expect(() => checkSocketPath(`${longest}y`)).toThrow(
      `it is ${MAX_SOCKET_PATH + 1} bytes long and UNIX sockets take at most ${MAX_SOCKET_PATH}; ` +
        'set daemon.socket.path to something shorter',
    );
    expect(() => checkSocketPath(`/${'é'.repeat(60)}`)).toThrow('121 bytes');
  });
});

describe('prepareRuntimeDir', () => {
  test('makes a directory for this user alone, and takes it again', () => {
    const made = prepareRuntimeDir({ XDG_RUNTIME_DIR: dir }, uid);
    expect(made).toBe(join(dir, 'taskmaster'));
    expect(lstatSync(made).mode & 0o777).toBe(0o700);
    expect(prepareRuntimeDir({ XDG_RUNTIME_DIR: dir }, uid)).toBe(made);
  });

  test.each([
    ['a link', (path: string) => symlinkSync(tmpdir(), path), 'is a symbolic link'],
    ['a file', (path: string) => writeFileSync(path, ''), 'is not a directory'],
    [
      'a directory that others may enter',
      (path: string) => {
        mkdirSync(path);
        chmodSync(path, 0o755);
      },
      'is open to other users (mode 0755; `chmod 700` it)',
    ],
  ])('does not trust %s', (_what, make, problem) => {
    const path = join(dir, 'taskmaster');
    make(path);
    expect(privateDirProblem(path, uid)).toBe(problem);
  });

  test("does not trust another user's directory", () => {
    expect(privateDirProblem('/', 12345)).toBe('belongs to user 0, not to 12345');
  });

  test('says of each candidate what is wrong with it', () => {
    // A user id that owns nothing: neither of its directories can become its own.
    const stranger = 4_000_000_000;
    const missing = join(dir, 'missing');
    let message = '';
    try {
      prepareRuntimeDir({ XDG_RUNTIME_DIR: missing }, stranger);
    } catch (error) {
      message = String(error);
    } finally {
      rmSync(`/tmp/taskmaster-${stranger}`, { recursive: true, force: true });
    }
    expect(message).toContain('cannot find a private directory for the socket');
    expect(message).toContain(`${missing}/taskmaster cannot be made: ${missing} does not exist`);
    expect(message).toContain(`/tmp/taskmaster-${stranger} belongs to user ${uid}, not to ${stranger}`);
    expect(message).toContain('Set XDG_RUNTIME_DIR');
  });
});

test('stateDir', () => {
  expect(stateDir({ XDG_STATE_HOME: '/x' }, 0, '/root')).toBe('/x/taskmaster');
  expect(stateDir({}, 0, '/root')).toBe('/var/lib/taskmaster');
  expect(stateDir({}, 7, '/home/x')).toBe('/home/x/.local/state/taskmaster');
});
