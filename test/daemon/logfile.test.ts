import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  lchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HappeningBody } from '../../src/core/events.ts';
import type { LogFileSpec } from '../../src/core/program.ts';
import type { LogFile } from '../../src/daemon/logfile.ts';
import { LogFiles } from '../../src/daemon/logfiles.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeDisk, namesOfLog, textOfLog } from '../support/fake-disk.ts';
import { onCleanup, tempDir } from '../support/world.ts';

/** A write is followed by the next one after this, unless enough waits; and so long the end of a line is waited for. */
const [PACE_MS, LINE_MS] = [20, 100];

/** Log files on a disk and a clock of the test's own. */
class Desk {
  readonly clock = new FakeClock();
  readonly disk = new FakeDisk();
  readonly dir = tempDir();
  readonly path = join(this.dir, 'log');
  readonly told: HappeningBody[] = [];
  readonly files = new LogFiles(this.clock, happening => this.told.push(happening), { disk: this.disk });

  constructor({ isKilled = false } = {}) {
    if (isKilled) return; // it never closes anything
    onCleanup(async () => {
      this.disk.release();
      this.disk.failing.clear();
      await this.files.close();
      expect(this.clock.pending).toBe(0);
    });
  }

  open(changes: Partial<LogFileSpec> = {}): LogFile {
    return this.files.open({ path: this.path, maxsize: 0, backups: 0, compress: false, mode: 0o600, ...changes });
  }

  get text(): string {
    return readFileSync(this.path, 'latin1');
  }

  get whole(): string {
    return textOfLog(this.path);
  }

  /** The troubles and their ends, in short. */
  get events(): string[] {
    return this.told.map(event =>
      event.type === 'log.trouble'
        ? `trouble: ${event.problem}`
        : event.type === 'log.restored'
          ? `restored, lost ${event.lost}`
          : event.type,
    );
  }

  /** Lets the seconds pass, and what comes of each. */
  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      this.clock.advance(1000);
      await settle();
    }
  }
}

/** Resolves once the condition holds; the disk is a real one, and tells nobody when it is done. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve));
}

/** Lets what the thread pool has in hand come back. */
async function settle(): Promise<void> {
  const busy = (): boolean => process.getActiveResourcesInfo().some(name => name.startsWith('FSReq'));
  for (let calm = 0; calm < 5; calm = busy() ? 0 : calm + 1) await new Promise(resolve => setImmediate(resolve));
}

/** How many files this process has open. */
const openFiles = (): { fds: number } => ({ fds: readdirSync('/proc/self/fd').length });

const written = (file: LogFile): Promise<void> => new Promise(resolve => file.whenWritten(resolve));
const put = (file: LogFile, text: string): void => file.append(Buffer.from(text, 'latin1'));

/** Numbered lines, of lengths that differ. */
function lines(count: number, from = 1): string {
  let text = '';
  for (let i = from; i < from + count; i++) text += `line ${i} ${'x'.repeat((i * 7919) % 120)}\n`;
  return text;
}

/** Appends a text in pieces as terminals give them, which end anywhere. */
function pour(file: LogFile, text: string, piece = 4095): void {
  for (let at = 0; at < text.length; at += piece) put(file, text.slice(at, at + piece));
}

describe('writing', () => {
  test('what is appended is in the file, in order, whatever its pieces', async () => {
    const desk = new Desk();
    const file = desk.open();
    const text = lines(3000);
    for (const piece of [1, 7, 4095]) pour(file, text, piece);
    await written(file);
    expect(desk.text).toBe(text.repeat(3));
    expect(desk.disk.asked.length).toBeLessThan(20);
  });

  test('what is alone is written at once, what follows soon after waits a moment for more, unless it is much', async () => {
    const desk = new Desk();
    const file = desk.open();
    const writes = (): number => desk.disk.asked.filter(asked => asked === 'write').length;
    put(file, 'alone\n');
    expect(writes()).toBe(1);
    for (let i = 0; i < 10; i++) {
      put(file, `${i}\n`);
      await settle();
    }
    expect(writes()).toBe(1);
    desk.clock.advance(PACE_MS);
    expect(writes()).toBe(2);
    await settle();
    put(file, `${'x'.repeat(70_000)}\n`);
    expect(writes()).toBe(3);
    await written(file);
    expect(desk.text.length).toBe(6 + 20 + 70_001);
  });

  test('bytes that are no UTF-8 pass unharmed', async () => {
    const desk = new Desk();
    const file = desk.open();
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => 255 - i);
    file.append(bytes.slice());
    await written(file);
    expect(new Uint8Array(readFileSync(desk.path))).toEqual(bytes);
  });

  test('a file is open once for all who write to it, and tells whether it is shared', async () => {
    const desk = new Desk();
    const one = desk.open();
    expect(one.isShared).toBe(false);
    expect(desk.open()).toBe(one);
    expect(one.isShared).toBe(true);
    desk.files.release(desk.path);
    expect(one.isShared).toBe(false);
    put(one, 'a\n');
    desk.files.release(desk.path);
    const again = desk.open();
    expect(again).toBe(one); // it was not written out yet
    put(again, 'b\n');
    desk.files.release(desk.path);
    await until(() => desk.open() !== one || void desk.files.release(desk.path) === null);
    expect(desk.text).toBe('a\nb\n');
  });

  test('it knows whether it stands at the begin of a line, also after a former life', async () => {
    const desk = new Desk();
    writeFileSync(desk.path, 'torn');
    const file = desk.open();
    expect(file.atLineStart).toBe(false);
    put(file, '\n');
    expect(file.atLineStart).toBe(true);
    put(file, 'x');
    expect(file.atLineStart).toBe(false);
    await written(file);
    writeFileSync(join(desk.dir, 'whole'), 'line\n');
    expect(desk.open({ path: join(desk.dir, 'whole') }).atLineStart).toBe(true);
    expect(desk.open({ path: join(desk.dir, 'none') }).atLineStart).toBe(true);
  });

  test('a disk that is slow pushes back on whoever writes to it, and lets go once half is written', async () => {
    const desk = new Desk();
    const file = desk.open();
    const states: boolean[] = [];
    using _listening = file.onFull(isFull => states.push(isFull));
    desk.disk.hold();
    pour(file, lines(20_000));
    expect(states).toEqual([true]);
    desk.disk.release();
    await written(file);
    expect(states).toEqual([true, false]);
    expect(desk.text).toBe(lines(20_000));
  });
});

describe('files that are made', () => {
  test('have their mode whatever the umask, and their directories let in who may read them', () => {
    const desk = new Desk();
    const before = process.umask(0o077);
    onCleanup(() => void process.umask(before));
    const mode = (path: string): number => statSync(path).mode & 0o777;
    desk.open({ path: join(desk.dir, 'a/b/private') });
    expect([mode(join(desk.dir, 'a')), mode(join(desk.dir, 'a/b/private'))]).toEqual([0o700, 0o600]);
    desk.open({ path: join(desk.dir, 'c/group'), mode: 0o640 });
    expect([mode(join(desk.dir, 'c')), mode(join(desk.dir, 'c/group'))]).toEqual([0o750, 0o640]);
    desk.open({ path: join(desk.dir, 'd/all'), mode: 0o644 });
    expect([mode(join(desk.dir, 'd')), mode(join(desk.dir, 'd/all'))]).toEqual([0o755, 0o644]);
  });

  test('one that is there keeps its mode', () => {
    const desk = new Desk();
    writeFileSync(desk.path, '', { mode: 0o644 });
    desk.open();
    expect(statSync(desk.path).mode & 0o777).toBe(0o644);
  });

  test.each<[string, (desk: Desk) => string, RegExp]>([
    ['a directory', desk => desk.dir, /it is a directory$/],
    ['below a file', desk => join(desk.dir, 'file/log'), /not a directory$/],
    ['a link to itself', desk => join(desk.dir, 'link'), /somebody else's link$/],
  ])('%s: a mistake, which is told at once', (_, pathIn, reason) => {
    const desk = new Desk();
    writeFileSync(join(desk.dir, 'file'), '');
    symlinkSync('link', join(desk.dir, 'link'));
    expect(() => desk.open({ path: pathIn(desk) })).toThrow(reason);
  });

  test.runIf(process.getuid?.() === 0)('a link is followed if it is ours, and not if it is a stranger’s', async () => {
    const desk = new Desk();
    symlinkSync(join(desk.dir, 'target'), desk.path);
    const file = desk.open();
    put(file, 'a\n');
    await written(file);
    expect(readFileSync(join(desk.dir, 'target'), 'utf8')).toBe('a\n');
    const other = join(desk.dir, 'other');
    symlinkSync(join(desk.dir, 'target'), other);
    lchownSync(other, 65534, 65534);
    expect(() => desk.open({ path: other })).toThrow(/somebody else's link$/);
  });
});

describe('rotation', () => {
  test('a flood through many files: nothing is lost or doubled, no line is torn, none is too large', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 10_000, backups: 1000 });
    const text = lines(20_000);
    pour(file, text);
    await written(file);
    const names = namesOfLog(desk.path);
    expect(desk.whole).toBe(text);
    expect(names.length).toBeGreaterThan(100);
    for (const name of names) {
      const part = readFileSync(join(desk.dir, name), 'latin1');
      expect([part.length <= 10_000, part.length > 9_800 || name === 'log', part.endsWith('\n')]).toEqual([
        true,
        true,
        true,
      ]);
    }
    expect(desk.told).toEqual([]);
  });

  test('only so many former files are kept, the newest', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 1000, backups: 3 });
    pour(file, lines(200));
    await written(file);
    expect(namesOfLog(desk.path)).toEqual(['log.3', 'log.2', 'log.1', 'log']);
    expect(lines(200).endsWith(desk.whole)).toBe(true);
  });

  test('fewer than there are: what is too many goes at the next rotation', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 1000, backups: 8 });
    pour(file, lines(300));
    await written(file);
    expect(namesOfLog(desk.path)).toHaveLength(9);
    file.configure({ path: desk.path, maxsize: 1000, backups: 2, compress: false, mode: 0o600 });
    pour(file, lines(20, 301));
    await written(file);
    expect(namesOfLog(desk.path)).toEqual(['log.2', 'log.1', 'log']);
    expect(lines(320).endsWith(desk.whole)).toBe(true);
  });

  test('with none kept the file is begun anew', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 1000 });
    const { ino } = statSync(desk.path);
    pour(file, lines(100));
    await written(file);
    expect(readdirSync(desk.dir)).toEqual(['log']);
    expect(statSync(desk.path).ino).toBe(ino);
    expect(desk.text.length).toBeLessThanOrEqual(1000);
    expect(lines(100).endsWith(desk.text)).toBe(true);
  });

  test('one that is too large already is rotated at the first write', async () => {
    const desk = new Desk();
    writeFileSync(desk.path, lines(100));
    const file = desk.open({ maxsize: 1000, backups: 2 });
    put(file, 'new\n');
    await written(file);
    expect([desk.text, readFileSync(`${desk.path}.1`, 'latin1')]).toEqual(['new\n', lines(100)]);
  });

  test('a gap in the numbers is filled, and what is beyond it stays', async () => {
    const desk = new Desk();
    for (const n of [1, 3]) writeFileSync(`${desk.path}.${n}`, `former ${n}\n`);
    writeFileSync(desk.path, 'former\n');
    const file = desk.open({ maxsize: 10, backups: 5 });
    put(file, 'new line\n');
    await written(file);
    const read = (n: number): string => readFileSync(`${desk.path}.${n}`, 'utf8');
    expect([read(1), read(2), read(3), existsSync(`${desk.path}.4`)]).toEqual([
      'former\n',
      'former 1\n',
      'former 3\n',
      false,
    ]);
  });

  test('the end of a line is waited for where it decides, but not for ever', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 100, backups: 2 });
    put(file, 'one\npass');
    await settle();
    expect(desk.text).toBe('one\n');
    desk.clock.advance(PACE_MS);
    put(file, 'word: ');
    await settle();
    expect(desk.text).toBe('one\n');
    desk.clock.advance(LINE_MS);
    await written(file);
    expect(desk.text).toBe('one\npassword: ');
    put(file, 'x'.repeat(100));
    await written(file);
    put(file, '\ntwo\n');
    await written(file);
    expect([readFileSync(`${desk.path}.1`, 'utf8'), desk.text]).toEqual([
      `one\npassword: ${'x'.repeat(100)}\n`,
      'two\n',
    ]);
  });

  test('one that cannot be rotated is told once, and written all the same; it is rotated once that can be', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 100, backups: 2 });
    desk.disk.failing.set('rename', 'EACCES');
    for (let second = 0; second < 5; second++) {
      put(file, lines(2, second * 2 + 1));
      await written(file);
      await desk.pass(1);
    }
    expect(desk.events).toEqual([
      expect.stringMatching(/^trouble: it grows beyond its maxsize, as it cannot be rotated: /),
    ]);
    expect(desk.text).toBe(lines(10));
    desk.disk.failing.clear();
    put(file, 'new\n');
    await written(file);
    expect([desk.text, readFileSync(`${desk.path}.1`, 'latin1')]).toEqual(['new\n', lines(10)]);
    expect(desk.events.slice(1)).toEqual(['restored, lost 0']);
  });

  test('a directory in which no file can be made: it goes on in the one that was moved', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 20, backups: 2 });
    put(file, 'one\n');
    await written(file);
    // Somebody puts a directory in the file's place just when it is moved.
    const { rename } = desk.disk;
    desk.disk.rename = async (from, to) => {
      await rename(from, to);
      mkdirSync(desk.path);
      desk.disk.rename = rename;
    };
    put(file, 'a line that is too long\n');
    await written(file);
    expect(readFileSync(`${desk.path}.1`, 'utf8')).toBe('one\na line that is too long\n');
    expect(desk.events).toEqual([expect.stringMatching(/cannot be rotated: it is a directory$/)]);
    rmSync(desk.path, { recursive: true });
    await desk.pass(1);
    put(file, 'two\n');
    await written(file);
    expect([desk.text, existsSync(`${desk.path}.2`)]).toEqual(['two\n', false]);
    expect(desk.events.slice(1)).toEqual(['restored, lost 0']);
  });

  test('what waits at the end is rotated as ever', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 256 * 1024, backups: 100 });
    const text = lines(20_000);
    pour(file, text);
    await desk.files.close();
    expect(desk.whole).toBe(text);
    for (const name of namesOfLog(desk.path)) {
      expect(statSync(join(desk.dir, name)).size).toBeLessThanOrEqual(256 * 1024);
    }
  });

  test('a link, and what is no file, is never rotated', async () => {
    const desk = new Desk();
    writeFileSync(join(desk.dir, 'target'), '');
    symlinkSync(join(desk.dir, 'target'), desk.path);
    const file = desk.open({ maxsize: 10, backups: 2 });
    pour(file, lines(10));
    const nowhere = desk.open({ path: '/dev/null', maxsize: 10, backups: 2 });
    pour(nowhere, lines(10));
    await Promise.all([written(file), written(nowhere)]);
    expect(readdirSync(desk.dir).sort()).toEqual(['log', 'target']);
    expect(desk.text).toBe(lines(10));
  });

  test('a reload that changes the size in the middle of one loses nothing', async () => {
    const desk = new Desk();
    const spec = { path: desk.path, maxsize: 2000, backups: 1000, compress: false, mode: 0o600 };
    const file = desk.open(spec);
    const text = lines(1000);
    for (let at = 0, i = 0; at < text.length; at += 1000, i++) {
      put(file, text.slice(at, at + 1000));
      file.configure({ ...spec, maxsize: [2000, 500, 100_000, 0][i % 4] ?? 0 });
      if (i % 3 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    await written(file);
    expect(desk.whole).toBe(text);
  });
});

describe('opened anew', () => {
  test('after somebody has renamed it: what waits goes into the new one, and no line is torn', async () => {
    const desk = new Desk();
    const file = desk.open();
    put(file, 'one\ntw');
    await written(file);
    renameSync(desk.path, `${desk.path}.old`);
    desk.disk.hold();
    put(file, 'o\nthree\n');
    desk.clock.advance(PACE_MS);
    expect(await desk.files.reopen()).toEqual([]);
    put(file, 'four\n');
    desk.disk.release();
    await written(file);
    expect(readFileSync(`${desk.path}.old`, 'utf8')).toBe('one\ntwo\nthree\n');
    expect(desk.text).toBe('four\n');
  });

  test('the line that is begun ends where it began, if its end is there', async () => {
    const desk = new Desk();
    const file = desk.open();
    put(file, 'tw');
    await written(file);
    renameSync(desk.path, `${desk.path}.old`);
    desk.disk.hold();
    put(file, 'o');
    put(file, '.\nthree\n');
    desk.files.reopen();
    desk.disk.release();
    await written(file);
    expect([readFileSync(`${desk.path}.old`, 'utf8'), desk.text]).toEqual(['two.\n', 'three\n']);
  });

  test('at any moment of a flood with rotations nothing is lost or doubled', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 5000, backups: 10_000 });
    const text = lines(10_000);
    for (let at = 0, i = 0; at < text.length; at += 3000, i++) {
      put(file, text.slice(at, at + 3000));
      if (i % 2 === 0) await new Promise(resolve => setImmediate(resolve));
      expect(await desk.files.reopen()).toEqual([]);
    }
    await written(file);
    expect(desk.whole).toBe(text);
  });

  test('one that cannot be is named, and goes on as it was', async () => {
    const desk = new Desk();
    const file = desk.open();
    put(file, 'a\n');
    await written(file);
    renameSync(desk.path, `${desk.path}.old`);
    mkdirSync(desk.path);
    expect(await desk.files.reopen()).toEqual([desk.path]);
    put(file, 'b\n');
    await written(file);
    expect(readFileSync(`${desk.path}.old`, 'utf8')).toBe('a\nb\n');
  });

  test('in the middle of a rotation that only empties it', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 10 });
    put(file, 'one line\n');
    await written(file);
    const { truncate } = desk.disk;
    desk.disk.truncate = async fd => {
      renameSync(desk.path, `${desk.path}.old`);
      await truncate(fd);
    };
    put(file, 'a second\n');
    desk.clock.advance(PACE_MS);
    expect(await desk.files.reopen()).toEqual([]);
    await written(file);
    expect([desk.text, readFileSync(`${desk.path}.old`, 'utf8')]).toEqual(['a second\n', '']);
  });

  test('while the end of a line is waited for: that is not for ever', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 100, backups: 2 });
    desk.disk.failing.set('write', 'EIO');
    put(file, 'one\n');
    await settle();
    desk.disk.failing.clear();
    desk.clock.advance(999);
    put(file, 'pass');
    desk.clock.advance(1);
    await settle();
    expect(desk.text).toBe('one\n');
    expect(await desk.files.reopen()).toEqual([]);
    desk.clock.advance(LINE_MS + PACE_MS);
    await written(file);
    expect(desk.text).toBe('one\npass');
  });

  test('one that was removed, with its directory, is made anew within two seconds of being written to', async () => {
    const desk = new Desk();
    const path = join(desk.dir, 'deep/er/log');
    const file = desk.open({ path });
    put(file, 'gone\n');
    await written(file);
    await desk.pass(1);
    rmSync(join(desk.dir, 'deep'), { recursive: true });
    put(file, 'gone too\n');
    await written(file);
    await desk.pass(2);
    put(file, 'here\n');
    await written(file);
    expect(readFileSync(path, 'utf8')).toBe('here\n');
    await desk.pass(3);
    const problem = 'it was removed, and what was written to it since is lost; it is made anew';
    expect(desk.events).toEqual([`trouble: ${problem}`, `restored, lost ${'gone too\n'.length}`]);
  });

  test('one that was renamed is made anew without a word: nothing is lost', async () => {
    const desk = new Desk();
    const file = desk.open();
    put(file, 'one\n');
    await written(file);
    renameSync(desk.path, `${desk.path}.old`);
    await desk.pass(3);
    put(file, 'two\n');
    await written(file);
    expect([desk.text, readFileSync(`${desk.path}.old`, 'utf8')]).toEqual(['two\n', 'one\n']);
    expect(desk.told).toEqual([]);
  });

  test('one that was removed and cannot be made anew is told, and tried again', async () => {
    const desk = new Desk();
    const path = join(desk.dir, 'deep/log');
    const file = desk.open({ path });
    rmSync(join(desk.dir, 'deep'), { recursive: true });
    writeFileSync(join(desk.dir, 'deep'), 'in the way');
    for (let i = 0; i < 4; i++) {
      put(file, `${i}\n`);
      await written(file);
      await desk.pass(1);
    }
    expect(desk.events).toEqual([
      expect.stringMatching(/^trouble: it was removed or renamed, and cannot be made anew: /),
    ]);
    rmSync(join(desk.dir, 'deep'));
    put(file, 'x\n');
    await desk.pass(2);
    put(file, 'here\n');
    await written(file);
    expect(readFileSync(path, 'utf8')).toContain('here\n');
    expect(desk.events.slice(1)).toEqual([expect.stringMatching(/^trouble: it was removed/), 'restored, lost 10']);
  });

  test('one that is emptied by others is written from its begin, and counts from there', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 1000, backups: 2 });
    put(file, `${'x'.repeat(900)}\n`);
    await written(file);
    truncateSync(desk.path);
    put(file, 'a\n');
    await written(file);
    await desk.pass(1);
    put(file, `${'y'.repeat(900)}\n`);
    await written(file);
    expect([desk.text.length, readdirSync(desk.dir)]).toEqual([903, ['log']]);
  });

  test('one that others empty and is full by our count is not rotated', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 1000, backups: 2 });
    put(file, `${'x'.repeat(900)}\n`);
    await written(file);
    truncateSync(desk.path);
    put(file, `${'y'.repeat(900)}\n`);
    await written(file);
    expect([desk.text.length, readdirSync(desk.dir)]).toEqual([901, ['log']]);
  });
});

describe('trouble', () => {
  test('a full disk: told once, nobody is held up, what waits is kept, the rest counted, and it resumes by itself', async () => {
    const desk = new Desk();
    const file = desk.open();
    const states: boolean[] = [];
    using _listening = file.onFull(isFull => states.push(isFull));
    put(file, 'before\n');
    await written(file);
    desk.disk.room = 10;
    desk.clock.advance(PACE_MS);
    put(file, 'torn by the full disk\n');
    await settle();
    desk.clock.advance(PACE_MS);
    await until(() => desk.told.length > 0);
    expect(desk.events).toEqual(['trouble: ENOSPC: by the fake disk']);
    expect(desk.text).toBe('before\ntorn by th');
    const flood = lines(40_000, 2);
    pour(file, flood);
    expect(states).toEqual([]);
    await desk.pass(30);
    expect(desk.told).toHaveLength(1);
    desk.disk.room = Number.POSITIVE_INFINITY;
    await desk.pass(1);
    await written(file);
    await desk.pass(1);
    const restored = desk.told[1];
    if (restored?.type !== 'log.restored') throw new Error(JSON.stringify(desk.told));
    put(file, 'after\n');
    await written(file);
    const kept = desk.text.slice('before\ntorn by the full disk\n'.length, -'after\n'.length);
    expect(desk.text.startsWith('before\ntorn by the full disk\n')).toBe(true);
    expect(flood.startsWith(kept.slice(0, -1))).toBe(true); // the last line ends early, with a newline
    expect(kept.length).toBeGreaterThan(1_000_000);
    expect(kept.length - 1 + restored.lost).toBe(flood.length);
    expect(desk.text.endsWith('\nafter\n')).toBe(true);
  });

  test('what can be written again holds up whoever is faster, though the trouble is not told to be over yet', async () => {
    const desk = new Desk();
    const file = desk.open();
    let isFull = false;
    using _listening = file.onFull(now => {
      isFull = now;
    });
    desk.disk.failing.set('write', 'EIO');
    put(file, 'first\n');
    await settle();
    desk.disk.failing.clear();
    await desk.pass(1);
    await until(() => desk.text === 'first\n');
    desk.disk.hold();
    const flood = lines(20_000, 2);
    pour(file, flood);
    expect([isFull, desk.events]).toEqual([true, ['trouble: EIO: by the fake disk']]);
    desk.disk.release();
    await written(file);
    expect([isFull, desk.text === `first\n${flood}`]).toEqual([false, true]);
    await desk.pass(3);
    expect(desk.events.slice(1)).toEqual(['restored, lost 0']);
  });

  test('a disk with room for little now and then is not told each time', async () => {
    const desk = new Desk();
    const file = desk.open();
    desk.disk.room = 0;
    for (let second = 0; second < 300; second++) {
      put(file, 'line\n');
      if (second % 4 === 0) desk.disk.room = 100;
      await desk.pass(1);
    }
    expect(desk.told.length).toBeLessThan(20);
  });

  test('at the end what could not be written is told', async () => {
    const desk = new Desk();
    const file = desk.open();
    desk.disk.room = 0;
    put(file, 'line\n');
    await until(() => desk.told.length > 0);
    await desk.files.close();
    expect(desk.events).toEqual([
      'trouble: ENOSPC: by the fake disk',
      'trouble: 5 bytes are lost, as it is closed: ENOSPC: by the fake disk',
    ]);
  });

  test('a disk that hangs: told after ten seconds, its programs run on, others are written, and it resumes', async () => {
    const desk = new Desk();
    const [hung, other] = [desk.open(), desk.open({ path: '/dev/null' })];
    const states: boolean[] = [];
    using _listening = hung.onFull(isFull => states.push(isFull));
    desk.disk.hold();
    pour(hung, lines(20_000));
    expect(states).toEqual([true]);
    await desk.pass(9);
    expect(desk.told).toEqual([]);
    await desk.pass(2);
    expect(desk.events).toEqual(['trouble: it has taken nothing for 10 seconds']);
    expect(states).toEqual([true, false]);
    pour(hung, lines(20_000));
    desk.disk.release();
    put(other, 'x\n');
    await Promise.all([written(other), written(hung)]);
    await desk.pass(2);
    expect(desk.events.slice(1)).toEqual([expect.stringMatching(/^restored, lost \d+$/)]);
    const kept = desk.text;
    expect(lines(20_000).startsWith(kept.slice(0, -1))).toBe(true);
  });

  /** From here on the path leads to another disk, as if the one that hangs had been replaced. */
  function leadElsewhere(desk: Desk, path: string): void {
    const target = `/dev/shm/${basename(desk.dir)}-${basename(path)}`;
    rmSync(path, { force: true });
    writeFileSync(target, '');
    symlinkSync(target, path);
    onCleanup(() => rmSync(target, { force: true }));
  }

  test('a write that hangs is left to itself when the file is opened anew on another disk', async () => {
    const desk = new Desk();
    const file = desk.open();
    desk.disk.hold();
    put(file, 'hung\n');
    await desk.pass(11);
    expect(desk.events).toEqual(['trouble: it has taken nothing for 10 seconds']);
    renameSync(desk.path, `${desk.path}.old`);
    leadElsewhere(desk, desk.path);
    const held = desk.disk.holding;
    expect(await desk.files.reopen()).toEqual([]);
    put(file, 'new\n');
    desk.disk.release();
    await until(() => desk.text === 'new\n');
    await until(() => readFileSync(`${desk.path}.old`, 'utf8') === 'hung\n');
    expect(held).toBe(1);
    await desk.pass(2);
    expect(desk.events.slice(1)).toEqual(['restored, lost 0']);
  });

  test('what one that was left to itself has not written is counted', async () => {
    const desk = new Desk();
    const file = desk.open();
    desk.disk.hold();
    put(file, 'hung, and torn\n');
    await desk.pass(11);
    leadElsewhere(desk, desk.path);
    expect(await desk.files.reopen()).toEqual([]);
    desk.disk.room = 4;
    desk.disk.release();
    await settle();
    desk.disk.room = Number.POSITIVE_INFINITY;
    put(file, 'new\n');
    await written(file);
    await desk.pass(2);
    expect(desk.events.slice(1)).toEqual(['restored, lost 11']);
  });

  test('so is one that waits for its turn behind others that hang', async () => {
    const desk = new Desk();
    const paths = ['a', 'b', 'c'].map(name => join(desk.dir, name));
    const files = paths.map(path => desk.open({ path }));
    desk.disk.hold();
    for (const file of files) put(file, 'hung\n');
    await desk.pass(11);
    expect(desk.told).toHaveLength(3);
    const { holding } = desk.disk;
    for (const path of paths) leadElsewhere(desk, path);
    expect(await desk.files.reopen()).toEqual([]);
    for (const file of files) put(file, 'new\n');
    await settle();
    expect([holding, desk.disk.holding]).toEqual([2, 3]); // the last thread is for the other disk
    desk.disk.release();
    await Promise.all(files.map(written));
    expect(paths.map(path => readFileSync(path, 'utf8'))).toEqual(['new\n', 'new\n', 'hung\nnew\n']);
  });

  test('on the disk that hangs nothing is opened, as that would stop the daemon; it is once the disk answers', async () => {
    const desk = new Desk();
    const file = desk.open();
    put(file, 'one\n');
    await written(file);
    await desk.pass(1);
    desk.disk.hold();
    put(file, 'two\n');
    await desk.pass(2);
    renameSync(desk.path, `${desk.path}.old`);
    const reopened = desk.files.reopen();
    await desk.pass(1);
    expect([await reopened, existsSync(desk.path)]).toEqual([[desk.path], false]);
    // A program that is started meanwhile is logged later, and not held up.
    const other = desk.open({ path: join(desk.dir, 'other') });
    put(other, 'said\n');
    await desk.pass(2);
    expect([existsSync(join(desk.dir, 'other')), desk.events]).toEqual([false, ['trouble: its disk does not answer']]);
    desk.disk.release();
    await written(file);
    await desk.pass(2);
    put(file, 'three\n');
    await Promise.all([written(file), written(other)]);
    expect([readFileSync(`${desk.path}.old`, 'utf8'), desk.text]).toEqual(['one\ntwo\n', 'three\n']);
    expect(readFileSync(join(desk.dir, 'other'), 'utf8')).toBe('said\n');
  });

  test('a file that is removed is not made anew on a disk that hangs', async () => {
    const desk = new Desk();
    const file = desk.open();
    put(file, 'one\n');
    await written(file);
    rmSync(desk.path);
    desk.disk.hold();
    put(file, 'two\n');
    await desk.pass(5);
    expect(existsSync(desk.path)).toBe(false);
    desk.disk.release();
    await written(file);
    await desk.pass(2);
    put(file, 'three\n');
    await written(file);
    expect(desk.text).toBe('three\n');
  });

  /** Renames hang from here on, until the function that is returned is called. */
  function hangRenames(desk: Desk): () => void {
    const held: (() => void)[] = [];
    const { rename } = desk.disk;
    desk.disk.rename = async (from, to) => {
      await new Promise<void>(resolve => held.push(resolve));
      await rename(from, to);
    };
    return () => {
      desk.disk.rename = rename;
      for (const resume of held) resume();
    };
  }

  test('a rotation that hangs is left to itself too, and does nothing to the other disk if it comes back', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 10, backups: 3 });
    writeFileSync(`${desk.path}.1`, 'former\n');
    put(file, 'one line\n');
    await written(file);
    const resume = hangRenames(desk);
    put(file, 'a second\n');
    await desk.pass(11);
    expect(desk.events).toEqual(['trouble: it has taken nothing for 10 seconds']);
    const { fds } = openFiles();
    leadElsewhere(desk, desk.path);
    expect(await desk.files.reopen()).toEqual([]);
    await written(file);
    expect(desk.text).toBe('a second\n');
    resume();
    await settle();
    await desk.pass(2);
    put(file, 'a third\n');
    await written(file);
    expect(readdirSync(desk.dir).sort()).toEqual(['log', 'log.2']);
    expect([desk.text, readFileSync(`${desk.path}.2`, 'utf8')]).toEqual(['a second\na third\n', 'former\n']);
    expect(desk.events.slice(1)).toEqual(['restored, lost 0']);
    expect(openFiles().fds).toBe(fds); // the former is closed
  });

  test('one that hangs and comes back: who asked for it to be opened anew was told the truth, and it is', async () => {
    const desk = new Desk();
    const file = desk.open({ maxsize: 10, backups: 3 });
    put(file, 'one line\n');
    await written(file);
    const resume = hangRenames(desk);
    put(file, 'a second\n');
    desk.clock.advance(PACE_MS);
    await settle();
    const reopened = desk.files.reopen();
    await desk.pass(1);
    expect(await reopened).toEqual([desk.path]);
    const again = desk.files.reopen();
    resume();
    expect(await again).toEqual([]);
    await written(file);
    expect([readFileSync(`${desk.path}.1`, 'utf8'), desk.text]).toEqual(['one line\n', 'a second\n']);
  });

  test('a disk that hangs is not looked at again and again, nor waited for by each life of a program', async () => {
    const desk = new Desk();
    const file = desk.open();
    put(file, 'one\n');
    await written(file);
    let looks = 0;
    const { stat } = desk.disk;
    let answer = (): void => {};
    desk.disk.stat = async path => {
      looks++;
      await new Promise<void>(resolve => {
        answer = resolve;
      });
      return await stat(path);
    };
    rmSync(desk.path);
    for (let i = 0; i < 5; i++) {
      put(file, 'more\n');
      await written(file);
      await desk.pass(1);
    }
    expect(looks).toBe(1);
    let waiting = 0;
    const { whenWritten } = file;
    file.whenWritten = callback => {
      waiting++;
      whenWritten.call(file, callback);
    };
    desk.disk.hold();
    put(file, 'hung\n');
    for (let life = 0; life < 100; life++) {
      desk.files.release(desk.path);
      expect(desk.open()).toBe(file);
    }
    expect(waiting).toBe(1);
    desk.disk.stat = stat;
    answer();
  });

  test('a write that takes nothing is not repeated at once, and is trouble in the end', async () => {
    const desk = new Desk();
    const file = desk.open();
    const { write } = desk.disk;
    let writes = 0;
    desk.disk.write = (_fd, _bytes, callback) => {
      writes++;
      setImmediate(() => callback(null, 0));
    };
    pour(file, lines(2000));
    await settle();
    expect(writes).toBe(1);
    await desk.pass(11);
    expect(desk.events).toEqual(['trouble: it has taken nothing for 10 seconds']);
    desk.disk.write = write;
    await desk.pass(1);
    await written(file);
    expect(desk.text).toBe(lines(2000));
  });

  test('a FIFO that nobody reads: no mistake and no hang; once somebody reads it, it gets what waited', async () => {
    const desk = new Desk();
    execFileSync('mkfifo', [desk.path]);
    const file = desk.open();
    expect(desk.events).toEqual(['trouble: nobody reads it']);
    put(file, 'kept\n');
    await desk.pass(3);
    const reader = openSync(desk.path, constants.O_RDONLY | constants.O_NONBLOCK);
    await desk.pass(1);
    await written(file);
    const got = Buffer.alloc(100);
    expect(got.subarray(0, readSync(reader, got)).toString()).toBe('kept\n');
    await desk.pass(2);
    expect(desk.events.slice(1)).toEqual(['restored, lost 0']);
    closeSync(reader);
    put(file, 'lost?\n');
    await until(() => desk.told.length > 2);
    expect(desk.events.slice(2)).toEqual(['trouble: nobody reads it']);
    await desk.pass(2);
    const next = openSync(desk.path, constants.O_RDONLY | constants.O_NONBLOCK);
    onCleanup(() => closeSync(next));
    await desk.pass(1);
    await written(file);
    expect(got.subarray(0, readSync(next, got)).toString()).toBe('lost?\n');
  });

  test('a FIFO whose reader stands still holds its program up for ten seconds, and goes on where it stood', async () => {
    const desk = new Desk();
    execFileSync('mkfifo', [desk.path]);
    const reader = openSync(desk.path, constants.O_RDONLY | constants.O_NONBLOCK);
    onCleanup(() => closeSync(reader));
    const file = desk.open();
    const states: boolean[] = [];
    using _listening = file.onFull(isFull => states.push(isFull));
    const text = lines(20_000);
    pour(file, text);
    await desk.pass(12);
    expect(desk.events).toEqual(['trouble: it has taken nothing for 10 seconds']);
    expect(states).toEqual([true, false]);
    pour(file, lines(20_000));
    let got = '';
    const buffer = Buffer.alloc(65536);
    while (got.length < 1_000_000) {
      try {
        got += buffer.subarray(0, readSync(reader, buffer)).toString('latin1');
      } catch {
        desk.clock.advance(100); // nothing there yet
        await settle();
      }
    }
    expect(text.startsWith(got)).toBe(true);
  });

  test('no byte is lost silently at the end of a FIFO that takes nothing', async () => {
    const desk = new Desk();
    execFileSync('mkfifo', [desk.path]);
    const reader = openSync(desk.path, constants.O_RDONLY | constants.O_NONBLOCK);
    onCleanup(() => closeSync(reader));
    const file = desk.open();
    pour(file, lines(2000));
    await settle();
    await desk.files.close();
    expect(desk.events).toEqual([
      expect.stringMatching(/^trouble: \d+ bytes are lost, as it is closed: whoever reads it takes nothing$/),
    ]);
  });

  test('a file of a device that hangs waits for its turn, and those of others are written', async () => {
    const desk = new Desk();
    const paths = ['a', 'b', 'c'].map(name => join(desk.dir, name));
    const files = paths.map(path => desk.open({ path }));
    desk.disk.hold();
    for (const file of files) put(file, 'x\n');
    await settle();
    expect(desk.disk.holding).toBe(2);
    desk.disk.release();
    await Promise.all(files.map(written));
    expect(paths.map(path => readFileSync(path, 'utf8'))).toEqual(['x\n', 'x\n', 'x\n']);
  });
});

describe('SIGKILL', () => {
  /** The whole log is what the first daemon wrote up to some line or byte, and then all that the second one did. */
  function expectContinued(whole: string, first: string, second: string): void {
    expect(whole.endsWith(second)).toBe(true);
    expect(first.startsWith(whole.slice(0, -second.length))).toBe(true);
  }

  test.each([
    [false, 'before a step'],
    [false, 'after a step'],
    [true, 'before a step'],
    [true, 'after a step'],
  ] as const)('at any moment of rotations: the next daemon goes on, in order (compress: %s, %s)', async (compress, when) => {
    const [first, second] = [lines(120), lines(120, 121)];
    const isCompressed = (path: string): boolean =>
      namesOfLog(path)
        .slice(0, -1)
        .every(name => name.endsWith('.gz'));
    let isOver = false;
    for (let answers = 0; !isOver; answers++) {
      const before = new Desk({ isKilled: true });
      before.disk.answers = answers;
      before.disk.performsLast = when === 'after a step';
      const spec = { path: before.path, maxsize: 2000, backups: 100, compress, mode: 0o600 };
      const killed = before.files.open(spec);
      pour(killed, first, 900);
      let isWritten = false;
      killed.whenWritten(() => {
        isWritten = true;
      });
      const isDead = (): boolean => before.disk.answers <= 0;
      await until(() => isDead() || (isWritten && (!compress || isCompressed(before.path))));
      isOver = !isDead();
      before.disk.answers = 0;
      await settle();
      const after = new Desk();
      const file = after.files.open(spec);
      pour(file, second, 900);
      await written(file);
      if (compress) await until(() => isCompressed(before.path));
      await after.files.close();
      expectContinued(textOfLog(before.path), first, second);
      expect(readdirSync(before.dir).filter(name => !/^log(\.\d+(\.gz)?)?$/.test(name))).toEqual([]);
    }
  });
});
