import { SgrOnly } from '../sgr.ts';

/** Characters of a line that are shown of a command's output; a program may print megabytes without a line's end. */
const LONGEST = 4096;

/** Blanks to the next stop of a tab: pages know no tabs. */
const TAB_STOP = 8;

/** Cuts what a command prints into lines that a page can show: colours stay, whatever else a terminal would act on goes. */
export class OutputLines {
  private readonly filter = new SgrOnly();
  private rest = '';

  /** The lines that this piece completes. */
  push(piece: string): string[] {
    const lines = (this.rest + this.filter.push(piece)).split('\n');
    this.rest = (lines.pop() ?? '').slice(0, LONGEST);
    return lines.map(shown);
  }

  /** The line that was left open, if any. */
  end(): string[] {
    const { rest } = this;
    this.rest = '';
    return rest.replace(/\x1b\[[\d;:]*m/g, '') === '' ? [] : [shown(rest)];
  }
}

function shown(line: string): string {
  let column = 0;
  let text = '';
  for (const char of line.slice(0, LONGEST)) {
    if (char !== '\t') {
      text += char;
      column++;
      continue;
    }
    const blanks = TAB_STOP - (column % TAB_STOP);
    text += ' '.repeat(blanks);
    column += blanks;
  }
  return text;
}
