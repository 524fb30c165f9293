/** Output on its way into log files: formats, stamps, whole lines in shared files, and what is held back for how long. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProcessSpec } from '../../src/core/program.ts';
import { LogFiles } from '../../src/daemon/logfiles.ts';
import { Outlets } from '../../src/daemon/outlets.ts';
import type { Pty } from '../../src/daemon/pty.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeDisk } from '../support/fake-disk.ts';
import { type FileTarget, logTo, makeSpec } from '../support/spec.ts';
import { tempDir } from '../support/world.ts';

/** Lives of processes whose output goes to files, and time that stands still. */
class Desk {
  readonly clock = new FakeClock();
  readonly dir = tempDir();
  readonly path = join(this.dir, 'x.log');
  readonly disk = new FakeDisk();
  readonly logfiles = new LogFiles(this.clock, () => {}, { disk: this.disk });
  private readonly lives: Outlets[] = [];

  begin(name: string, changes: Partial<FileTarget> = {}, more: Partial<ProcessSpec> = {}): Outlets {
    const { logfiles, clock } = this;
    const outlets = new Outlets({ logfiles, clock }, this.spec(name, changes, more));
    this.lives.push(outlets);
    return outlets;
  }

  spec(name: string, changes: Partial<FileTarget> = {}, more: Partial<ProcessSpec> = {}): ProcessSpec {
    return makeSpec({ name, stdout: logTo(this.path, changes), ...more });
  }

  /** What is in the file so far. */
  async soFar(path = this.path): Promise<string> {
    const file = this.logfiles.open(logTo(path));
    await new Promise<void>(resolve => file.whenWritten(resolve));
    this.logfiles.release(path);
    return readFileSync(path, 'utf8');
  }

  /** All lives end. Resolves with what is in the file. */
  async text(path = this.path): Promise<string> {
    for (const outlets of this.lives) outlets[Symbol.dispose]();
    await this.logfiles.close();
    expect(this.clock.pending).toBe(0);
    return readFileSync(path, 'utf8');
  }
}

const say = (outlets: Outlets, ...chunks: readonly string[]): void => {
  for (const chunk of chunks) outlets.write('stdout', Buffer.from(chunk));
};

const objects = (text: string): unknown[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));

const TIME = '2026-01-01T00:00:00.000Z';

describe('raw', () => {
  test('is what the program wrote, invalid UTF-8 too', async () => {
    const desk = new Desk();
    const web = desk.begin('web');
    for (const byte of [0x61, 0xff, 0xfe, 0x0d, 0x0a, 0xc3, 0x1b, 0x5b, 0x6d, 0x0d]) {
      web.write('stdout', Uint8Array.of(byte));
    }
    await desk.text();
    expect([...readFileSync(desk.path)]).toEqual([0x61, 0xff, 0xfe, 0x0a, 0xc3, 0x1b, 0x5b, 0x6d, 0x0d]);
  });

  test('the only writer writes straight through', async () => {
    const desk = new Desk();
    say(desk.begin('web'), 'login: ');
    expect(await desk.soFar()).toBe('login: ');
    expect(await desk.text()).toBe('login: ');
  });

  test('stamps and prefixes stand at the beginning of each line, empty ones too', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { timestamps: 'utc', prefix: '[web] ' });
    say(web, 'one\r\n\r\ntw');
    desk.clock.advance(250);
    say(web, 'o\r\nthree');
    expect(await desk.text()).toBe(
      `${TIME} [web] one\n${TIME} [web] \n${TIME} [web] two\n2026-01-01T00:00:00.250Z [web] three`,
    );
  });

  test('a return that came last belongs to the last line, or is one of its own', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { prefix: '> ' });
    say(web, 'one\r');
    web.flush();
    say(web, '\r\n\r');
    expect(await desk.text()).toBe('> one\r\n> \r');
  });

  test('a prefix alone', async () => {
    const desk = new Desk();
    say(desk.begin('web', { prefix: '> ' }), 'a\r\nb\r\n');
    expect(await desk.text()).toBe('> a\n> b\n');
  });

  test('local time has its offset', async () => {
    const desk = new Desk();
    say(desk.begin('web', { timestamps: 'local' }), 'a\r\n');
    expect(await desk.text()).toMatch(/^202[56]-\d\d-\d\dT\d\d:\d\d:00\.000[+-]\d\d:\d\d a\n$/);
  });
});

describe('text', () => {
  test('is what was visible', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { format: 'text', timestamps: 'utc' });
    say(web, '\x1b[32mok\x1b[m\r\n 1%\r', '99%\r100%\r\n\r\nend');
    expect(await desk.text()).toBe(`${TIME} ok\n${TIME} 100%\n${TIME} \n${TIME} end`);
  });

  test('an unfinished line is written within a second, and then only the rest of it', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { format: 'text', prefix: '| ' });
    say(web, 'login: ');
    expect(await desk.soFar()).toBe('');
    desk.clock.advance(1000);
    expect(await desk.soFar()).toBe('| login: ');
    say(web, 'me');
    desk.clock.advance(1000);
    expect(await desk.soFar()).toBe('| login: me');
    say(web, '!\r\nnext\r\n');
    expect(await desk.text()).toBe('| login: me!\n| next\n');
  });

  test('one of which ever more comes is written meanwhile', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { format: 'text' });
    for (let dots = 0; dots < 20; dots++) {
      say(web, '.');
      desk.clock.advance(100);
      expect((await desk.soFar()).length).toBeGreaterThan(dots - 10);
    }
    expect(await desk.text()).toBe('.'.repeat(20));
  });

  test('one that no longer begins so is written anew', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { format: 'text' });
    say(web, 'loading');
    desk.clock.advance(1000);
    say(web, '\rloaded \r\n');
    expect(await desk.text()).toBe('loading\nloaded\n');
  });

  test.each([
    ['text', '.'.repeat(20)],
    ['json', '.'.repeat(20)],
  ] as const)('%s: so is one that was redrawn once, and only grows since', async (format, all) => {
    const desk = new Desk();
    const web = desk.begin('web', { format });
    say(web, 'x\b');
    for (let dots = 0; dots < 20; dots++) {
      say(web, '.');
      desk.clock.advance(100);
      expect((await desk.soFar()).replace(/[^.]/g, '').length).toBeGreaterThan(dots - 10);
    }
    expect((await desk.text()).replace(/"time":"[^"]*"|[^.]/g, '')).toBe(all);
  });

  test('a line that is being redrawn is written once it rests', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { format: 'text' });
    for (let percent = 0; percent < 50; percent++) {
      say(web, `\r${percent}%`);
      desk.clock.advance(300);
    }
    expect(await desk.soFar()).toBe('');
    desk.clock.advance(1000);
    expect(await desk.soFar()).toBe('49%');
    say(web, '\r50%\r\n');
    expect(await desk.text()).toBe('49%\n50%\n');
  });

  test('after the end of a life it begins a line', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { format: 'text' });
    say(web, 'no end');
    web.flush();
    say(web, 'left over\r\n');
    expect(await desk.text()).toBe('no end\nleft over\n');
  });
});

describe('JSON', () => {
  test('one object a line', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { format: 'json' }, { fullname: 'site:web' });
    say(web, 'a "quoted" \\ line\r\n\x1b[1mbold\x1b[m\tä\u0001\r\n\r\n');
    const line = { time: TIME, process: 'site:web', stream: 'stdout' };
    expect(objects(await desk.text())).toEqual([
      { ...line, text: 'a "quoted" \\ line' },
      { ...line, text: 'bold\tä' },
      { ...line, text: '' },
    ]);
  });

  test('stderr says so, in the same file', async () => {
    const desk = new Desk();
    const path = join(desk.dir, 'err.log');
    const web = desk.begin('web', { format: 'json' }, { stderr: logTo(path, { format: 'json' }) });
    web.write('stderr', Buffer.from('oops\r\n'));
    await desk.text();
    expect(objects(readFileSync(path, 'utf8'))).toEqual([
      { time: TIME, process: 'web', stream: 'stderr', text: 'oops' },
    ]);
  });

  test('what is no UTF-8 is replaced', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { format: 'json' });
    web.write('stdout', Buffer.from([0x61, 0xff, 0x62, 0x0d, 0x0a]));
    expect(objects(await desk.text())).toMatchObject([{ text: 'a\ufffdb' }]);
  });

  test('a line that does not end comes in pieces', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { format: 'json' });
    say(web, 'login: ');
    desk.clock.advance(1000);
    say(web, 'me\r\nPassword: ');
    desk.clock.advance(1000);
    say(web, '\rdenied    \r\nbye');
    const [first, second, third, fourth, fifth, ...more] = objects(await desk.text());
    expect(first).toMatchObject({ text: 'login: ', partial: true });
    expect(second).toEqual({ time: '2026-01-01T00:00:00.000Z', process: 'web', stream: 'stdout', text: 'me' });
    expect(third).toMatchObject({ text: 'Password: ', partial: true });
    expect(fourth).toMatchObject({ text: 'denied', redrawn: true });
    expect(fifth).toEqual({ time: '2026-01-01T00:00:02.000Z', process: 'web', stream: 'stdout', text: 'bye' });
    expect(more).toEqual([]);
  });

  test('so does one that is too long', async () => {
    const desk = new Desk();
    const line = 'ä"'.repeat(60_000);
    say(desk.begin('web', { format: 'json' }), `${line}\r\n`);
    const pieces = objects(await desk.text()) as { text: string; partial?: true }[]; // as written above
    expect(pieces.map(({ partial }) => partial)).toEqual([true, true, undefined]);
    expect(pieces.map(({ text }) => text).join('')).toBe(line);
  });
});

describe('a shared file', () => {
  test.each(['raw', 'text'] as const)('%s: lines do not mix, however they arrive', async format => {
    const desk = new Desk();
    const [web, api] = [desk.begin('web', { format }), desk.begin('api', { format })];
    say(web, 'web on');
    say(api, 'api ');
    say(web, 'e\r\nweb two\r', '\nweb thr');
    say(api, 'one\r\n');
    say(web, 'ee\r\n');
    expect(await desk.text()).toBe('web one\nweb two\napi one\nweb three\n');
  });

  test('an unfinished line is written within a second; who comes next begins another', async () => {
    const desk = new Desk();
    const [web, api] = [desk.begin('web', { prefix: 'w ' }), desk.begin('api')];
    say(web, 'login: ');
    expect(await desk.soFar()).toBe('');
    desk.clock.advance(1000);
    expect(await desk.soFar()).toBe('w login: ');
    say(api, 'hello\r\n');
    say(web, 'me\r\n');
    expect(await desk.text()).toBe('w login: \nhello\nw me\n');
  });

  test('where nobody came between, it goes on', async () => {
    const desk = new Desk();
    const [web, api] = [desk.begin('web', { prefix: 'w ' }), desk.begin('api')];
    say(web, 'login: ');
    desk.clock.advance(1000);
    say(web, 'me\r\n');
    say(api, 'hello\r\n');
    expect(await desk.text()).toBe('w login: me\nhello\n');
  });

  test('text: a line of which others wrote between', async () => {
    const desk = new Desk();
    const [web, api] = [desk.begin('web', { format: 'text' }), desk.begin('api')];
    say(web, 'one');
    desk.clock.advance(1000);
    say(api, 'hello\r\n');
    say(web, '\r\ntwo');
    desk.clock.advance(1000);
    say(api, 'hello\r\n');
    say(web, '\rTWO\r\n');
    expect(await desk.text()).toBe('one\nhello\ntwo\nhello\nTWO\n');
  });

  test('two streams of one process keep apart, unless they are one', async () => {
    const desk = new Desk();
    const err = join(desk.dir, 'err.log');
    const web = desk.begin('web', {}, { stderr: logTo(err) });
    const api = desk.begin('api', { path: err });
    say(web, 'out');
    web.write('stderr', Buffer.from('err'));
    say(api, 'api\r\n');
    await desk.text();
    expect(readFileSync(desk.path, 'utf8')).toBe('out');
    expect(readFileSync(err, 'utf8')).toBe('api\nerr');
  });

  test('one stream that both name is the only writer', async () => {
    const desk = new Desk();
    const web = desk.begin('web', {}, { stderr: logTo(desk.path) });
    say(web, 'no end');
    expect(await desk.soFar()).toBe('no end');
    expect(await desk.text()).toBe('no end');
  });

  test('the next life begins a line, and what is left of the former one another', async () => {
    const desk = new Desk();
    const old = desk.begin('web');
    say(old, 'old');
    old.flush();
    const next = desk.begin('web');
    say(next, 'next\r\n');
    say(old, 'er\r\n');
    expect(await desk.text()).toBe('old\nnext\ner\n');
  });

  test('what stood in the file before has its line ended', async () => {
    const desk = new Desk();
    writeFileSync(desk.path, 'torn');
    say(desk.begin('web'), 'new\r\n');
    expect(await desk.text()).toBe('torn\nnew\n');
  });

  test('a line without an end is written at 64 KiB', async () => {
    const desk = new Desk();
    const [web] = [desk.begin('web'), desk.begin('api')];
    const chunk = 'x'.repeat(1024);
    for (let i = 0; i < 65; i++) say(web, chunk);
    expect((await desk.soFar()).length).toBeGreaterThanOrEqual(65_536);
    expect((await desk.text()).length).toBe(65 * 1024);
  });

  test('a process that joins or leaves: nothing is lost or doubled', async () => {
    const desk = new Desk();
    const web = desk.begin('web');
    say(web, 'a');
    const api = desk.begin('api');
    say(web, 'b\r\nc');
    say(api, 'A\r\nB');
    api[Symbol.dispose]();
    say(web, 'd\r\n');
    expect(await desk.text()).toBe('ab\nA\nB\ncd\n');
  });

  test('no line of anybody is torn, lost or doubled', async () => {
    const event = fc.record({
      who: fc.constantFrom(0, 1, 2),
      what: fc.array(fc.constantFrom('a', 'b', '.', '\r\n'), { minLength: 1, maxLength: 6 }),
      wait: fc.constantFrom(0, 0, 0, 300, 600),
    });
    const formats = fc.constantFrom('raw', 'text', 'json', 'raw with prefix');
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(formats, formats, formats),
        fc.array(event, { maxLength: 40 }),
        async (kinds, events) => {
          const desk = new Desk();
          const lives = kinds.map((kind, i) => {
            const format = kind === 'raw with prefix' ? 'raw' : (kind as FileTarget['format']); // as listed above
            return desk.begin(`p${i}`, { format, prefix: format === 'json' ? '' : `${i}|` });
          });
          const said = ['', '', ''];
          for (const { who, what, wait } of events) {
            const text = what.join('');
            said[who] += text;
            say(lives[who] as Outlets, text); // three of them
            desk.clock.advance(wait);
          }
          const lines = (await desk.text()).split('\n');
          const heard = ['', '', ''];
          for (const line of lines) {
            if (line === '') continue;
            if (line.startsWith('{')) {
              const { process, text } = JSON.parse(line);
              heard[Number(process.slice(1))] += text;
            } else {
              expect(line).toMatch(/^\d\|[ab.]*$/);
              heard[Number(line[0])] += line.slice(2);
            }
          }
          expect(heard).toEqual(said.map(text => text.replaceAll('\r\n', '')));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a reload', () => {
  test('other stamps and another prefix hold from the next line on', async () => {
    const desk = new Desk();
    const web = desk.begin('web');
    say(web, 'one\r\ntw');
    web.redirect(desk.spec('web', { prefix: '> ' }));
    say(web, 'o\r\nthree\r\n');
    expect(await desk.text()).toBe('one\ntwo\n> three\n');
  });

  test('another format begins a line', async () => {
    const desk = new Desk();
    const web = desk.begin('web');
    say(web, 'one\r\ntw');
    web.redirect(desk.spec('web', { format: 'json' }));
    say(web, 'o\r\n');
    web.redirect(desk.spec('web', { format: 'text' }));
    say(web, '\x1b[mthree\r\n');
    const json = `{"time":"${TIME}","process":"web","stream":"stdout","text":"o"}`;
    expect(await desk.text()).toBe(`one\ntw\n${json}\nthree\n`);
  });

  test('another file gets what is still to come of a line', async () => {
    const desk = new Desk();
    const other = join(desk.dir, 'other.log');
    const web = desk.begin('web', { format: 'text' });
    say(web, 'one \x1b[3');
    web.redirect(desk.spec('web', { format: 'text', path: other, prefix: '> ' }));
    say(web, '1mtwo\x1b[m\r\n');
    await desk.text();
    expect(readFileSync(desk.path, 'utf8')).toBe('one ');
    expect(readFileSync(other, 'utf8')).toBe('> two\n');
  });

  test('another name shows in JSON', async () => {
    const desk = new Desk();
    const web = desk.begin('web', { format: 'json' });
    const renamed = desk.spec('site', { format: 'json' });
    expect(web.isFor(renamed)).toBe(false);
    web.redirect(renamed);
    expect(web.isFor(renamed)).toBe(true);
    say(web, 'x\r\n');
    expect(objects(await desk.text())).toMatchObject([{ process: 'site' }]);
  });

  test('when one file cannot be opened, all stays as it was', async () => {
    const desk = new Desk();
    const web = desk.begin('web');
    const changes = { stdout: logTo(join(desk.dir, 'y.log')), stderr: logTo(desk.dir) };
    expect(() => web.redirect(desk.spec('web', {}, changes))).toThrow(/is a directory/);
    say(web, 'still here\r\n');
    expect(await desk.text()).toBe('still here\n');
  });

  test('a file that was opened for nothing is closed again', async () => {
    const desk = new Desk();
    const other = join(desk.dir, 'y.log');
    const web = desk.begin('web');
    const changes = { stdout: logTo(other), stderr: logTo(desk.dir) };
    expect(() => web.redirect(desk.spec('web', {}, changes))).toThrow(/is a directory/);
    expect(desk.logfiles.open(logTo(other)).isShared).toBe(false);
    desk.logfiles.release(other);
    await desk.text();
  });

  test('the terminal is held up by the file that it feeds, and by no other', async () => {
    const desk = new Desk();
    const web = desk.begin('web');
    const holding = new Set<object>();
    const pty: Pick<Pty, 'setPaused'> = {
      setPaused: (by, isPaused) => void (isPaused ? holding.add(by) : holding.delete(by)),
    };
    web.attach(pty as Pty); // all that outlets use of it
    desk.disk.hold();
    const flood = `${'x'.repeat(2 ** 20)}\n`;
    say(web, flood);
    expect(holding.size).toBe(1);
    const other = join(desk.dir, 'other.log');
    web.redirect(desk.spec('web', { path: other }));
    expect(holding.size).toBe(0);
    say(web, flood);
    expect(holding.size).toBe(1);
    desk.disk.release();
    expect(await desk.soFar(other)).toBe(flood);
    expect(holding.size).toBe(0);
    expect(await desk.text()).toBe(flood);
  });

  test('a stream that gets a file, and loses it', async () => {
    const desk = new Desk();
    const web = desk.begin('web', {}, { stdout: { kind: 'none' } });
    say(web, 'nowhere\r\n');
    web.redirect(desk.spec('web'));
    say(web, 'here\r\n');
    web.redirect(desk.spec('web', {}, { stdout: { kind: 'discard' } }));
    say(web, 'nowhere\r\n');
    expect(await desk.text()).toBe('here\n');
  });
});
