import { expect, test } from 'vitest';
import { describeConfig } from '../../src/config/describe.ts';
import { load } from './memory.ts';

function described(text: string): string {
  const { config } = load(text);
  return config === undefined ? 'no config' : describeConfig(config, { color: false });
}

test('lists what would run, in the order of its start', () => {
  expect(
    described(`
groups: {back: {programs: [db, api], priority: 5}}
programs:
  web: {cmd: "nginx -g 'daemon off;'", numprocs: 2, user: www:adm, autorestart: always}
  api: {cmd: [node, "two words"], env: {SECRET: hunter2}}
  db: {cmd: pg, priority: 1, exitcodes: [0, 2]}
  job: {cmd: "a | b", shell: true, autostart: false, autorestart: never, exitcodes: []}
`),
  ).toBe(`\
process     user     start            restart               command
back:db     -        with the daemon  unless it exits 0, 2  pg
back:api    -        with the daemon  unless it exits 0     node 'two words'
job         -        by hand          never                 /bin/sh -c 'a | b'
web:web_00  www:adm  with the daemon  always                nginx -g 'daemon off;'
web:web_01  www:adm  with the daemon  always                nginx -g 'daemon off;'

/etc/tm/main.yaml: 5 processes of 4 programs, 4 started with the daemon
`);
});

test('shows no value of a variable, and one line a process', () => {
  const printed = described('programs: {a: {cmd: "x\\e[2J", env: {SECRET: hunter2}}, b: {cmd: "a\\nb", shell: true}}');
  expect(printed).not.toContain('hunter2');
  expect(printed).not.toContain('\x1b');
  expect(printed).toContain("'a⏎b'");
});

test('says so when nothing would run', () => {
  expect(described('programs: {}\n')).toBe('/etc/tm/main.yaml: 0 processes of 0 programs, 0 started with the daemon\n');
});
