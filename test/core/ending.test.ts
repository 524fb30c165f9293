/** How survivors are ended, in time that the test moves. */
import { describe, expect, test } from 'vitest';
import { beginEnding, type Ending, isSettled, join, stepEnding } from '../../src/core/ending.ts';
import type { StopPolicy } from '../../src/core/record.ts';
import type { Survivor } from '../../src/core/survivor.ts';

const STOP: StopPolicy = { signal: 'SIGINT', time: 1000, asgroup: false, killasgroup: false, leftovers: 'kill' };

function one(pid: number, isLeader = false): Survivor {
  return { pid, start: 1, process: 'web', isLeader };
}

/** The survivors of one process: 1 leads, 2 and 3 are others. */
class Play {
  readonly here: Set<number>;
  now = 0;
  isUrgent = false;
  private ending: Ending;

  constructor(policy: Partial<StopPolicy>, pids: readonly number[] = [1, 2, 3]) {
    this.here = new Set(pids);
    this.ending = beginEnding(
      'web',
      { ...STOP, ...policy },
      pids.map(pid => one(pid, pid === 1)),
    );
  }

  /** What is done now: `SIGINT 1`, `SIGKILL group 1`, `gone 1`. */
  step(): string[] {
    const isHere = ({ pid }: Survivor): boolean => this.here.has(pid);
    const { ending, orders } = stepEnding(this.ending, { now: this.now, isHere, isUrgent: this.isUrgent });
    this.ending = ending;
    return orders.map(order =>
      order.type === 'signal'
        ? `${order.signal} ${order.group ? 'group ' : ''}${order.to.map(({ pid }) => pid).join()}`
        : `${order.action} ${order.about.map(({ pid }) => pid).join()}`,
    );
  }

  pass(ms: number): string[] {
    this.now += ms;
    return this.step();
  }

  end(...pids: readonly number[]): string[] {
    for (const pid of pids) this.here.delete(pid);
    return this.step();
  }

  turnUp(pid: number): string[] {
    this.here.add(pid);
    this.ending = join(this.ending, [one(pid)]);
    return this.step();
  }

  get isSettled(): boolean {
    return isSettled(this.ending);
  }

  get stuck(): number[] {
    return this.ending.stuck.map(({ pid }) => pid);
  }
}

describe('the leader', () => {
  test('is asked, then killed; then the others are asked, then killed', () => {
    const play = new Play({});
    expect([play.step(), play.pass(999), play.pass(1), play.pass(4000)]).toEqual([['SIGINT 1'], [], ['SIGKILL 1'], []]);
    expect(play.end(1)).toEqual(['SIGTERM group 2,3']);
    expect([play.pass(999), play.end(3), play.pass(1)]).toEqual([[], [], ['SIGKILL group 2']]);
    expect([play.isSettled, play.end(2), play.isSettled]).toEqual([false, ['gone 1,2,3'], true]);
    expect(play.pass(60_000)).toEqual([]);
  });

  test('that ends when asked, and alone', () => {
    const play = new Play({}, [1]);
    expect([play.step(), play.end(1), play.isSettled, play.step()]).toEqual([['SIGINT 1'], ['gone 1'], true, []]);
  });

  test('and its group, where the policy says so', () => {
    const play = new Play({ asgroup: true, killasgroup: true });
    expect([play.step(), play.pass(1000)]).toEqual([['SIGINT group 1'], ['SIGKILL group 1']]);
    const kill = new Play({ killasgroup: true });
    expect([kill.step(), kill.pass(1000)]).toEqual([['SIGINT 1'], ['SIGKILL group 1']]);
  });

  test('that SIGKILL does not end is given up, and the others are ended all the same', () => {
    const play = new Play({}, [1, 2]);
    expect([play.step(), play.pass(1000), play.pass(4999)]).toEqual([['SIGINT 1'], ['SIGKILL 1'], []]);
    expect(play.pass(1)).toEqual(['stuck 1', 'SIGTERM group 2']);
    expect([play.end(2), play.isSettled, play.stuck]).toEqual([['gone 2'], true, [1]]);
  });
});

describe('others', () => {
  test('without a leader are ended at once', () => {
    expect(new Play({}, [2, 3]).step()).toEqual(['SIGTERM group 2,3']);
  });

  test('are told and left by `report`, left by `ignore`', () => {
    const report = new Play({ leftovers: 'report' });
    expect([report.step(), report.end(1), report.isSettled]).toEqual([['SIGINT 1'], ['gone 1', 'left 2,3'], true]);
    const ignore = new Play({ leftovers: 'ignore' }, [2]);
    expect([ignore.step(), ignore.isSettled, ignore.stuck]).toEqual([[], true, []]);
  });

  test('that SIGKILL does not end are given up', () => {
    const play = new Play({}, [2, 3]);
    expect([play.step(), play.pass(1000), play.end(3), play.pass(5000)]).toEqual([
      ['SIGTERM group 2,3'],
      ['SIGKILL group 2,3'],
      [],
      ['stuck 2'],
    ]);
    expect([play.isSettled, play.stuck, play.turnUp(4)]).toEqual([true, [2], []]);
  });

  test('that turn up later are told as well, and get no more time than the first', () => {
    const play = new Play({}, [2]);
    expect([play.step(), play.pass(600), play.turnUp(3)]).toEqual([['SIGTERM group 2'], [], ['SIGTERM group 3']]);
    expect([play.end(2, 3), play.isSettled]).toEqual([['gone 2,3'], true]);
    expect([play.turnUp(4), play.isSettled]).toEqual([['SIGTERM group 4'], false]);
    expect([play.pass(400), play.end(4), play.turnUp(5)]).toEqual([
      ['SIGKILL group 4'],
      ['gone 2,3,4'],
      ['SIGKILL group 5'],
    ]);
    expect([play.pass(5000), play.isSettled]).toEqual([['stuck 5'], true]);
  });
});

test('who is in a hurry gives no time', () => {
  const play = new Play({ time: 3_600_000 }, [1, 2]);
  expect(play.step()).toEqual(['SIGINT 1']);
  play.isUrgent = true;
  expect([play.step(), play.end(1)]).toEqual([['SIGKILL 1'], ['SIGTERM group 2', 'SIGKILL group 2']]);
});
