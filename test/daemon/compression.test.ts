import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HappeningBody } from '../../src/core/events.ts';
import type { LogFileSpec } from '../../src/core/program.ts';
import { LogFiles } from '../../src/daemon/logfiles.ts';
import { realClock } from '../../src/runtime/clock.ts';
import { FakeDisk, namesOfLog, textOfLog } from '../support/fake-disk.ts';
import { onCleanup, tempDir } from '../support/world.ts';

class Desk {
  readonly disk = new FakeDisk();
  readonly dir = tempDir();
  readonly path = join(this.dir, 'log');
  readonly told: HappeningBody[] = [];
  readonly files = new LogFiles(realClock, happening => this.told.push(happening), { disk: this.disk });
  readonly spec: LogFileSpec = { path: this.path, maxsize: 10_000, backups: 50, compress: true, mode: 0o640 };

  constructor() {
    onCleanup(() => this.files.close());
  }

  get former(): string[] {
    return namesOfLog(this.path).slice(0, -1);
  }

  async untilCompressed(): Promise<void> {
    await until(() => this.former.every(name => name.endsWith('.gz')) && !existsSync(`${this.path}.gz-part`));
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve));
}

function lines(count: number): string {
  let text = '';
  for (let i = 1; i <= count; i++) text += `line ${i} ${'x'.repeat((i * 7919) % 120)}\n`;
  return text;
}

/** Writes all of it, in pieces, and lets the loop turn now and then. */
async function pour(desk: Desk, text: string): Promise<void> {
  const file = desk.files.open(desk.spec);
  for (let at = 0; at < text.length; at += 4095) {
    file.append(Buffer.from(text.slice(at, at + 4095)));
    if (at % 2 === 0) await new Promise(resolve => setImmediate(resolve));
  }
  await new Promise<void>(resolve => file.whenWritten(resolve));
  desk.files.release(desk.path);
}

test('all former files come to be compressed, while others come before them, and hold what was written', async () => {
  const desk = new Desk();
  await pour(desk, lines(5000));
  await desk.untilCompressed();
  expect(desk.former.length).toBeGreaterThan(20);
  expect(textOfLog(desk.path)).toBe(lines(5000));
  for (const name of desk.former) expect(statSync(join(desk.dir, name)).mode & 0o777).toBe(0o640);
  expect(execFileSync('gzip', ['-dc', join(desk.dir, desk.former[0] ?? '')], { encoding: 'utf8' })).toMatch(/^line 1 /);
  expect(desk.told).toEqual([]);
});

test('a program never waits for it, and those that are too many go though their turn never came', async () => {
  const desk = new Desk();
  let resume = (): void => {};
  const { read } = desk.disk;
  desk.disk.read = async (fd, into) => {
    await new Promise<void>(resolve => {
      resume = resolve;
    });
    return await read(fd, into);
  };
  const spec = { ...desk.spec, backups: 3 };
  const file = desk.files.open(spec);
  for (const text of [lines(5000), lines(3)]) file.append(Buffer.from(text));
  await new Promise<void>(resolve => file.whenWritten(resolve));
  expect(desk.former).toHaveLength(3);
  desk.disk.read = read;
  resume();
  await desk.untilCompressed();
  expect(desk.former).toEqual(['log.3.gz', 'log.2.gz', 'log.1.gz']);
  expect((lines(5000) + lines(3)).endsWith(textOfLog(desk.path))).toBe(true);
});

test('what was there before is compressed once that is asked for, with its time, and what was left half done goes', async () => {
  const desk = new Desk();
  writeFileSync(`${desk.path}.1`, 'one\n');
  writeFileSync(`${desk.path}.2`, 'two\n');
  utimesSync(`${desk.path}.2`, 1_000_000_000, 1_000_000_000);
  writeFileSync(`${desk.path}.gz-part`, 'half');
  const file = desk.files.open({ ...desk.spec, compress: false });
  await new Promise(resolve => setImmediate(resolve));
  expect(readdirSync(desk.dir).sort()).toEqual(['log', 'log.1', 'log.2', 'log.gz-part']);
  file.configure(desk.spec);
  await until(() => existsSync(`${desk.path}.1.gz`) && existsSync(`${desk.path}.2.gz`));
  await desk.untilCompressed();
  expect([textOfLog(desk.path), statSync(`${desk.path}.2.gz`).mtimeMs]).toEqual(['two\none\n', 1_000_000_000_000]);
});

test('what is no file of ours alone stays as it is', async () => {
  const desk = new Desk();
  writeFileSync(join(desk.dir, 'secret'), 'secret\n');
  linkSync(join(desk.dir, 'secret'), `${desk.path}.1`);
  writeFileSync(`${desk.path}.2`, 'two\n');
  desk.files.open(desk.spec);
  await until(() => existsSync(`${desk.path}.2.gz`) && !existsSync(`${desk.path}.2`));
  expect(readdirSync(desk.dir).sort()).toEqual(['log', 'log.1', 'log.2.gz', 'secret']);
});

test('one that cannot be compressed stays, and is told once', async () => {
  const desk = new Desk();
  desk.disk.failing.set('read', 'EIO');
  await pour(desk, lines(500));
  await until(() => desk.told.length > 0 && !existsSync(`${desk.path}.gz-part`));
  expect(textOfLog(desk.path)).toBe(lines(500));
  expect(desk.told).toEqual([
    {
      type: 'log.trouble',
      path: desk.path,
      problem: expect.stringMatching(/^a former file of it cannot be compressed/),
    },
  ]);
  desk.disk.failing.clear();
  await pour(desk, lines(500));
  await until(() => desk.told.length > 1);
  await desk.untilCompressed();
  expect(desk.told.slice(1)).toEqual([{ type: 'log.restored', path: desk.path, lost: 0 }]);
  expect(textOfLog(desk.path)).toBe(lines(500) + lines(500));
});

test('lives that are shorter than the look for what is there do not look side by side', async () => {
  const desk = new Desk();
  for (const n of [1, 2, 3]) writeFileSync(`${desk.path}.${n}`, `${n}\n`);
  let resume = (): void => {};
  const { lstat } = desk.disk;
  desk.disk.lstat = async path => {
    await new Promise<void>(resolve => {
      resume = resolve;
    });
    return await lstat(path);
  };
  desk.files.open(desk.spec);
  desk.files.release(desk.path);
  desk.files.open(desk.spec);
  await until(() => desk.disk.asked.some(asked => asked.startsWith('unlink')));
  desk.disk.lstat = lstat;
  await until(() => {
    resume();
    return desk.former.every(name => name.endsWith('.gz'));
  });
  await desk.untilCompressed();
  expect([textOfLog(desk.path), desk.told]).toEqual(['3\n2\n1\n', []]);
});

test('a log that nobody writes to any more is compressed to the end; the end of the daemon leaves nothing half done', async () => {
  const desk = new Desk();
  const text = lines(2000);
  await pour(desk, text);
  await desk.files.close();
  expect(readdirSync(desk.dir).filter(name => name.endsWith('-part'))).toEqual([]);
  expect(textOfLog(desk.path)).toBe(text);
  expect(readFileSync(desk.path, 'latin1').endsWith('\n')).toBe(true);
});
