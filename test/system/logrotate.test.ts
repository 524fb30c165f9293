/** The real logrotate, both of its ways. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Bench } from '../support/built.ts';

const hasLogrotate = spawnSync('sh', ['-c', 'PATH=$PATH:/usr/sbin command -v logrotate']).status === 0;

const LINES = 300_000;
const FLOOD = `seq -f "line %.0f of a flood that logrotate looks at" 1 ${LINES}`;

/** Rotates now, whatever the size. */
function logrotate(bench: Bench, text: string): void {
  const config = join(bench.dir, 'logrotate.conf');
  writeFileSync(config, text, { mode: 0o644 });
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  execFileSync('logrotate', ['-f', '-s', join(bench.dir, 'logrotate.state'), config], { env });
}

describe.runIf(hasLogrotate)('logrotate (needs to be installed)', () => {
  test('with SIGUSR2, in the middle of a flood: nothing is lost or doubled, and no line is torn', async () => {
    const bench = new Bench(`
programs:
  flood: {cmd: '${FLOOD}', stdout: flood.log, starttime: 0, autorestart: never, autostart: false}
`);
    const daemon = await bench.start();
    const path = join(bench.dir, 'flood.log');
    await daemon.call('POST', '/v1/start', { select: ['flood'] });
    let rounds = 0;
    while (rounds < 5 || (await daemon.info('flood')).state === 'RUNNING') {
      logrotate(
        bench,
        `${path} {\n rotate 1000\n nocompress\n create\n postrotate\n kill -USR2 ${daemon.pid}\n endscript\n}\n`,
      );
      rounds++;
      const reopened = async (): Promise<number> =>
        (await daemon.events()).filter(({ type }) => type === 'log.reopened').length;
      while ((await reopened()) < rounds);
    }
    daemon.signal('SIGTERM');
    expect((await daemon.exited).code).toBe(0);
    const names = readdirSync(bench.dir).filter(name => name.startsWith('flood.log'));
    names.sort((a, b) => Number(b.slice(10) || 0) - Number(a.slice(10) || 0));
    const texts = names.map(name => readFileSync(join(bench.dir, name), 'latin1'));
    expect(texts.join('')).toBe(execFileSync('sh', ['-c', FLOOD], { maxBuffer: 1 << 30 }).toString('latin1'));
    expect(texts.filter(text => text !== '').length).toBeGreaterThan(1);
  });

  test('with copytruncate: what comes after stands at the begin of the file', async () => {
    const bench = new Bench(`
programs:
  echo: {cmd: "sh -c 'stty -echo; echo ready; while read line; do echo $line; done'", stdout: out.log, starttime: 0}
`);
    const daemon = await bench.start();
    await daemon.untilState('echo', 'RUNNING');
    const path = join(bench.dir, 'out.log');
    const say = async (text: string): Promise<void> => {
      await daemon.call('POST', '/v1/processes/echo/input', Buffer.from(`${text}\r`));
      while (!readFileSync(path, 'utf8').includes(`${text}\n`)) await new Promise(resolve => setImmediate(resolve));
    };
    // What is typed before the terminal stops to echo comes twice.
    while (!existsSync(path) || readFileSync(path, 'utf8') !== 'ready\n')
      await new Promise(resolve => setImmediate(resolve));
    await say('before');
    const { ino } = statSync(path);
    logrotate(bench, `${path} {\n rotate 3\n copytruncate\n}\n`);
    await say('after');
    expect(readFileSync(path, 'utf8')).toBe('after\n');
    expect([readFileSync(`${path}.1`, 'utf8'), statSync(path).ino]).toEqual(['ready\nbefore\n', ino]);
    expect((await daemon.events()).filter(({ type }) => String(type).startsWith('log.'))).toEqual([]);
  });
});
