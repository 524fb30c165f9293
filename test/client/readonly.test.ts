import { describe, expect, test } from 'vitest';
import { COMMAND_VERBS, SHELL_VERBS, VERBS } from '../../src/client/commands/table.ts';
import { parseVerb } from '../../src/client/invocation.ts';
import { isChange, refusal } from '../../src/client/readonly.ts';

describe('what --read-only refuses', () => {
  test.each([
    ['status', false],
    ['start web', true],
    ['update', true],
    ['reload --dry-run', false],
    ['reread', false],
    ['fg web', true],
    ['attach --read-only web', false],
    ['alert', false],
    ['alert list', false],
    ['alert test mail', true],
    ['send web text', true],
    ['detach web', true],
    ['clear web', true],
    ['shutdown', true],
    ['tail -f web', false],
  ])('%s: %s', async (line, changes) => {
    const { verb, args } = await parseVerb(VERBS, line.split(' '));
    expect(isChange(verb, args)).toBe(changes);
  });

  test('says so, and what works', () => {
    const told = (name: string) => VERBS.filter(verb => verb.name === name).map(refusal);
    expect(told('stop')).toEqual(['stop is refused: this is read-only']);
    expect(told('attach')).toEqual(['attach is refused: this is read-only; `attach --read-only` works']);
    expect(told('alert')).toEqual(['alert is refused: this is read-only; `alert list` works']);
  });
});

test('shells know verbs that the command line does not, and the other way round', () => {
  const names = (verbs: typeof VERBS) => verbs.map(({ name }) => name);
  expect(names(COMMAND_VERBS).filter(name => !names(SHELL_VERBS).includes(name))).toEqual(['shell', 'completion']);
  expect(names(SHELL_VERBS).filter(name => !names(COMMAND_VERBS).includes(name))).toEqual([
    'open',
    'history',
    'alias',
    'unalias',
    'exit',
  ]);
});
