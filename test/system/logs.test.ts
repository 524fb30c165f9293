/** Log files of a real daemon: floods, disks that are full or hang, and what is no file. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readStat } from '../../src/daemon/procfs.ts';
import { Bench, ROOT, type RunningDaemon } from '../support/built.ts';
import { namesOfLog } from '../support/fake-disk.ts';
import { onCleanup } from '../support/world.ts';

const MB = 1024 * 1024;

/** What is poured through a rotated file: the 200 MB through files of 5 MB, or a twentieth of that. */
const FLOOD = process.env.SOAK ? { lines: 4_000_000, maxsize: 5 * MB } : { lines: 200_000, maxsize: MB / 4 };

/** Prints numbered lines of about 50 bytes. */
const flood = (lines: number): string => `seq -f "line %.0f of a flood that is counted to the last byte" 1 ${lines}`;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setImmediate(resolve));
}

/** The checksum of a log and its former files, in order. */
async function checksumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of namesOfLog(path)) {
    const bytes = createReadStream(join(path, '..', name));
    for await (const chunk of name.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes) hash.update(chunk as Buffer); // as it has no encoding
  }
  return hash.digest('hex');
}

async function checksumOfCommand(command: string): Promise<string> {
  const hash = createHash('sha256');
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of child.stdout) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

const ofType = async (daemon: RunningDaemon, type: string): Promise<Record<string, unknown>[]> =>
  (await daemon.events()).filter(event => event.type === type);

test.each([
  false,
  true,
])('a flood through rotated files arrives to the last byte, in order (compress: %s)', async compress => {
  const bench = new Bench(`
programs:
  flood:
    cmd: '${flood(FLOOD.lines)}'
    stdout: {file: flood.log, maxsize: ${FLOOD.maxsize}, backups: 1000, compress: ${compress}}
    starttime: 0
    autorestart: never
`);
  const daemon = await bench.start();
  await daemon.untilState('flood', 'EXITED');
  const path = join(bench.dir, 'flood.log');
  const former = (): string[] => namesOfLog(path).slice(0, -1);
  if (compress) await until(() => former().length > 20 && former().every(name => name.endsWith('.gz')));
  daemon.signal('SIGTERM');
  expect((await daemon.exited).code).toBe(0);
  const names = namesOfLog(path);
  expect(names.length).toBeGreaterThan(20);
  expect(Math.max(...names.map(name => statSync(join(bench.dir, name)).size))).toBeLessThanOrEqual(FLOOD.maxsize);
  expect(await checksumOf(path)).toBe(await checksumOfCommand(flood(FLOOD.lines)));
  expect(await checksumOf(path)).not.toBe(await checksumOfCommand(flood(FLOOD.lines - 1)));
});

test('SIGUSR2 opens all anew, the log of the daemon too', async () => {
  const bench = new Bench(`
daemon: {log: tm.log}
programs:
  echo: {cmd: "sh -c 'stty -echo; echo ready; while read line; do echo $line; done'", stdout: out.log, starttime: 0}
`);
  const daemon = await bench.start();
  const [out, log] = [join(bench.dir, 'out.log'), join(bench.dir, 'tm.log')];
  const has = (path: string, text: string): boolean => existsSync(path) && readFileSync(path, 'utf8').includes(text);
  await until(() => has(out, 'ready'));
  for (const path of [out, log]) renameSync(path, `${path}.old`);
  daemon.signal('SIGUSR2');
  await daemon.untilEvent(({ type }) => type === 'log.reopened');
  expect(await ofType(daemon, 'log.reopened')).toMatchObject([{ reason: 'SIGUSR2', failed: [] }]);
  await daemon.call('POST', '/v1/processes/echo/input', Buffer.from('again\r'));
  await until(() => has(out, 'again\n') && has(log, 'SIGUSR2: all log files were opened anew'));
  expect(readFileSync(out, 'utf8')).toBe('again\n');
});

test("the daemon's own log is rotated, a record a line, and takes other sizes by a reload", async () => {
  const text = (log: string): string =>
    `daemon: {log: {file: tm.log, level: debug, ${log}}}\nprograms: {web: {cmd: sleep 1000, starttime: 0}}\n`;
  const bench = new Bench(text('maxsize: 2KB, backups: 3'));
  const daemon = await bench.start();
  const path = join(bench.dir, 'tm.log');
  const restart = (): Promise<unknown> => daemon.call('POST', '/v1/restart', { select: ['web'] });
  while (namesOfLog(path).length < 4) await restart();
  bench.write(text('maxsize: 4KB, backups: 1'));
  expect(bench.ctl(['reload']).code).toBe(0);
  while (namesOfLog(path).length > 2) await restart();
  daemon.signal('SIGTERM');
  expect((await daemon.exited).code).toBe(0);
  for (const name of namesOfLog(path)) {
    const file = join(bench.dir, name);
    expect(statSync(file)).toMatchObject({ mode: 0o100600 });
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  }
  expect(readFileSync(path, 'utf8').trim().split('\n').at(-1)).toContain('taskmasterd ended');
});

describe('what is no file', () => {
  const PROGRAM = 'programs: {say: {cmd: echo said, stdout: /dev/stdout, starttime: 0, autorestart: never}}\n';
  const command = (bench: Bench): string =>
    `exec '${process.execPath}' '${join(ROOT, 'dist/bin/taskmasterd.js')}' -c '${bench.config}'`;

  test("/dev/stdout is the daemon's own: a socket", async () => {
    const bench = new Bench(PROGRAM);
    const daemon = await bench.start(); // what node gives a child as a pipe is a socket
    await daemon.untilState('say', 'EXITED');
    daemon.signal('SIGTERM');
    expect((await daemon.exited).out).toContain('said\n');
  });

  test.each([
    ['a file', (bench: Bench) => `${command(bench)} > '${bench.dir}/out'`],
    ['a pipe', (bench: Bench) => `{ ${command(bench)}; } | cat > '${bench.dir}/out'`],
    ['a terminal', (bench: Bench) => `script -qec "${command(bench)}" /dev/null > '${bench.dir}/out'`],
  ])("/dev/stdout is the daemon's own: %s", async (_, script) => {
    const bench = new Bench(PROGRAM);
    const child = spawn('sh', ['-c', script(bench)], { env: bench.env, stdio: 'ignore' });
    const exited = new Promise(resolve => child.on('close', resolve));
    onCleanup(async () => {
      bench.ctl(['shutdown']);
      await exited;
    });
    await until(
      () => existsSync(join(bench.dir, 'out')) && /said\r?\n/.test(readFileSync(join(bench.dir, 'out'), 'utf8')),
    );
    expect(bench.ctl(['shutdown']).code).toBe(0);
    await exited;
  });

  test('/dev/null and a FIFO that nobody reads hold nothing up', async () => {
    const bench = new Bench(`
programs:
  void: {cmd: yes, stdout: /dev/null, starttime: 0}
  unread: {cmd: yes, stdout: fifo, starttime: 0}
`);
    execFileSync('mkfifo', [join(bench.dir, 'fifo')]);
    const daemon = await bench.start();
    await daemon.untilEvent(({ type, path }) => type === 'log.trouble' && path === join(bench.dir, 'fifo'));
    for (const name of ['void', 'unread']) await until(async () => (await daemon.info(name)).scrollback.to > 5 * MB);
    expect((await daemon.info('unread')).state).toBe('RUNNING');
  });
});

const isRoot = process.getuid?.() === 0;

/** Mounts something of its own, or says that it may not. */
function mounted(dir: string, args: readonly string[], skip: (note: string) => void): string {
  const path = join(dir, 'disk');
  mkdirSync(path);
  const { status, stderr } = spawnSync('mount', [...args, path], { encoding: 'utf8' });
  if (status !== 0) skip(`needs to mount: ${stderr.trim()}`);
  onCleanup(() => void spawnSync('umount', ['-l', path]));
  return path;
}

describe.runIf(isRoot)('a disk (needs root)', () => {
  test('that is full: told once, its programs run on and start, and it resumes by itself', async ({ skip }) => {
    const bench = new Bench(`
defaults: {starttime: 0}
programs:
  full: {cmd: "sh -c 'stty -echo; while read line; do echo $line; done'", stdout: disk/full.log}
  flood: {cmd: yes, stdout: disk/flood.log, autostart: false}
  other: {cmd: "sh -c 'stty -echo; while read line; do echo $line; done'", stdout: other.log}
`);
    const disk = mounted(bench.dir, ['-t', 'tmpfs', '-o', 'size=1m', 'none'], skip);
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(MB / 2));
    const daemon = await bench.start();
    await daemon.call('POST', '/v1/start', { select: ['flood'] });
    const flooded = join(disk, 'flood.log');
    await daemon.untilEvent(({ type, path }) => type === 'log.trouble' && path === flooded);
    await until(async () => (await daemon.info('flood')).scrollback.to > 10 * MB);
    const say = (name: string, text: string): Promise<unknown> =>
      daemon.call('POST', `/v1/processes/${name}/input`, Buffer.from(`${text}\r`));
    await say('full', 'waits');
    await daemon.untilEvent(({ type, path }) => type === 'log.trouble' && path === join(disk, 'full.log'));
    await say('other', 'written');
    await until(() => readFileSync(join(bench.dir, 'other.log'), 'utf8') === 'written\n');
    await daemon.call('POST', '/v1/restart', { select: ['flood'] });
    expect((await daemon.info('flood')).state).toBe('RUNNING');
    await daemon.call('POST', '/v1/stop', { select: ['flood'] });
    rmSync(flooded);
    rmSync(join(disk, 'ballast'));
    await daemon.untilEvent(({ type, path }) => type === 'log.restored' && path === join(disk, 'full.log'));
    expect(readFileSync(join(disk, 'full.log'), 'utf8')).toBe('waits\n');
    const troubles = (await ofType(daemon, 'log.trouble')).map(({ path, problem }) => [path, problem]);
    expect(troubles.filter(([path]) => path === flooded)).toEqual([[flooded, 'no space left on device']]);
  });

  test('that is read-only: its programs start, and are logged once it is not', async ({ skip }) => {
    const bench = new Bench(
      'programs: {say: {cmd: sh -c "echo said; exec sleep 1000", stdout: disk/log, starttime: 0}}\n',
    );
    const disk = mounted(bench.dir, ['-t', 'tmpfs', '-o', 'ro,size=1m', 'none'], skip);
    const daemon = await bench.start();
    await daemon.untilState('say', 'RUNNING');
    await daemon.untilEvent(({ type }) => type === 'log.trouble');
    expect((await ofType(daemon, 'log.trouble')).map(({ problem }) => problem)).toEqual(['read-only file system']);
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    await daemon.untilEvent(({ type }) => type === 'log.restored');
    expect(readFileSync(join(disk, 'log'), 'utf8')).toBe('said\n');
  });

  test('that hangs: requests are answered, programs run and start, others are logged, and the daemon ends', async ({
    skip,
  }) => {
    const bench = new Bench(`
defaults: {starttime: 0}
programs:
  hung: {cmd: yes, stdout: disk/hung.log}
  late: {cmd: yes, stdout: disk/late.log, autostart: false}
  other: {cmd: "sh -c 'stty -echo; echo ready; while read line; do echo $line; done'", stdout: other.log}
`);
    const image = join(bench.dir, 'image');
    closeSync(openSync(image, 'w'));
    if (spawnSync('sh', ['-c', `truncate -s 16M '${image}' && mkfs.ext4 -q '${image}'`]).status !== 0)
      skip('needs mkfs.ext4');
    const disk = mounted(bench.dir, ['-o', 'loop', image], skip);
    const daemon = await bench.start();
    await until(async () => (await daemon.info('hung')).scrollback.to > MB);
    if (spawnSync('fsfreeze', ['-f', disk]).status !== 0) skip('needs fsfreeze');
    let isFrozen = true;
    const thaw = (): void => {
      if (isFrozen) spawnSync('fsfreeze', ['-u', disk]);
      isFrozen = false;
    };
    onCleanup(thaw);
    await daemon.untilEvent(({ type, path }) => type === 'log.trouble' && path === join(disk, 'hung.log'));
    const before = (await daemon.info('hung')).scrollback.to;
    await until(async () => (await daemon.info('hung')).scrollback.to > before + 2 * MB);
    await daemon.call('POST', '/v1/start', { select: ['late'] });
    expect((await daemon.info('late')).state).toBe('RUNNING');
    daemon.signal('SIGUSR2');
    await daemon.untilEvent(({ type }) => type === 'log.reopened');
    const [reopened] = await ofType(daemon, 'log.reopened');
    expect(reopened?.failed).toEqual(expect.arrayContaining([join(disk, 'hung.log'), join(disk, 'late.log')]));
    await daemon.call('POST', '/v1/processes/other/input', Buffer.from('written\r'));
    await until(() => readFileSync(join(bench.dir, 'other.log'), 'utf8') === 'ready\nwritten\n');
    daemon.signal('SIGTERM');
    // A thread that hangs in the kernel keeps the rest of the process, which has ended all it had to end by then.
    await until(() => readStat(daemon.pid)?.state === 'Z');
    expect(bench.log.at(-1)?.msg).toBe('taskmasterd ended');
    thaw();
    await daemon.exited;
    expect(daemon.child.signalCode).toBe('SIGTERM');
  });
});
