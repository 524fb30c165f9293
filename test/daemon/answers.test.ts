import { describe, expect, test } from 'vitest';
import { Answers } from '../../src/daemon/answers.ts';
import { FakeClock } from '../support/fake-clock.ts';

const driver = { name: 'driver' };
const stranger = { name: 'stranger' };

function scene(asked: object | undefined = driver) {
  const clock = new FakeClock();
  const typed: string[] = [];
  const answers = new Answers(clock, bytes => typed.push(Buffer.from(bytes).toString()));
  const question = {
    fallback: 'default',
    ask: () => asked,
    isAnsweredBy: (reply: Uint8Array) => Buffer.from(reply).toString() === 'real',
  };
  return { clock, typed, answers, question };
}

describe('answers', () => {
  test('what the daemon knows is typed at once', () => {
    const { typed, answers } = scene();
    answers.answer('one');
    answers.answer('two');
    expect(typed).toEqual(['one', 'two']);
  });

  test('nobody drives: the default at once', () => {
    const { typed, answers, question } = scene(undefined);
    const nobody = { ...question, ask: () => undefined };
    answers.askDriver(nobody);
    expect(typed).toEqual(['default']);
  });

  test('the driver is asked, and what was asked behind it waits: programs take a later answer for the end', () => {
    const { typed, answers, question } = scene();
    answers.askDriver(question);
    answers.answer('after');
    expect(typed).toEqual([]);
    answers.offer(driver, Buffer.from('real'));
    expect(typed).toEqual(['real', 'after']);
  });

  test('a terminal that answers the second question alone: both answers come in their order', () => {
    const { clock, typed, answers, question } = scene();
    answers.askDriver({ ...question, isAnsweredBy: () => false });
    answers.askDriver(question);
    answers.offer(driver, Buffer.from('real'));
    expect(typed).toEqual([]);
    clock.advance(200);
    expect(typed).toEqual(['default', 'real']);
  });

  test('after 200 ms the default is given, and a late reply is dropped', () => {
    const { clock, typed, answers, question } = scene();
    answers.askDriver(question);
    answers.answer('after');
    clock.advance(200);
    answers.offer(driver, Buffer.from('real'));
    expect(typed).toEqual(['default', 'after']);
  });

  test('replies of others, and to what was not asked, are dropped', () => {
    const { clock, typed, answers, question } = scene();
    answers.offer(driver, Buffer.from('real'));
    answers.askDriver(question);
    answers.offer(stranger, Buffer.from('real'));
    answers.offer(driver, Buffer.from('something else'));
    clock.advance(200);
    expect(typed).toEqual(['default']);
  });

  test('many questions that were put together and that nobody answers cost 200 ms, not 200 ms each', () => {
    const { clock, typed, answers, question } = scene();
    for (let asked = 0; asked < 100; asked++) answers.askDriver(question);
    answers.answer('after');
    clock.advance(199);
    expect(typed).toEqual([]);
    clock.advance(1);
    expect(typed).toHaveLength(101);
    expect(typed.at(-1)).toBe('after');
  });

  test('a program that asks without end and reads nothing has 256 questions out', () => {
    const { clock, typed, answers, question } = scene();
    for (let asked = 0; asked < 1000; asked++) answers.askDriver(question);
    for (let waited = 0; waited < 1000; waited++) clock.advance(200);
    expect(typed).toHaveLength(256);
  });
});
