import { createRequire } from 'node:module';
import type { Size } from '../../../src/client/attach/size.ts';

/** The cells of a terminal with the widths of Unicode 6, where emoji take one column: xterm.js as it is by itself. */
export function unicode6Cells({ cols, rows }: Size, bytes: string): string[][] {
  const { Terminal } = createRequire(import.meta.url)('@xterm/headless') as typeof import('@xterm/headless'); // its types are these
  const terminal = new Terminal({ cols, rows, allowProposedApi: true, logLevel: 'off' });
  if (terminal.unicode.activeVersion !== '6') throw new Error('xterm.js has another table by itself');
  (terminal as unknown as { _core: { writeSync: (data: string) => void } })._core.writeSync(bytes); // not in its types
  const { active } = terminal.buffer;
  const cells = Array.from({ length: rows }, (_, y) => {
    const line = active.getLine(y);
    return Array.from({ length: cols }, (_, x) => line?.getCell(x)?.getChars() || ' ');
  });
  terminal.dispose();
  return cells;
}
