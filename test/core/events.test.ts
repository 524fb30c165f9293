/** Every event there is, is described for people: in the docs, in the daemon's log and by `taskmasterctl events`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventsMarkdown, eventsOf } from '../../scripts/events.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const CORE = join(ROOT, 'src/core');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const types = eventsOf(CORE).flatMap(({ types }) => types);

describe('every event', () => {
  test('is found in the type, whatever its form', () => {
    const quoted = [...read('src/core/events.ts').matchAll(/^ +readonly type: (.*);$/gm)].flatMap(([, all = '']) =>
      [...all.matchAll(/'([\w.]+)'/g)].map(([, type]) => type),
    );
    expect(types).toEqual(quoted);
    expect(new Set(types).size).toBe(types.length);
    expect(types.length).toBeGreaterThan(20);
  });

  test.each(types)('%s is in the docs, the log and the client', type => {
    expect(read('docs/EVENTS.md')).toMatch(new RegExp(`^### .*\`${type.replace('.', '\\.')}\``, 'm'));
    for (const file of ['src/daemon/narrator.ts', 'src/client/eventline.ts'])
      expect(read(file)).toContain(`case '${type}':`);
  });

  test('is in the docs as it is in the code', () => {
    expect(read('docs/EVENTS.md') === eventsMarkdown(CORE), 'docs/EVENTS.md drifted: npm run generate').toBe(true);
  });
});

describe('an event is refused', () => {
  const refusal = (member: string): string => {
    const dir = mkdtempSync(join(tmpdir(), 'tm-test-'));
    try {
      writeFileSync(join(dir, 'events.ts'), `export type HappeningBody =\n  | ${member};\n`);
      eventsOf(dir);
      return 'it was taken';
    } catch (error) {
      return String(error);
    } finally {
      rmSync(dir, { recursive: true });
    }
  };

  test.each([
    ['without a description', "{\n      readonly type: 'a.b';\n    }", /a\.b: it has no description/],
    [
      'with a field that nobody can guess',
      "{\n      /** It is. */\n      readonly type: 'a.b';\n      readonly x: string;\n    }",
      /a\.b: its field x has no comment/,
    ],
    ['without a type', '{\n      /** It is. */\n      readonly x: string;\n    }', /must begin with its type/],
    [
      'with a field on two lines',
      "{\n      /** It is. */\n      readonly type: 'a.b';\n      readonly x:\n        | string;\n    }",
      /cannot read this line/,
    ],
  ])('%s', (_, member, words) => {
    expect(refusal(member)).toMatch(words);
  });
});
