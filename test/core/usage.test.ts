import { describe, expect, test } from 'vitest';
import { pageSizeOf } from '../../src/core/pagesize.ts';
import { parseCpuTime, parsePs } from '../../src/core/pstable.ts';
import { type Look, type Member, usageBetween } from '../../src/core/usage.ts';

const CORES = 2;

function member(pid: number, changes: Partial<Member> = {}): Member {
  return { pid, start: 100, session: 10, own: 0, reaped: 0, memory: 1000, isZombie: false, ...changes };
}

/** Looks a second apart, which is a hundred ticks. */
function looks(before: readonly Member[], now: readonly Member[]): [Look, Look] {
  return [
    { at: 5000, ticks: 500, members: before },
    { at: 6000, ticks: 600, members: now },
  ];
}

function cpu(before: readonly Member[], now: readonly Member[]): number | null | undefined {
  return usageBetween(...looks(before, now), CORES).get(10)?.cpu;
}

describe('the CPU that a session takes', () => {
  test('is not known from one look; its memory is', () => {
    const [, now] = looks([], [member(10), member(11, { memory: 500 }), member(12, { isZombie: true, memory: 0 })]);
    expect(usageBetween(undefined, now, CORES)).toEqual(new Map([[10, { cpu: null, memory: 1500, processes: 2 }]]));
  });

  test('is that of all its members', () => {
    const before = [member(10, { own: 100 }), member(11, { own: 3000 }), member(20, { session: 20, own: 7 })];
    const now = [member(10, { own: 110 }), member(11, { own: 3900 }), member(20, { session: 20, own: 7 })];
    expect(cpu(before, now)).toBe(91);
    expect(usageBetween(...looks(before, now), CORES).get(20)?.cpu).toBe(0);
  });

  test('has that of children that came and went between two looks, which their parent has reaped', () => {
    expect(cpu([member(10, { reaped: 1000 })], [member(10, { reaped: 1400 })])).toBe(40);
  });

  test('has of a child that has ended only what it took since the look before', () => {
    expect(cpu([member(10), member(11, { own: 90_000 })], [member(10, { reaped: 90_300 })])).toBe(30);
  });

  test('takes nothing off for one that ended and was reaped elsewhere', () => {
    expect(cpu([member(10), member(11, { own: 90_000 })], [member(10, { own: 200 })])).toBe(20);
  });

  test('has all of a process that is new, and nothing of one that was overlooked', () => {
    expect(cpu([member(10)], [member(10), member(11, { start: 550, own: 300 })])).toBe(30);
    expect(cpu([member(10)], [member(10), member(11, { start: 200, own: 90_000 })])).toBe(0);
  });

  test('makes no nonsense of a number that was given to another', () => {
    const before = [member(10, { own: 50_000 }), member(11, { own: 90_000 })];
    expect(cpu(before, [member(10, { own: 50_000 }), member(11, { start: 590, own: 50 })])).toBe(5);
    const asPsTells = [member(10, { start: null, own: 0 }), member(11, { start: null, own: 90_000 })];
    expect(cpu(asPsTells, [member(10, { start: null }), member(11, { start: null, own: 50 })])).toBe(5);
    expect(
      cpu([member(10, { start: null })], [member(10, { start: null }), member(11, { start: null, own: 1e6 })]),
    ).toBe(0);
  });

  test('is never more than the machine has: hours of a reaped child that had a session of its own are left out', () => {
    expect(cpu([member(10)], [member(10, { own: 500, reaped: 3_600_000 })])).toBe(50);
    expect(cpu([member(10)], [member(10, { own: 3_600_000 })])).toBeLessThanOrEqual(CORES * 100 + 2);
  });

  test('of a new life counts from its beginning', () => {
    const [before, now] = looks([member(10, { own: 400 })], [member(30, { session: 30, start: 560, own: 200 })]);
    expect(usageBetween(before, now, CORES)).toEqual(new Map([[30, { cpu: 20, memory: 1000, processes: 1 }]]));
  });
});

describe('what ps prints', () => {
  test.each([
    ['0:01.23', 1230],
    ['123:45.67', 7_425_670],
    ['00:00:07', 7000],
    ['4-01:02:03', 349_323_000],
    ['0:00,50', 500],
    ['TIME', undefined],
    ['', undefined],
  ])('of CPU time, %s', (text, expected) => {
    expect(parseCpuTime(text)).toBe(expected);
  });

  test('on macOS: the members of a session by its terminal', () => {
    const text = [
      '    1 ??        12345   0:11.26',
      '  500 ttys000    4096   0:00.50',
      '  612 ttys001    2048   1:02.03',
      '  613 ttys001    1024   0:00.01',
      '  700 ttys002     512   0:00.00',
      '  800 ??          100   0:09.00',
      '',
    ].join('\n');
    expect(parsePs(text, new Set([612, 800]), 500)).toEqual([
      { pid: 612, start: null, session: 612, own: 62_030, reaped: 0, memory: 2_097_152, isZombie: false },
      { pid: 613, start: null, session: 612, own: 10, reaped: 0, memory: 1_048_576, isZombie: false },
      { pid: 800, start: null, session: 800, own: 9000, reaped: 0, memory: 102_400, isZombie: false },
    ]);
  });

  test('on FreeBSD; a leader that is still on the terminal of the daemon stands for itself alone', () => {
    const text = [
      '  0 -          0    0:21.19',
      '871 pts/0  3180    0:00.04',
      '872 pts/0  2900    0:00.01',
      '873 0  1  0:00.00',
    ];
    expect(parsePs(text.join('\n'), new Set([872]), 871)).toEqual([
      { pid: 872, start: null, session: 872, own: 10, reaped: 0, memory: 2_969_600, isZombie: false },
    ]);
    expect(parsePs('ps: bad keyword', new Set([1]), 2)).toEqual([]);
  });
});

describe('the size of a page', () => {
  const vector = (words: readonly number[], size: 4 | 8, little: boolean): Uint8Array => {
    const view = new DataView(new ArrayBuffer(words.length * size));
    for (const [i, word] of words.entries()) {
      if (size === 8) view.setBigUint64(i * 8, BigInt(word), little);
      else view.setUint32(i * 4, word, little);
    }
    return new Uint8Array(view.buffer);
  };

  test.each([
    ['64 bits', vector([33, 0x7fff, 16, 1, 6, 4096, 17, 100, 0, 0], 8, true), true, 4096],
    ['64 bits, large pages', vector([6, 65_536, 0, 0], 8, true), true, 65_536],
    ['32 bits', vector([16, 1, 6, 16_384, 17, 100, 0, 0], 4, true), true, 16_384],
    ['big endian', vector([6, 65_536, 0, 0], 8, false), false, 65_536],
    ['nothing to go by', vector([0, 0], 8, true), true, 4096],
  ])('%s', (_, auxv, isLittleEndian, expected) => {
    expect(pageSizeOf(auxv, isLittleEndian)).toBe(expected);
  });
});
