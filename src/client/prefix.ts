import { LineSplitter } from './lines.ts';
import { type Paint, prefixPaint } from './palette.ts';
import { SgrOnly } from './sgr.ts';

/** Ends colours that a line left on, so that they do not run into the next name. */
const RESET = '\x1b[0m';

/**
 * Puts `name | ` before every line of one stream, so that the lines of several can be told apart. Lines come out whole;
 * the terminal's `\r\n` becomes `\n`. For a terminal only colours are kept, and of a line that was overwritten
 * (a progress bar) the last text.
 */
export class Prefixer {
  private readonly splitter = new LineSplitter();
  private readonly filter: SgrOnly | undefined;
  private readonly prefix: string;

  constructor(
    name: string,
    options: { readonly width: number; readonly terminal: boolean; readonly paint: Paint | undefined },
  ) {
    const label = `${name.padEnd(options.width)} |`;
    this.prefix = `${options.paint === undefined ? label : options.paint(label)} `;
    this.filter = options.terminal ? new SgrOnly() : undefined;
  }

  /** Takes the next bytes and gives the lines that they complete, each with its prefix and its `\n`; may be empty. */
  push(bytes: Uint8Array): string {
    return this.splitter
      .push(bytes)
      .map(line => this.format(line))
      .join('');
  }

  /** The stream has ended: the line that it left open, if any. */
  end(): string {
    return this.splitter
      .end()
      .map(line => this.format(line))
      .join('');
  }

  private format(line: string): string {
    const text = line.replace(/\r+$/, '');
    if (this.filter === undefined) return `${this.prefix}${text}\n`;
    const shown = this.filter.push(text.slice(text.lastIndexOf('\r') + 1));
    return `${this.prefix}${shown}${shown.includes('\x1b') ? RESET : ''}\n`;
  }
}

/** One prefixer a name, with prefixes of one width and, where colour is wanted, a colour by the name alone. */
export function prefixersFor(
  names: readonly string[],
  options: { readonly terminal: boolean; readonly color: boolean },
): Map<string, Prefixer> {
  const width = Math.max(...names.map(name => name.length));
  return new Map(
    names.map(name => {
      const paint = options.color ? prefixPaint(name) : undefined;
      return [name, new Prefixer(name, { width, terminal: options.terminal, paint })];
    }),
  );
}
