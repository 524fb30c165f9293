import { expect, test } from 'vitest';
import { typedBytes } from '../../../src/client/dashboard/typedbytes.ts';
import { KeyReader } from '../../../src/client/line/keyreader.ts';
import type { PaneKeyboard } from '../../../src/terminal/pane.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** What a program with such a keyboard is sent for what the dashboard's terminal sent. */
function sent(typed: string, keyboard?: PaneKeyboard): string {
  let out = '';
  using reader = new KeyReader(new FakeClock(), input => {
    out += Buffer.from(typedBytes(input, keyboard)).toString();
  });
  reader.feed(Buffer.from(typed));
  return out;
}

test.each([
  ['arrows in application mode', '\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F', '\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF'],
  ['keys with modifiers, and others', '\x1b[1;5Ca\x1b[5~\x1bOP\rä', '\x1b[1;5Ca\x1b[5~\x1bOP\rä'],
])('%s', (_, typed, expected) => {
  expect(sent(typed, { application: true })).toBe(expected);
  expect(sent(typed)).toBe(typed);
});

test('a paste stands between marks for who asked for them, and for nobody else', () => {
  const pasted = '\x1b[200~two\nlines\x1b[201~';
  expect(sent(pasted, { pasteMarks: true })).toBe(pasted);
  expect(sent(pasted)).toBe('two\nlines');
});
