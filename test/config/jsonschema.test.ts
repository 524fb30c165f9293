import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { jsonSchemaText } from '../../src/config/jsonschema.ts';
import { referenceText } from '../../src/config/reference.ts';
import { ROWS } from '../../src/config/schema.ts';
import { load } from './memory.ts';

const ROOT = join(import.meta.dirname, '../..');
const file = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** A validator that knows nothing of ours, as editors have one. */
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
const validate = ajv.compile(JSON.parse(file('config/taskmaster.schema.json')));

/** As an editor reads it: YAML 1.2, merge keys followed. */
function accepts(text: string): boolean {
  return validate(parse(text, { merge: true }));
}

test('generated files are what the code prints', () => {
  expect(file('config/taskmaster.schema.json')).toBe(jsonSchemaText());
  expect(file('docs/CONFIG.md')).toBe(referenceText());
});

test('the reference names every key', () => {
  const reference = referenceText();
  const keys = Object.values(ROWS).flatMap(rows => Object.keys(rows));
  for (const key of keys) expect(reference).toContain(`### ${key}\n`);
});

describe('the JSON Schema', () => {
  test.each(['config/demo.yaml', 'config/subject.yaml'])('accepts %s', path => {
    accepts(file(path));
    expect(validate.errors).toBeNull();
  });

  test.each([
    'umask: 022',
    'umask: "022"',
    'umask: 0o22',
    'exitcodes: 0',
    'exitcodes: [0, 2]',
    'env:',
    'env: {A: 1, B: true, C: }',
    'cmd: [a, 1]',
    'autorestart: true',
    'autorestart: never',
    'starttime: 0.5',
    'starttime: 500ms',
    'scrollback: 1MB',
    'stopsignal: TERM',
    'stopsignal: SIGUSR1',
    'stopsignal: 9',
    'user: 1000',
    'numprocs: ${N:-2}',
    'autostart: ${AUTO:-true}',
    'stdout: discard',
    'stderr: {file: x, maxsize: 1MB, backups: 0}',
    'stdout: {file: x, compress: true, mode: 0640, format: text, timestamps: true, prefix: 3}',
    'stdout: {file: x, format: json, timestamps: none}',
    'terminal: {cols: 80}',
  ])('and the loader accept %s', key => {
    const text = `programs:\n  web:\n    ${key}${key.startsWith('cmd') ? '' : '\n    cmd: x'}\n`;
    expect(load(text).diagnostics).toEqual([]);
    expect(accepts(text)).toBe(true);
  });

  test.each([
    'cmd: 42',
    'cmd: {a: b}',
    'cmd: []',
    'cmd:',
    'numprocs: many',
    'numprocs: 0',
    'numprocs: 1001',
    'numprocs: 1.5',
    'numprocs: "3"',
    'umask: rw',
    'umask: "8"',
    'umask: 1000',
    'workingdir: [a]',
    'workingdir: 3',
    'autostart: yes',
    'autostart: 1',
    'autorestart: {}',
    'autorestart: sometimes',
    'exitcodes: {a: 1}',
    'exitcodes: 256',
    'exitcodes: [0, -1]',
    'startretries: -3',
    'starttime: soon',
    'starttime: -1',
    'stopsignal: TREM',
    'stopsignal: [TERM]',
    'stoptime:',
    'stopasgroup: "true"',
    'leftovers: kil',
    'priority: high',
    'user: [a]',
    'env: [A=1]',
    'env: {A: [b]}',
    'env: {1A: b}',
    'env: {TASKMASTER_ID: x}',
    'env: {TASKMASTER_DAEMON: x}',
    'pidfile: true',
    'terminal: 80x24',
    'terminal: {cols: 1}',
    'terminal: {colums: 80}',
    'scrollback: lots',
    'shell: 1',
    'stdout: [a]',
    'stdout: {maxsize: 3}',
    'stdout: {file: x, compress: gzip}',
    'stdout: {file: x, format: xml}',
    'stdout: {file: x, timestamps: iso}',
    'nmuprocs: 3',
    'limits: {}',
  ])('and the loader refuse %s', key => {
    const text = `programs:\n  web:\n    ${key}${key.startsWith('cmd') ? '' : '\n    cmd: x'}\n`;
    expect(load(text).config).toBeUndefined();
    expect(accepts(text)).toBe(false);
  });

  test.each([
    'programs: [a]\n',
    'programs: {a: x}\n',
    'groups: [a]\n',
    'groups: {a: {}}\n',
    'daemon: x\n',
    'daemon: {socket: {mode: "9"}}\n',
    'include: 3\n',
    'unknown: 1\n',
    'defaults: {cmd: x}\n',
    'alerts: []\n',
  ])('and the loader refuse %s', text => {
    expect(load(text).config).toBeUndefined();
    expect(accepts(text)).toBe(false);
  });
});
