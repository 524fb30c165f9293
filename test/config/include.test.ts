import { describe, expect, test } from 'vitest';
import { complaints, load, MAIN, processes } from './memory.ts';

const program = (name: string, keys = ''): string => `programs: {${name}: {cmd: run, ${keys}}}\n`;

describe('include', () => {
  test('reads the files a pattern matches, in the order of their names', () => {
    const files = {
      [MAIN]: `include: [conf.d/*.yaml, other.yaml]\n${program('main')}`,
      '/etc/tm/conf.d/b.yaml': program('b'),
      '/etc/tm/conf.d/a.yaml': program('a'),
      '/etc/tm/conf.d/.hidden.yaml': program('hidden'),
      '/etc/tm/conf.d/a.yml': program('yml'),
      '/etc/tm/other.yaml': program('other'),
    };
    expect(processes(files).map(spec => spec.name)).toEqual(['main', 'a', 'b', 'other']);
    expect(load(files).config?.files).toEqual([
      MAIN,
      '/etc/tm/conf.d/a.yaml',
      '/etc/tm/conf.d/b.yaml',
      '/etc/tm/other.yaml',
    ]);
  });

  test('takes one text, and variables', () => {
    const files = { [MAIN]: 'include: ${here}/${host}/*.yaml\n', '/etc/tm/box/a.yaml': program('a') };
    expect(processes(files).map(spec => spec.name)).toEqual(['a']);
  });

  test('reads a file once that two patterns match', () => {
    const files = { [MAIN]: 'include: [a.yaml, "*.y?ml", "[ab].yaml"]\n', '/etc/tm/a.yaml': program('a') };
    // `*.y?ml` would match main.yaml itself too.
    expect(complaints(files)).toContain('the include goes round in a circle: main.yaml → main.yaml');
    expect(processes({ ...files, [MAIN]: 'include: [a.yaml, "[ab].yaml"]\n' }).length).toBe(1);
  });

  test('has paths and `here` relative to the file they stand in, defaults included', () => {
    const files = {
      [MAIN]: `
include: sub/*.yaml
defaults: {workingdir: work, env: {FROM: "\${here}"}, stdout: "\${program}.log"}
`,
      '/etc/tm/sub/a.yaml': program('a', 'stderr: a.err, pidfile: "${here}/a.pid", env: {OWN: "${here}"}'),
    };
    expect(processes(files)[0]).toMatchObject({
      workingdir: '/etc/tm/work',
      stdout: { path: '/etc/tm/a.log' },
      stderr: { path: '/etc/tm/sub/a.err' },
      pidfile: '/etc/tm/sub/a.pid',
      env: { FROM: '/etc/tm', OWN: '/etc/tm/sub' },
    });
  });

  test('hands defaults down, and takes none back up', () => {
    const files = {
      [MAIN]: `include: [a.yaml, b.yaml]\ndefaults: {starttime: 1, stoptime: 1, priority: 1}\n${program('main')}`,
      '/etc/tm/a.yaml': `include: a2.yaml\ndefaults: {stoptime: 2}\n${program('a', 'priority: 3')}`,
      '/etc/tm/a2.yaml': `defaults: {starttime: 4}\n${program('a2')}`,
      '/etc/tm/b.yaml': program('b'),
    };
    const times = processes(files).map(({ name, starttime, stoptime, priority }) => [
      name,
      starttime,
      stoptime,
      priority,
    ]);
    expect(times).toEqual([
      ['main', 1000, 1000, 1],
      ['a', 1000, 2000, 3],
      ['a2', 4000, 2000, 1],
      ['b', 1000, 1000, 1],
    ]);
  });

  test('lets groups of any file hold programs of any file', () => {
    const files = {
      [MAIN]: `include: a.yaml\n${program('main')}`,
      '/etc/tm/a.yaml': `groups: {g: {programs: [main, a]}}\n${program('a')}`,
    };
    expect(processes(files).map(spec => spec.fullname)).toEqual(['g:main', 'g:a']);
  });

  test('that matches nothing is a warning, with the nearest name', () => {
    const files = { [MAIN]: `include: [conf.d/*.yaml, othr.yaml]\n${program('a')}`, '/etc/tm/other.yaml': '' };
    expect(load(files).config?.processes.length).toBe(1);
    expect(complaints(files)).toBe(`\
main.yaml:1:11: warning: the include \`conf.d/*.yaml\` matches no file
    include: [conf.d/*.yaml, othr.yaml]
              ^
main.yaml:1:26: warning: the include \`othr.yaml\` matches no file
    include: [conf.d/*.yaml, othr.yaml]
                             ^
  hint: did you mean \`other.yaml\`?
`);
  });

  test('that goes round in a circle names the circle', () => {
    const files = {
      [MAIN]: 'include: a.yaml\n',
      '/etc/tm/a.yaml': `include: sub/b.yaml\n${program('a')}`,
      '/etc/tm/sub/b.yaml': 'include: ../a.yaml\n',
    };
    expect(complaints(files)).toBe(`\
sub/b.yaml:1:10: error: the include goes round in a circle: a.yaml → b.yaml → a.yaml
    include: ../a.yaml
             ^
`);
  });

  test('that never ends is cut off', () => {
    const files: Record<string, string> = { [MAIN]: 'include: f0.yaml\n' };
    for (let i = 0; i < 30; i++) files[`/etc/tm/f${i}.yaml`] = `include: f${i + 1}.yaml\n`;
    expect(complaints(files)).toContain('f14.yaml:1:10: error: too many includes: at most 16 deep');
  });

  test('of one file by two others', () => {
    const files = {
      [MAIN]: 'include: [a.yaml, b.yaml]\n',
      '/etc/tm/a.yaml': 'include: c.yaml\n',
      '/etc/tm/b.yaml': 'include: c.yaml\n',
      '/etc/tm/c.yaml': program('c'),
    };
    expect(complaints(files)).toContain('b.yaml:1:10: error: /etc/tm/c.yaml is included already, by /etc/tm/a.yaml:1');
  });

  test('of two files with one program names both places', () => {
    const files = {
      [MAIN]: `include: a.yaml\n${program('web')}`,
      '/etc/tm/a.yaml': `# another\n${program('web')}`,
    };
    expect(complaints(files)).toBe(`\
a.yaml:2:12: error: the program \`web\` is defined already, in /etc/tm/main.yaml:2
    programs: {web: {cmd: run, }}
               ^
`);
  });

  test('of two files with one group names both places', () => {
    const files = {
      [MAIN]: `include: a.yaml\ngroups: {g: {programs: web}}\n${program('web')}`,
      '/etc/tm/a.yaml': `groups: {g: {programs: a}}\n${program('a')}`,
    };
    expect(complaints(files)).toContain('error: the group `g` is defined already, in /etc/tm/main.yaml:2');
  });

  test('of a daemon section is refused', () => {
    const files = { [MAIN]: `include: a.yaml\n${program('web')}`, '/etc/tm/a.yaml': 'daemon: {log: x}\n' };
    expect(complaints(files)).toBe(`\
a.yaml:1:1: error: \`daemon\` can stand in the main file only
    daemon: {log: x}
    ^
  hint: move it to /etc/tm/main.yaml
`);
  });

  test('reports the mistakes of every file, file by file', () => {
    const files = {
      [MAIN]: `include: [b.yaml, a.yaml]\nprograms: {m: {cmd: x, umask: 022}}\ngroups: {g: {programs: none}}\n`,
      '/etc/tm/a.yaml': 'programs: {a: {cmd: x, numprocs: 0}}\n',
      '/etc/tm/b.yaml': 'programs: {b: {cmd: "oops}}\n',
    };
    const places = load(files).diagnostics.map(({ file, line, column }) => `${file}:${line}:${column}`);
    expect(places).toEqual(['/etc/tm/main.yaml:3:24', '/etc/tm/b.yaml:1:21', '/etc/tm/a.yaml:1:34']);
  });
});
