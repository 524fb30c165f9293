/** `detach` and `screen`: what they ask the daemon and what they print. */
import { describe, expect, test } from 'vitest';
import { bytes, ctl, FakeDaemon, fail, json } from './support.ts';

describe('detach', () => {
  test.each([
    [0, 'web: nobody was attached\n'],
    [1, 'web: detached 1 viewer\n'],
    [3, 'web: detached 3 viewers\n'],
  ])('says that %d were', async (detached, out) => {
    const daemon = await FakeDaemon.listen();
    daemon.on('detach', json({ detached }));
    expect(await ctl(daemon, ['detach', 'web'])).toEqual({ code: 0, out, err: '' });
    expect(daemon.asked.map(({ route, name }) => [route, name])).toEqual([['detach', 'web']]);
    expect(JSON.parse((await ctl(daemon, ['detach', 'web', '--json'])).out)).toEqual({ detached });
  });

  test('tells of a process that there is not', async () => {
    const daemon = await FakeDaemon.listen();
    daemon.on('detach', fail('no_such_process', 'no such process: web'));
    expect(await ctl(daemon, ['detach', 'web'])).toEqual({ code: 1, out: '', err: 'no such process: web\n' });
  });
});

describe('screen', () => {
  test.each([
    [['screen', 'web'], { format: 'text' }],
    [['screen', '--ansi', '--scrollback', '50', 'web:web_00'], { format: 'ansi', scrollback: '50' }],
    [['screen', '--json', 'web'], { format: 'json' }],
  ])('%j', async (words, query) => {
    const daemon = await FakeDaemon.listen();
    daemon.on('screen', bytes('what it shows\n'));
    expect(await ctl(daemon, words)).toEqual({ code: 0, out: 'what it shows\n', err: '' });
    expect(daemon.asked.map(asked => [asked.name, Object.fromEntries(asked.query)])).toEqual([[words.at(-1), query]]);
  });

  test('takes one way to print it', async () => {
    const daemon = await FakeDaemon.listen();
    expect(await ctl(daemon, ['screen', '--ansi', '--json', 'web'])).toMatchObject({ code: 2, out: '' });
    expect((await ctl(daemon, ['screen', '--scrollback', 'all', 'web'])).err).toContain('--scrollback takes a whole');
  });
});
