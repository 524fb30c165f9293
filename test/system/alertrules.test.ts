/** What the built daemon tells, and how much of it, as a hook gets it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configHash } from '../../src/config/paths.ts';
import type { AlertMessage } from '../../src/core/alert.ts';
import { Bench } from '../support/built.ts';
import { type Arrivals, type Posted, startHttpServer } from '../support/servers.ts';

/** As a hook gets it. */
type Told = AlertMessage & { readonly text: string };

async function hook(): Promise<{ readonly url: string; told(count: number): Promise<readonly Told[]> }> {
  const { url, posted } = await startHttpServer(response => response.end('thanks'));
  return { url, told: async count => bodiesOf(posted, count) };
}

async function bodiesOf(posted: Arrivals<Posted>, count: number): Promise<readonly Told[]> {
  return (await posted.until(count)).map(({ body }) => JSON.parse(body));
}

const SECRET = 'hunter2';

describe('what is told', () => {
  test('of a crash loop: the first end, the loop with what was held back, and what it printed', async () => {
    const { url, told } = await hook();
    const bench = new Bench(`
defaults: {starttime: 0}
programs:
  loopy: {cmd: "sh -c 'echo out of ducks; exit 3'"}
  quiet: {cmd: sleep 1000}
alerts:
  hook: {http: "${url}", on: [unexpected, crashloop], programs: loopy, every: 1h, crashloop: {ends: 3, within: 1m}}
`);
    const daemon = await bench.start();
    const [first, loop] = await told(2);
    expect(first).toMatchObject({
      condition: 'unexpected',
      alert: 'hook',
      program: 'loopy',
      process: 'loopy',
      screen: ['out of ducks'],
      details: ['It is started again.'],
      ended: { code: 3, signal: null },
      look: `taskmasterctl -c ${bench.config} attach loopy`,
    });
    expect(first?.text).toMatch(/^\[.*\] loopy exited with 3 after 0\.\d+ s$/);
    expect(loop).toMatchObject({
      condition: 'crashloop',
      summary: 'loopy ended 3 times within 1 min: it is in a crash loop',
      screen: [expect.stringContaining('started again'), 'out of ducks'],
      heldBack: 1,
    });
    // What is held back is told at the end.
    await daemon.end();
    const last = (await told(3)).at(-1);
    expect(last).toMatchObject({
      condition: 'unexpected',
      details: [expect.anything(), 'It is STOPPED now.', expect.anything()],
    });
    expect(last?.summary).toMatch(/^loopy ended unexpectedly (?:once more|\d+ more times)$/);
  });

  test('of lines of output', async () => {
    const { url, told } = await hook();
    const bench = new Bench(`
programs:
  web: {cmd: [sh, -c, 'printf "fine\\n\\033[1;31mPANIC\\033[m: no ducks\\n"; exec sleep 1000']}
alerts:
  lines: {http: "${url}", output: {match: "/panic: \\\\w+/i"}}
`);
    await bench.start();
    expect((await told(1))[0]).toMatchObject({
      condition: 'output',
      summary: 'web printed: PANIC: no ducks',
      screen: ['fine', 'PANIC: no ducks'],
    });
  });

  test('of who stopped it, and not of its restart', async () => {
    const { url, told } = await hook();
    const bench = new Bench(`
programs: {web: {cmd: sleep 1000, starttime: 0}}
alerts: {hook: {http: "${url}", on: [stopped, unexpected]}}
`);
    const daemon = await bench.start();
    await daemon.untilState('web', 'RUNNING');
    for (const verb of ['restart', 'stop']) await daemon.call('POST', `/v1/${verb}`, { select: ['web'], wait: true });
    const all = await told(1);
    expect(all.map(({ summary }) => summary)).toEqual(['web was stopped by someone']);
  });
});

describe('an alarm', () => {
  test('is answered by the next daemon, though this one was killed', async () => {
    const { url, told } = await hook();
    const yaml = (cmd: string): string => `
programs: {web: {cmd: ${cmd}, starttime: 0.05, startretries: 0}}
alerts: {hook: {http: "${url}", on: [fatal, recovered]}}
`;
    const bench = new Bench(yaml('"false"'));
    const first = await bench.start();
    const [alarm] = await told(1);
    await first.untilEvent(event => event.type === 'alert.delivered');
    await untilKept(bench, alarm?.id ?? '');
    first.signal('SIGKILL');
    await first.exited;
    bench.write(yaml('sleep 1000'));
    await bench.start();
    const recovery = (await told(2))[1];
    expect(recovery).toMatchObject({ condition: 'recovered', endsAlarm: alarm?.id, endsSummary: alarm?.summary });
    expect(recovery?.id).not.toBe(alarm?.id);
  });
});

/** Resolves once the daemon has written down that this alarm is open, and that nothing is to be delivered any more. */
async function untilKept(bench: Bench, id: string): Promise<void> {
  const path = join(bench.dir, 'state/taskmaster', configHash(bench.config), 'alerts.json');
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '{}';
    const { messages = [id], alarms = [] } = JSON.parse(text);
    if (messages.length === 0 && JSON.stringify(alarms).includes(id)) return;
    await new Promise(resolve => setImmediate(resolve));
  }
}

describe('a reload', () => {
  test('is shown, refused and told without a secret; the next good one ends the alarm', async () => {
    const { url, told } = await hook();
    const yaml = (secret: string, more = ''): string => `
programs: {web: {cmd: sleep 1000}}
alerts:
  hook: {http: {url: "${url}/${secret}", headers: {X-Key: ${secret}}, secret: ${secret}}, on: [reloadfailed, recovered]}
${more}`;
    const bench = new Bench(yaml('first'));
    const daemon = await bench.start();
    bench.write(yaml(SECRET, '  sys: {syslog: local, on: all}\n'));
    const preview = bench.ctl(['reload', '--dry-run']);
    expect(preview.out.replace(/\d{4,}/, 'PORT').replace(/ +/g, ' ')).toMatchInlineSnapshot(`
      "taskmasterd applied now alerts.hook.http.url: http://localhost:PORT/(hidden) -> (changed)
      taskmasterd applied now alerts.hook.http.headers: {X-Key: (hidden)} -> (changed)
      taskmasterd applied now alerts.hook.http.secret: (hidden) -> (changed)
      taskmasterd applied now alerts.sys: (none) -> syslog to local, daemon, on unexpected, fatal, crashloop, recovered, stopped, started, reloadfailed, logtrouble
      0 would change, 1 not; this was a dry run
      "
    `);
    bench.write(yaml(SECRET, `  bad: {http: {url: "${url}/${SECRET}", secrte: ${SECRET}}, on: fatal}\n`));
    const refused = bench.ctl(['reload']);
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain('unknown key `secrte`');
    const checked = bench.taskmasterd(['--check', '-c', bench.config]);
    const [alarm] = await told(1);
    expect(alarm).toMatchObject({ condition: 'reloadfailed', program: null, screen: [] });
    bench.write(yaml(SECRET));
    expect(bench.ctl(['reload']).code).toBe(0);
    expect((await told(2))[1]).toMatchObject({ condition: 'recovered', endsAlarm: alarm?.id });
    const status = await Promise.all(
      ['/v1/alerts', '/v1/daemon', '/v1/processes'].map(path => daemon.call('GET', path)),
    );
    const seen = [preview, refused, checked, await daemon.events(), bench.log, status, await told(2)];
    expect(JSON.stringify(seen)).not.toContain(SECRET);
    writeFileSync(bench.config, `${yaml(SECRET)}  : {[`);
    expect(JSON.stringify([bench.ctl(['reload']), bench.taskmasterd(['--check', '-c', bench.config])])).not.toContain(
      SECRET,
    );
  });
});
