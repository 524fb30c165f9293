import { expect, test } from 'vitest';
import { descriptionOf, formatUptime, listPids } from '../../src/core/status.ts';
import { Play } from '../support/play.ts';

const describe_ = (play: Play): string =>
  descriptionOf(play.life, play.now, () => new Date(2026, 11, 21, 13, 3).getTime());

test("supervisord's last column", () => {
  expect(describe_(new Play())).toBe('Not started');
  expect(describe_(new Play().start().fork())).toBe('');
  expect(describe_(new Play().run().pass(61_000))).toBe('pid 100, uptime 0:01:02');
  expect(describe_(new Play().run().stop())).toBe('pid 100, uptime 0:00:01');
  expect(describe_(new Play({ autorestart: 'never' }).run().end(0))).toBe('Dec 21 01:03 PM');
  expect(describe_(new Play().run().stop().end('SIGTERM'))).toBe('Dec 21 01:03 PM');
  expect(describe_(new Play().start().fork().end(1))).toMatch(/^exited with 1/);
});

test('uptime as Python prints a timedelta', () => {
  expect([0, 999, 61_000, 3_600_000, 86_400_000, 183_784_000].map(formatUptime)).toEqual([
    '0:00:00',
    '0:00:00',
    '0:01:01',
    '1:00:00',
    '1 day, 0:00:00',
    '2 days, 3:03:04',
  ]);
});

test('a fork bomb does not fill the screen', () => {
  expect(listPids([1, 2])).toBe('pid 1, 2');
  expect(listPids(Array.from({ length: 500 }, (_, i) => i))).toBe('pid 0, 1, 2, 3, 4 and 495 more');
});
