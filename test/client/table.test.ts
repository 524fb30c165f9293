import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandsMarkdown } from '../../src/client/commands/document.ts';
import { VERBS } from '../../src/client/commands/table.ts';
import { parseGlobals, parseVerb, UnknownVerbError } from '../../src/client/invocation.ts';
import { usageOf, verbHelp } from '../../src/client/usage.ts';
import { UsageError } from '../../src/client/verb.ts';

const parse = async (...words: readonly string[]) => {
  const { verb, args, globals, help } = await parseVerb(VERBS, words);
  return { verb: verb.name, ...args, ...(Object.keys(globals).length > 0 && { globals }), ...(help && { help }) };
};

describe('the table', () => {
  test('calls every verb by one name', () => {
    const names = VERBS.flatMap(verb => [verb.name, ...verb.aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(VERBS.map(verb => [verb.name, verb] as const))('%s loads, and its examples parse', async (_, verb) => {
    expect((await verb.load()).run).toBeTypeOf('function');
    for (const { line } of verb.examples) {
      const words = line
        .replace(/ [|>].*/, '')
        .replaceAll("'", '')
        .split(' ');
      expect((await parseVerb(VERBS, words)).verb).toBe(verb);
    }
    expect(verb.summary).toMatch(/^[a-z].*[^.]$/);
  });

  test('shows a usage and help', () => {
    const tail = VERBS.find(({ name }) => name === 'tail');
    expect(tail && usageOf(tail)).toBe('tail [-f] [-n <lines>] [-c <bytes>] [--stderr] [--raw] SEL...');
    for (const verb of VERBS)
      expect(
        Math.max(
          ...verbHelp(verb)
            .split('\n')
            .map(line => line.length),
        ),
      ).toBeLessThan(121);
  });

  test('is what docs/COMMANDS.md was printed from', () => {
    const docs = readFileSync(resolve(import.meta.dirname, '../../docs/COMMANDS.md'), 'utf8');
    expect(docs === commandsMarkdown(), 'docs/COMMANDS.md differs from the table: npm run generate').toBe(true);
  });
});

describe('parseVerb', () => {
  test.each([
    [['status'], { verb: 'status', words: [], options: {} }],
    [['status', 'web:*', '--json'], { verb: 'status', words: ['web:*'], options: {}, globals: { json: true } }],
    [['start', 'a', '--no-wait'], { verb: 'start', words: ['a'], options: { wait: false } }],
    [['start', 'a'], { verb: 'start', words: ['a'], options: { wait: true } }],
    [['tail', '-f', 'web'], { verb: 'tail', words: ['web'], options: { follow: true } }],
    [['tail', '-fn', '10', 'web'], { verb: 'tail', words: ['web'], options: { follow: true, lines: '10' } }],
    [['tail', '-1000', 'web', 'stderr'], { verb: 'tail', words: ['web', 'stderr'], options: { bytes: '1000' } }],
    [
      ['tail', '-c', '5', '--config', 'x', 'web'],
      { verb: 'tail', words: ['web'], options: { bytes: '5' }, globals: { config: 'x' } },
    ],
    [['tail', '-n', '-5', 'web'], { verb: 'tail', words: ['web'], options: { lines: '-5' } }],
    [['tail', '--', '-5'], { verb: 'tail', words: ['-5'], options: {} }],
    [['maintail', '-100'], { verb: 'log', words: [], options: { bytes: '100' } }],
    [['pid', '-s', 'x', '--no-color'], { verb: 'pid', words: [], options: {}, globals: { socket: 'x', color: false } }],
    [['send', 'w', '--', '-x', '--enter'], { verb: 'send', words: ['w', '-x', '--enter'], options: {} }],
    [['send', 'w', 'x', '--enter'], { verb: 'send', words: ['w', 'x'], options: { enter: true } }],
    [['start', '--help'], { verb: 'start', words: [], options: { wait: true }, help: true }],
  ])('%j', async (words, parsed) => {
    expect(await parse(...words)).toEqual(parsed);
  });

  test.each([
    [['start']],
    [['signal', 'HUP']],
    [['shutdown', 'now']],
    [['help', 'a', 'b']],
  ])('refuses %j', async words => {
    await expect(parse(...words)).rejects.toThrow(UsageError);
  });

  test('knows what it does not know', async () => {
    await expect(parse('strat')).rejects.toThrow(UnknownVerbError);
  });
});

test('parseGlobals leaves what follows the verb alone', async () => {
  expect(await parseGlobals(['-c', 'a.yaml', '--json', 'tail', '-c', '5', '--help'])).toEqual({
    globals: { config: 'a.yaml', json: true },
    help: false,
    readOnly: false,
    version: false,
    words: ['tail', '-c', '5', '--help'],
  });
  expect((await parseGlobals([])).words).toEqual([]);
});
