import { isErrno } from '../../runtime/errno.ts';
import { type Host, hostWith, type Sink } from '../host.ts';
import { withoutInterrupts } from '../interrupts.ts';
import { linesOf } from '../lines.ts';
import { EXIT } from '../verb.ts';
import type { ShellConsole, ShellOptions } from './shelloptions.ts';
import { ShellSession } from './shellsession.ts';

/** What commands leave in for a terminal: colours, and erasing in a line. */
const SEQUENCE = /\x1b\[[\d;:]*[mK]/g;

/**
 * The shell on a terminal that cannot place its cursor (TERM=dumb: an editor's, a teletype): the terminal itself edits the
 * line, no escape sequence is printed, and what is to be told comes between two commands.
 */
export class PlainShell {
  private readonly host: Host;
  private readonly options: ShellOptions;
  private readonly lines: AsyncGenerator<string>;
  private told = '';
  private isAtRowStart = true;

  constructor(host: Host, options: ShellOptions) {
    this.host = hostWith(host, { output: this.plain(host.output), error: this.plain(host.error) });
    this.options = { ...options, globals: { color: false, ...options.globals } };
    this.lines = linesOf(host.input.bytes());
  }

  async run(): Promise<number> {
    using _interrupts = withoutInterrupts(); // the second of two in a row finds nobody who listens any more
    using session = new ShellSession(this.host, this.options, {
      above: text => {
        this.told += text;
      },
      changed: () => {},
    });
    await session.start();
    for (;;) {
      await this.tell();
      const line = await this.ask(session.prompt);
      await this.tell();
      if (line !== undefined) {
        using _newline = this.host.onInterrupt(() => void this.host.output.write('\n')); // behind the terminal's ^C
        await session.run(line);
        if (!session.isLeaving) continue;
      }
      session.isLeaving = false;
      if ((await this.options.leaving?.(this.console)) !== 'stay') break;
      if (line === undefined) break; // there is nobody to stay for
    }
    await this.lines.return(undefined);
    return EXIT.done;
  }

  private async tell(): Promise<void> {
    const told = this.told;
    this.told = '';
    if (told !== '') await this.host.output.write(told);
  }

  /** One line; undefined at the end. Ctrl-C asks again. */
  private async ask(prompt: string): Promise<string | undefined> {
    const { output } = this.host;
    await output.write(`${this.isAtRowStart ? '' : '\n'}${prompt}`);
    this.isAtRowStart = true; // as Enter is behind it
    let interrupt: Disposable | undefined;
    const listen = (): void => {
      interrupt?.[Symbol.dispose]();
      interrupt = this.host.onInterrupt(() => {
        void output.write(`\n${prompt}`);
        listen();
      });
    };
    listen();
    const line = await this.nextLine();
    interrupt?.[Symbol.dispose]();
    if (line === undefined) await output.write('\n');
    return line;
  }

  /** A terminal that was closed has no more lines. */
  private async nextLine(): Promise<string | undefined> {
    try {
      const { value, done } = await this.lines.next();
      return done === true ? undefined : value;
    } catch (error) {
      if (isErrno(error, 'EIO')) return undefined;
      throw error;
    }
  }

  private get console(): ShellConsole {
    const say = (line: string): void => void this.host.output.write(`${line}\n`);
    return { ask: question => this.ask(question), say };
  }

  /** The same stream without escape sequences, of which whole ones come in a piece each; `tail` for a terminal keeps colours. */
  private plain(sink: Sink): Sink {
    return {
      get isTerminal() {
        return sink.isTerminal;
      },
      onGone: listener => sink.onGone(listener),
      write: data => {
        const text = typeof data === 'string' ? data.replace(SEQUENCE, '') : data;
        if (text.length > 0) this.isAtRowStart = text.at(-1) === '\n' || text.at(-1) === 0x0a;
        return sink.write(text);
      },
    };
  }
}
