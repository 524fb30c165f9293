/** The state file on a real disk, in fake time. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatState, type StateRecord, stopPolicyOf } from '../../src/core/record.ts';
import { readState, StateFile } from '../../src/daemon/statefile.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeSpec } from '../support/spec.ts';
import { onCleanup, tempDir } from '../support/world.ts';

function recordOf(generation: number): StateRecord {
  const stop = stopPolicyOf(makeSpec());
  const process = { program: 'web', num: 0, name: 'web', marked: null, intent: null, generation, life: null, stop };
  return { version: 1, boot: null, daemon: null, ended: null, processes: [process] };
}

/** A state file whose record is a number, in time that stands still. */
class Play {
  readonly path = join(tempDir(), 'private/state.json');
  readonly clock = new FakeClock();
  readonly warnings: string[] = [];
  generation = 1;
  snapshots = 0;
  /** Fake milliseconds that each snapshot takes. */
  cost = 0;
  readonly file = new StateFile(this.path, {
    clock: this.clock,
    snapshot: () => {
      this.snapshots++;
      if (this.cost > 0) this.clock.advance(this.cost);
      return recordOf(this.generation);
    },
    warn: message => this.warnings.push(message),
  });

  constructor() {
    onCleanup(async () => {
      await this.file.close();
      expect(this.clock.pending).toBe(0);
    });
  }

  touch(generation: number): void {
    this.generation = generation;
    this.file.touch();
  }

  get saved(): number | undefined {
    const state = readState(this.path);
    return state.kind === 'read' ? state.record.processes[0]?.generation : undefined;
  }
}

describe('writing', () => {
  test('is at once, then ten times a second, and nothing waits when nothing has changed', () => {
    const play = new Play();
    play.touch(1);
    expect(play.saved).toBe(1);
    for (const generation of [2, 3, 4]) play.touch(generation);
    expect([play.saved, play.clock.pending]).toEqual([1, 1]);
    play.clock.advance(99);
    expect(play.saved).toBe(1);
    play.clock.advance(1);
    expect([play.saved, play.clock.pending, play.snapshots]).toEqual([4, 0, 2]);
    play.clock.advance(100);
    play.touch(5);
    expect([play.saved, play.clock.pending]).toEqual([5, 0]);
  });

  test('now means now, and leaves no timer', () => {
    const play = new Play();
    play.touch(1);
    play.touch(2);
    play.file.flush();
    expect([play.saved, play.clock.pending]).toEqual([2, 0]);
  });

  test('one that is slow is done less often', () => {
    const play = new Play();
    play.cost = 5;
    play.touch(1);
    play.touch(2);
    play.clock.advance(1499);
    expect(play.saved).toBe(1);
    play.clock.advance(1);
    expect(play.saved).toBe(2);
  });

  test('the same again is not written', () => {
    const play = new Play();
    play.touch(1);
    const { ino } = statSync(play.path);
    play.file.flush();
    expect(statSync(play.path).ino).toBe(ino);
    play.touch(2);
    play.file.flush();
    expect(statSync(play.path).ino).not.toBe(ino);
  });

  test('is private, leaves nothing beside it, and removes what a killed daemon left', () => {
    const play = new Play();
    const directory = join(play.path, '..');
    mkdirSync(directory);
    writeFileSync(`${play.path}.new`, 'half');
    play.file.flush();
    expect(statSync(play.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['state.json']);
    expect(play.saved).toBe(1);
  });

  test('the last one is at the end, and after it there is none', async () => {
    const play = new Play();
    play.touch(1);
    play.touch(2);
    await play.file.close();
    expect(play.saved).toBe(2);
    play.touch(3);
    play.file.flush();
    expect([play.saved, play.clock.pending]).toEqual([2, 0]);
  });

  test('that fails is told once, tried again, and told when it works', () => {
    const play = new Play();
    const directory = join(play.path, '..');
    writeFileSync(directory, 'in the way');
    play.touch(1);
    play.file.flush();
    play.clock.advance(5_000);
    expect(play.warnings).toEqual([expect.stringMatching(/^cannot write the state file: .*; until it can, /)]);
    rmSync(directory);
    play.clock.advance(1_000);
    expect(play.saved).toBe(1);
    expect(play.warnings.slice(1)).toEqual([`the state file ${play.path} can be written again`]);
  });
});

describe('reading', () => {
  test('none', () => {
    expect(readState(join(tempDir(), 'state.json'))).toEqual({ kind: 'none' });
  });

  const cases: Readonly<Record<string, (path: string) => void>> = {
    'no JSON': path => writeFileSync(path, '{', { mode: 0o600 }),
    'a newer version': path => writeFileSync(path, '{"version": 2}', { mode: 0o600 }),
    'a file that others may write': path => {
      writeFileSync(path, formatState(recordOf(1)));
      chmodSync(path, 0o666);
    },
    'far too large': path => writeFileSync(path, Buffer.alloc(17 * 1024 * 1024, ' '), { mode: 0o600 }),
    'a directory': path => mkdirSync(path),
    'a FIFO': path => void execFileSync('mkfifo', [path]),
    'a link': path => symlinkSync('/etc/passwd', path),
    'a link to nowhere': path => symlinkSync('nowhere', path),
  };
  test.each(Object.entries(cases))('%s is set aside, in place of an earlier one', (_, make) => {
    const path = join(tempDir(), 'state.json');
    writeFileSync(`${path}.damaged`, 'earlier');
    make(path);
    const state = readState(path);
    expect(state).toEqual({ kind: 'damaged', message: expect.stringContaining(`it was set aside as ${path}.damaged`) });
    expect(readState(path)).toEqual({ kind: 'none' });
    expect(readdirSync(join(path, '..'))).toEqual(['state.json.damaged']);
  });

  test('what cannot be set aside is told and left', () => {
    const path = join(tempDir(), 'state.json');
    writeFileSync(path, 'x');
    mkdirSync(`${path}.damaged/full`, { recursive: true });
    expect(readState(path)).toMatchObject({ message: expect.stringContaining('cannot be set aside') });
    expect(readFileSync(path, 'utf8')).toBe('x');
  });

  test('a second name of the file is not written to', () => {
    const play = new Play();
    play.touch(1);
    linkSync(play.path, `${play.path}.other`);
    play.touch(2);
    play.file.flush();
    expect(readFileSync(`${play.path}.other`, 'utf8')).toBe(formatState(recordOf(1)));
    expect(existsSync(`${play.path}.damaged`)).toBe(false);
  });
});
