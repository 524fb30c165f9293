/** Program logs as files: what is in them after real programs wrote to real terminals under a real daemon. */
import { readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Bench, type RunningDaemon } from '../support/built.ts';

/** Lines of each of eight programs; ten times as many with SOAK=1. */
const LINES = process.env.SOAK ? 50_000 : 5000;

async function daemonWith(yaml: string): Promise<{ readonly bench: Bench; readonly daemon: RunningDaemon }> {
  const bench = new Bench(yaml);
  const daemon = await bench.start();
  return { bench, daemon };
}

const read = (bench: Bench, name: string): string => readFileSync(join(bench.dir, name), 'utf8');

/** Resolves once the file is there and what is in it is as wanted. */
async function untilFile(bench: Bench, name: string, isWanted: (text: string) => boolean): Promise<void> {
  const path = join(bench.dir, name);
  await new Promise<void>(resolve => {
    const look = (): void => {
      if (!readdirSync(bench.dir).includes(name) || !isWanted(readFileSync(path, 'utf8'))) return;
      watcher.close();
      resolve();
    };
    const watcher = watch(bench.dir, look);
    look();
  });
}

const ended = (daemon: RunningDaemon, ...names: readonly string[]): Promise<unknown> =>
  Promise.all(names.map(name => daemon.untilState(name, 'EXITED')));

/** The rotated files of a log and the log itself, in the order in which they were written. */
function allOf(bench: Bench, name: string): string {
  const numbers = readdirSync(bench.dir)
    .filter(file => file.startsWith(`${name}.`))
    .map(file => Number(file.slice(name.length + 1)))
    .sort((a, b) => b - a);
  return [...numbers.map(number => `${name}.${number}`), name].map(file => read(bench, file)).join('');
}

/** Prints so many lines of different lengths, each with its number and an end by which a torn one is known. */
const printer = (count: number): string =>
  `awk -v NAME="$process" 'BEGIN { for (i = 1; i <= ${count}; i++) printf "%s %d %s.\\n", NAME, i, substr("${'x'.repeat(90)}", 1, i % 90) }'`;

describe('formats', () => {
  test('raw is what the program wrote, byte by byte', async () => {
    const { bench, daemon } = await daemonWith(`
defaults: {autorestart: never, starttime: 0}
programs:
  a: {cmd: [printf, 'one\\n\\377\\376 \\033[1mtwo\\033[m\\tthree\\r\\n no end'], stdout: a.log}
`);
    await ended(daemon, 'a');
    await daemon.end();
    const expected = 'one\n\xff\xfe \x1b[1mtwo\x1b[m\tthree\r\n no end';
    expect(readFileSync(join(bench.dir, 'a.log')).toString('latin1')).toBe(expected);
  });

  test('a program that turned output processing off wrote its line ends itself', async () => {
    const { bench, daemon } = await daemonWith(`
defaults: {autorestart: never, starttime: 0}
programs:
  a: {cmd: 'stty -opost; printf "one\\ntwo\\r\\n"', shell: true, stdout: a.log}
`);
    await ended(daemon, 'a');
    await daemon.end();
    expect(read(bench, 'a.log')).toBe('one\ntwo\n');
  });

  test('text is what was visible: colours, bars, and the echo of what was typed', async () => {
    const bar = 'for i in 1 2 3 4 5; do printf "\\r[%s0%%]\\033[K" $i; done; printf "\\r\\033[32mdone\\033[m   \\n"';
    const { bench, daemon } = await daemonWith(`
defaults: {autorestart: never, starttime: 0}
programs:
  a: {cmd: '${bar}; printf "name? "; read -r name; echo "hello $name"', shell: true, stdout: {file: a.log, format: text, prefix: "\${process}: "}}
`);
    await untilFile(bench, 'a.log', text => text.endsWith('name? '));
    expect(bench.ctl(['send', 'a', 'mee\x7f', '--enter']).code).toBe(0);
    await ended(daemon, 'a');
    await daemon.end();
    expect(read(bench, 'a.log')).toBe('a: done\na: name? me\na: hello me\n');
  });

  test('JSON says when, who and which stream', async () => {
    const { bench, daemon } = await daemonWith(`
defaults: {autorestart: never, starttime: 0}
programs:
  a:
    cmd: 'echo "out \\"quoted\\""; printf "\\033[31merr\\033[m\\n" >&2; printf "no end"'
    shell: true
    stdout: {file: a.json, format: json}
    stderr: {file: b.json, format: json}
groups: {g: {programs: a}}
`);
    await ended(daemon, 'g:a');
    await daemon.end();
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const objects = (name: string): unknown[] =>
      read(bench, name)
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line));
    expect(objects('a.json')).toEqual([
      { time, process: 'g:a', stream: 'stdout', text: 'out "quoted"' },
      { time, process: 'g:a', stream: 'stdout', text: 'no end' },
    ]);
    expect(objects('b.json')).toEqual([{ time, process: 'g:a', stream: 'stderr', text: 'err' }]);
  });

  test('stamps are of when a line came, in UTC or with the offset of the place', async () => {
    const bench = new Bench(`
defaults: {autorestart: never, starttime: 0}
programs:
  a: {cmd: echo x, stdout: {file: a.log, timestamps: true}}
  b: {cmd: echo x, stdout: {file: b.log, timestamps: local}}
`);
    const before = Date.now();
    const daemon = await bench.start([], { TZ: 'Asia/Kathmandu' });
    await ended(daemon, 'a', 'b');
    await daemon.end();
    const [utc = '', local = ''] = ['a.log', 'b.log'].map(name => read(bench, name));
    expect(utc).toMatch(/^\S+Z x\n$/);
    expect(local).toMatch(/^\S+\+05:45 x\n$/);
    for (const line of [utc, local]) {
      const at = Date.parse(line.split(' ')[0] ?? '');
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(Date.now());
    }
  });
});

describe('one file for eight processes', () => {
  test.each(['raw', 'text', 'json'])('%s: each line whole, each once, in the order of its process', async format => {
    const { bench, daemon } = await daemonWith(`
defaults: {autorestart: never, starttime: 0}
programs:
  w: {cmd: '${printer(LINES).replaceAll("'", "''")}', shell: true, numprocs: 8, stdout: {file: w.log, format: ${format}, maxsize: 1MB, backups: 1000}}
`);
    const names = Array.from({ length: 8 }, (_, number) => `w_0${number}`);
    await ended(daemon, ...names.map(name => `w:${name}`));
    await daemon.end();
    const text = allOf(bench, 'w.log');
    expect(text.endsWith('\n')).toBe(true);
    const next = new Map(names.map(name => [name, 1]));
    for (const line of text.trimEnd().split('\n')) {
      const shown = format === 'json' ? JSON.parse(line).text : line;
      const [, name = '', number, rest = ''] = /^(w_0\d) (\d+) (x*)\.$/.exec(shown) ?? [];
      expect([shown, Number(number), rest.length]).toEqual([shown, next.get(name), Number(number) % 90]);
      next.set(name, Number(number) + 1);
    }
    expect([...next.values()]).toEqual(names.map(() => LINES + 1));
    expect(readdirSync(bench.dir).filter(name => name.startsWith('w.log.')).length).toBeGreaterThan(1);
  });
});

describe('what was read a second ago', () => {
  test('is in the file after SIGKILL of the daemon, without a line end too', async () => {
    const { bench, daemon } = await daemonWith(`
programs:
  a: {cmd: 'printf "one\\nunfinished"; exec sleep 1000', shell: true, numprocs: 2, stdout: "a\${num}.log"}
  t: {cmd: 'printf "one\\n\\033[1munfinished"; exec sleep 1000', shell: true, stdout: {file: t.log, format: text}}
  j: {cmd: 'printf "one\\nunfinished"; exec sleep 1000', shell: true, stdout: {file: j.log, format: json}}
  s: {cmd: 'printf "unfinished"; exec sleep 1000', shell: true, stdout: s.log}
  u: {cmd: 'exec sleep 1000', shell: true, stdout: s.log}
`);
    const whole = 'one\nunfinished';
    const wanted = { 'a00.log': whole, 'a01.log': whole, 't.log': whole, 's.log': 'unfinished' };
    for (const [name, text] of Object.entries(wanted)) await untilFile(bench, name, found => found === text);
    await untilFile(bench, 'j.log', text => text.includes('"unfinished"'));
    daemon.signal('SIGKILL');
    await daemon.exited;
    for (const [name, text] of Object.entries(wanted)) expect(read(bench, name)).toBe(text);
    const [, piece = ''] = read(bench, 'j.log').split('\n');
    expect(JSON.parse(piece)).toMatchObject({ text: 'unfinished', partial: true });
    await (await bench.start()).end(); // ends what the killed one left
  });
});

describe('a reload', () => {
  test('changes format, stamps and file of a life, and loses or doubles nothing', async () => {
    const config = (stdout: string): string => `
programs:
  a: {cmd: 'i=0; while i=$((i+1)); do echo "line $i"; done', shell: true, scrollback: 4KB, stdout: ${stdout}}
`;
    const { bench, daemon } = await daemonWith(config('a.log'));
    await untilFile(bench, 'a.log', text => text.length > 10_000);
    const { pid } = await daemon.info('a');
    const stages = [
      '{file: a.log, timestamps: utc, prefix: "> "}',
      '{file: a.log, format: text, compress: true, maxsize: 1GB}',
      '{file: a.log, format: json}',
      '{file: a.log, prefix: "< "}',
      '{file: b.log, format: text}',
    ];
    for (const stage of stages) {
      bench.write(config(stage));
      const { code, err } = bench.ctl(['reload']);
      expect([code, err]).toEqual([0, '']);
    }
    await untilFile(bench, 'b.log', text => text.length > 10_000);
    expect((await daemon.info('a')).pid).toBe(pid);
    expect(bench.ctl(['stop', 'a']).code).toBe(0);
    await daemon.end();
    const kinds = { raw: 0, stamped: 0, json: 0, prefixed: 0 };
    let seen = 0;
    let rest = '';
    // A change of format ends the line that it comes in; the rest of it is a line by itself.
    for (const line of [...read(bench, 'a.log').split('\n'), ...read(bench, 'b.log').split('\n')]) {
      const [, stamp, json, prefix, plain] =
        /^(\d\S+Z > )?(?:(\{.*\})|(< )?((?:line )?[ line\d]*))$/.exec(line) ?? expect.fail(`odd line: ${line}`);
      const shown = json === undefined ? plain : JSON.parse(json).text;
      kinds[stamp ? 'stamped' : json ? 'json' : prefix ? 'prefixed' : 'raw']++;
      rest += shown;
      const [, number] = /^line (\d+)$/.exec(rest) ?? [];
      if (Number(number) !== seen + 1) continue;
      seen++;
      rest = '';
    }
    expect(seen).toBeGreaterThan(1000);
    expect(Math.min(...Object.values(kinds))).toBeGreaterThan(0);
    expect(rest.length).toBeLessThan(20);
  });
});
