import { expect, test } from 'vitest';
import type { HappeningBody } from '../../src/core/events.ts';
import { RequestLog } from '../../src/daemon/requestlog.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ALICE, BOB } from '../support/people.ts';

type Told = Extract<HappeningBody, { type: 'request' }>;

/** A log of requests, and what it has told. */
function scene() {
  const clock = new FakeClock();
  const told: Told[] = [];
  const log = new RequestLog(clock, happening => {
    if (happening.type === 'request') told.push(happening);
  });
  const type = (bytes: number, by = ALICE): void => log.asked({ verb: 'input', what: ['web'], bytes, by });
  return { clock, told, log, type };
}

test('a request is told at once, with who and what, and never what was typed', () => {
  const { told, log, type } = scene();
  log.asked({ verb: 'stop', what: ['web:*', 'db'], by: BOB });
  type(5);
  expect(told).toEqual([
    { type: 'request', verb: 'stop', what: ['web:*', 'db'], times: 1, bytes: null, by: BOB },
    { type: 'request', verb: 'input', what: ['web'], times: 1, bytes: 5, by: ALICE },
  ]);
});

test('input that comes fast is counted, and told of more and more rarely; what comes after a rest is told at once', () => {
  const { clock, told, type } = scene();
  const hour = 3_600_000;
  for (let at = 0; at < hour; at += 100) {
    type(10);
    clock.advance(100);
  }
  clock.advance(hour);
  expect(told.length).toBeLessThan(70);
  expect(told.slice(0, 3).map(({ times }) => times)).toEqual([1, 10, 20]);
  expect(told.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)).toBe((hour / 100) * 10);
  const { length } = told;
  type(1);
  expect(told).toHaveLength(length + 1);
  expect(clock.pending).toBe(0);
});

test('what was counted is told once no more comes, however rarely it was told before', () => {
  const { clock, told, type } = scene();
  for (let at = 0; at < 630_000; at += 100) {
    type(1);
    clock.advance(100);
  }
  clock.advance(5000);
  expect(told.reduce((sum, { times }) => sum + times, 0)).toBe(6300);
});

test('nobody is lost among others: each client and process is counted for itself', () => {
  const { clock, told, type } = scene();
  for (let i = 0; i < 3; i++) for (const by of [ALICE, BOB]) type(1, by);
  clock.advance(1000);
  expect(told.map(({ by, times }) => [by.who, times])).toEqual([
    [ALICE.who, 1],
    [BOB.who, 1],
    [ALICE.who, 2],
    [BOB.who, 2],
  ]);
});

test('what a person may repeat is told each time, a loop is counted', () => {
  const { clock, told, log } = scene();
  for (let i = 0; i < 500; i++) log.asked({ verb: 'restart', what: ['web'], by: ALICE });
  expect(told.map(({ times }) => times)).toEqual(Array(20).fill(1));
  clock.advance(1000);
  expect(told.at(-1)).toMatchObject({ verb: 'restart', times: 480 });
});

test('a client that thinks up names fills neither the journal nor the memory', () => {
  const { clock, told, log } = scene();
  for (let i = 0; i < 10_000; i++) log.asked({ verb: 'stop', what: ['web'], by: { who: `x${i}`, from: 'curl' } });
  expect([told.length, clock.pending]).toEqual([128, 1]);
  clock.advance(1000);
  expect(told.at(-1)).toMatchObject({ by: { who: 'others' }, times: 10_000 - 128 });
  expect([told.length, clock.pending]).toEqual([129, 0]);
  clock.advance(10_000);
  log.asked({ verb: 'stop', what: ['web'], by: ALICE });
  expect(told.at(-1)).toMatchObject({ by: ALICE, times: 1 });
});

test('a loop over many programs does not fill the journal, and each of its requests is counted', () => {
  const { clock, told, log } = scene();
  const ask = (i: number): void => log.asked({ verb: 'signal', what: ['HUP', `web${i % 100}`], by: ALICE });
  for (let i = 0; i < 2000; i++) ask(i);
  expect(told).toHaveLength(200);
  clock.advance(1000);
  expect(told).toHaveLength(300);
  expect(told.reduce((sum, { times }) => sum + times, 0)).toBe(2000);
  clock.advance(60_000);
  for (let i = 0; i < 100; i++) ask(i);
  expect(told).toHaveLength(361); // one more for each second since
  clock.advance(1000);
  expect(told.reduce((sum, { times }) => sum + times, 0)).toBe(2100);
  expect(clock.pending).toBe(0);
});

test('what is told of names is bounded, and cannot move a cursor', () => {
  const { told, log } = scene();
  const names = Array.from({ length: 500 }, (_, i) => `\x1b]0;${i}\x07${'n'.repeat(1000)}`);
  log.asked({ verb: 'stop', what: names, by: ALICE });
  const what = told[0]?.what ?? [];
  expect([what.length, what.at(-1)]).toEqual([21, 'and 480 more']);
  expect(Math.max(...what.map(text => text.length))).toBe(100);
  expect(what.join('')).not.toMatch(/[\x00-\x1f\x7f]/);
});

test('at its end it tells what was only counted', () => {
  const { clock, told, log, type } = scene();
  for (let i = 0; i < 4; i++) type(2);
  log[Symbol.dispose]();
  expect(told.map(({ times, bytes }) => [times, bytes])).toEqual([
    [1, 2],
    [3, 6],
  ]);
  expect(clock.pending).toBe(0);
});
