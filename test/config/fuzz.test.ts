/** Whatever a file holds, it is answered: with a config, or with mistakes that lie in it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDiagnostics } from '../../src/config/diagnostic.ts';
import { load, MAIN } from './memory.ts';

const DEMO = readFileSync(join(import.meta.dirname, '../../config/demo.yaml'), 'utf8');
const RUNS = process.env.SOAK === undefined ? 300 : 20_000;

function check(text: string): void {
  const { config, diagnostics } = load(text);
  expect(config === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
  const lines = text.replace(/^\ufeff/, '').split('\n');
  for (const diagnostic of diagnostics) {
    expect(diagnostic.file).toBe(MAIN);
    if (diagnostic.line === 0) continue;
    // What could be a secret is asterisks.
    const line = [...(lines[diagnostic.line - 1] ?? '').replace(/\r$/, '')];
    const shown = [...diagnostic.text];
    expect(shown.map((char, i) => (char === '*' ? line[i] : char)).join('')).toBe(line.join(''));
    expect(diagnostic.column).toBeGreaterThan(0);
    expect(diagnostic.column).toBeLessThanOrEqual(diagnostic.text.length + 2);
  }
  formatDiagnostics(diagnostics, { color: true });
}

test('any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), check), { numRuns: RUNS });
});

test('a config with pieces taken out and put in', () => {
  const piece = fc.constantFrom(
    '',
    ' ',
    '\t',
    '\n',
    ':',
    '{',
    '}',
    '[',
    '"',
    "'",
    '*a',
    '&a ',
    '<<: *a',
    '${',
    '}',
    '|',
    '-',
    '# ',
    '0',
    '!x ',
  );
  const edit = fc.tuple(fc.nat(DEMO.length), fc.nat(12), piece);
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), edits => {
      check(edits.reduce((text, [at, gone, put]) => text.slice(0, at) + put + text.slice(at + gone), DEMO));
    }),
    { numRuns: RUNS },
  );
});
