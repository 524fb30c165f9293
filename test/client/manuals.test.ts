/** docs/man: that the pages say what the table says, and that two formatters have nothing to say about them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { roffOf } from '../../scripts/man.mjs';
import { manuals } from '../../scripts/manuals.mjs';
import { VERBS } from '../../src/client/commands/table.ts';
import { BOTH_OPTIONS, DAEMON_OPTIONS } from '../../src/core/daemonoptions.ts';
import { tempDir } from './support.ts';

const src = resolve(import.meta.dirname, '../../src');
const pages = await manuals(file => import(join(src, file.replace(/\.js$/, '.ts'))));

const isInstalled = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some(dir => existsSync(join(dir, name)));

describe('roffOf', () => {
  test.each([
    ['## Exit codes\n\nThey are `x`.', ['.SH "EXIT CODES"', 'They are \\fBx\\fR.']],
    ['One.\nTwo: three\n\n.four', ['.PP', 'One.', 'Two:', 'three', '.PP', '\\&.four']],
    ['- `-n, --lines <n>`: so many', ['.TP', '\\fB\\-n, \\-\\-lines \\fIn\\fB\\fR', 'so many']],
    ['- **a** [b](c.md)\n  d', ['.IP \\(bu 2', '\\fBa\\fR b d']],
    ['| code | meaning |\n| --- | --- |\n| 0 | `a\\b` |', ['.TP', '\\fB0\\fR', '\\fBa\\eb\\fR']],
    ['```sh\n.x | "y"\n```', ['.PP', '.in +4n', '.nf', '\\&.x | \\(dqy\\(dq', '.fi', '.in']],
    ['é → <!-- not\nthis -->', ['.PP', '\\[u00E9] \\[u2192]']],
  ])('%j', (markdown, lines) => {
    expect(roffOf(markdown)).toEqual(lines);
  });
});

describe('the pages', () => {
  test('are those that package.json installs', () => {
    const { man } = JSON.parse(readFileSync(join(src, '../package.json'), 'utf8'));
    expect(pages.map(({ path }) => path)).toEqual(man);
  });

  test('know every verb and every option', () => {
    const text = (name: string): string =>
      pages.find(({ path }) => path.endsWith(name))?.text.replaceAll('\\-', '-') ?? '';
    for (const { name } of VERBS) expect(text('taskmasterctl.1')).toMatch(new RegExp(`^\\.SS "${name}[" ]`, 'm'));
    for (const { flags } of DAEMON_OPTIONS) expect(text('taskmasterd.8')).toContain(flags.replace(/ <.*/, ''));
    for (const { flags } of BOTH_OPTIONS) expect(text('taskmaster.1')).toContain(flags.replace(/ <.*/, ''));
    expect(text('taskmaster.yaml.5')).toContain('.SS "stopsignal"');
  });

  test("the daemon's options are those that it reads and tells of", () => {
    const cli = readFileSync(join(src, 'daemon/cli.ts'), 'utf8');
    const usage = cli.slice(cli.indexOf('const USAGE'), cli.indexOf('SIGHUP reads'));
    const told = [...usage.matchAll(/^ .*?(--[\w-]+)/gm)].map(([, flag]) => flag);
    expect(told).toEqual(DAEMON_OPTIONS.map(({ flags }) => /--[\w-]+/.exec(flags)?.[0]));
  });

  const formatters: readonly [string, readonly string[]][] = [
    ['mandoc', ['-Tlint', '-Wwarning']],
    ['man', ['--warnings', '-E', 'UTF-8', '-Tutf8', '-Z', '-l']],
  ];
  for (const [name, args] of formatters) {
    test.skipIf(!isInstalled(name))(`${name} has nothing to say (skipped where it is not installed)`, () => {
      const dir = tempDir();
      for (const { path, text } of pages) {
        const file = join(dir, path.slice('docs/man/'.length));
        writeFileSync(file, text);
        const { stdout, stderr } = spawnSync(name, [...args, file], { encoding: 'utf8' });
        // A page without a date is the same whenever it is printed.
        const said = `${name === 'mandoc' ? stdout : ''}${stderr}`
          .split('\n')
          .filter(line => !/missing date|^$/.test(line));
        expect(said).toEqual([]);
      }
    });
  }
});
