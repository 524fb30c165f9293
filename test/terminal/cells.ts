import type { Emulator } from '../../src/terminal/emulator.ts';

interface Cell {
  getChars(): string;
  getWidth(): number;
  getFgColorMode(): number;
  getFgColor(): number;
  getBgColorMode(): number;
  getBgColor(): number;
  isBold(): number;
  isDim(): number;
  isItalic(): number;
  isUnderline(): number;
  isBlink(): number;
  isInverse(): number;
  isInvisible(): number;
  isStrikethrough(): number;
  isOverline(): number;
}

interface Line {
  readonly isWrapped: boolean;
  getCell(x: number): Cell;
}

interface Inner {
  readonly cols: number;
  readonly rows: number;
  readonly buffer: {
    readonly active: {
      readonly type: string;
      readonly cursorX: number;
      readonly cursorY: number;
      readonly baseY: number;
      getLine(y: number): Line;
    };
  };
}

/** What an emulator shows, a row a string: wrapped or not, then each cell with all its attributes, then the cursor. */
export function cellsOf(emulator: Emulator): string[] {
  const { terminal } = emulator as unknown as { terminal: Inner }; // the tests look at what the class keeps to itself
  const screen = terminal.buffer.active;
  const rows: string[] = [];
  for (let y = 0; y < terminal.rows; y++) {
    const line = screen.getLine(screen.baseY + y);
    let row = line.isWrapped ? 'w ' : '  ';
    for (let x = 0; x < terminal.cols; x++) row += cell(line.getCell(x));
    rows.push(row);
  }
  rows.push(`${terminal.cols}×${terminal.rows} ${screen.type} ${screen.cursorX},${screen.cursorY}`);
  return rows;
}

function cell(one: Cell): string {
  const colours = [one.getFgColorMode(), one.getFgColor(), one.getBgColorMode(), one.getBgColor()];
  const flags = [
    ...[one.isBold(), one.isDim(), one.isItalic(), one.isUnderline(), one.isBlink()],
    ...[one.isInverse(), one.isInvisible(), one.isStrikethrough(), one.isOverline()],
  ];
  const look = flags.some(Boolean) || colours.some(n => n > 0) ? `{${colours}/${flags.map(Number)}}` : '';
  return `${one.getChars()}${one.getWidth() === 1 ? '' : `#${one.getWidth()}`}${look}|`;
}
