import { expect, test } from 'vitest';
import { type Diagnostic, formatDiagnostics } from '../../src/config/diagnostic.ts';

function diagnostic(text: string, column: number, more: Partial<Diagnostic> = {}): Diagnostic {
  return { severity: 'error', message: 'wrong', file: '/srv/tm.yaml', line: 3, column, text, ...more };
}

/** The character above the caret. */
function pointedAt(text: string, column: number): string {
  const [, line = '', caret = ''] = formatDiagnostics([diagnostic(text, column)], { color: false }).split('\n');
  return line.charAt(caret.indexOf('^'));
}

test('names the place, shows the line and points at the column', () => {
  expect(formatDiagnostics([diagnostic('  a: b', 6, { hint: 'one\ntwo' })], { color: false })).toBe(
    '/srv/tm.yaml:3:6: error: wrong\n      a: b\n         ^\n  hint: one\n  hint: two\n',
  );
});

test('names files below the working directory relative to it', () => {
  const at = (cwd: string): string =>
    formatDiagnostics([diagnostic('a', 1)], { color: false, cwd }).split(' ')[0] ?? '';
  expect(at('/srv')).toBe('tm.yaml:3:1:');
  expect(at('/')).toBe('srv/tm.yaml:3:1:');
  expect(at('/home')).toBe('/srv/tm.yaml:3:1:');
});

test('has no line to show for a file as a whole', () => {
  expect(formatDiagnostics([diagnostic('', 0, { line: 0 })], { color: false })).toBe('/srv/tm.yaml: error: wrong\n');
  expect(formatDiagnostics([], { color: true })).toBe('');
});

test('brings the caret below the character whatever stands before it', () => {
  expect(formatDiagnostics([diagnostic('\ta:\tb', 5)], { color: false })).toContain('    \ta:\tb\n    \t  \t^\n');
  expect(formatDiagnostics([diagnostic('漢字: é x', 7)], { color: false })).toContain('    漢字: é x\n            ^\n');
  // One character, two units, two columns; and a mark that takes none.
  expect(formatDiagnostics([diagnostic('😀: x', 5)], { color: false })).toContain('\n        ^\n');
  expect(formatDiagnostics([diagnostic('e\u0301: x', 5)], { color: false })).toContain('\n       ^\n');
});

test('cuts long lines around the caret', () => {
  const text = `${'a'.repeat(500)}X${'b'.repeat(500)}`;
  expect(pointedAt(text, 501)).toBe('X');
  const line = formatDiagnostics([diagnostic(text, 501)], { color: false }).split('\n')[1] ?? '';
  expect(line.length).toBeLessThan(180);
});

test('lets no control character through', () => {
  const printed = formatDiagnostics(
    [diagnostic('a\x1b[2J\u202eb', 1, { message: 'bad \x1b[31m', file: '/x\x07', hint: '\x9b' })],
    { color: false },
  );
  expect(printed).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
});

test('is coloured on request', () => {
  const printed = formatDiagnostics([diagnostic('a', 1), diagnostic('a', 1, { severity: 'warning' })], { color: true });
  expect(printed).toContain('\x1b[31merror:\x1b[0m wrong');
  expect(printed).toContain('\x1b[33mwarning:\x1b[0m wrong');
});
