import { realClock } from '../../runtime/clock.ts';
import { type HandledSignal, SIGNAL_NUMBERS } from '../attach/terminal.ts';
import { type Host, hostWith, type Sink } from '../host.ts';
import type { Input } from '../line/key.ts';
import { EXIT } from '../verb.ts';
import { type HoldListener, TerminalHold } from './hold.ts';
import { Prompt } from './prompt.ts';
import type { ShellConsole, ShellOptions } from './shelloptions.ts';
import { ShellSession } from './shellsession.ts';

/** Shells add this to the number of a signal. */
const SIGNAL_BASE = 128;

/** The shell on a terminal that can place its cursor. */
export class FullShell implements HoldListener {
  private readonly host: Host;
  private readonly options: ShellOptions;
  private readonly interrupts = new Set<() => void>();
  private readonly goners = new Set<() => void>();
  private hold: TerminalHold | undefined;
  private prompt: Prompt | undefined;
  /** Set when it is over, whatever is being typed or run. */
  private code: number | undefined;
  private isSuspended = false;

  constructor(host: Host, options: ShellOptions) {
    this.host = host;
    this.options = options;
  }

  async run(): Promise<number> {
    const hold = new TerminalHold(await this.host.terminal(), realClock, this);
    const prompt = new Prompt(hold);
    [this.hold, this.prompt] = [hold, prompt];
    using session = new ShellSession(this.hostFor(hold), this.options, {
      above: text => prompt.above(text),
      changed: () => prompt.refresh(),
    });
    await hold.take();
    try {
      await session.start();
      await this.converse(session, hold, prompt);
    } finally {
      await hold.release();
    }
    return this.code ?? EXIT.done;
  }

  // What comes from the terminal.

  input(input: Input): void {
    const { prompt } = this;
    if (prompt === undefined) return;
    const held = input.type === 'key' && input.key.ctrl && !input.key.meta ? input.key.name : '';
    if (held === 'z') this.suspend();
    else if (!prompt.isReading && (held === 'c' || held === '\\')) this.interrupt();
    else prompt.input(input);
  }

  inputEnded(): void {
    this.prompt?.inputEnded();
  }

  resized(): void {
    this.prompt?.refresh();
  }

  signal(name: HandledSignal): void {
    switch (name) {
      case 'SIGINT':
        this.input({ type: 'key', key: CTRL_C, bytes: new Uint8Array(0) });
        break;
      case 'SIGTSTP':
        this.suspend();
        break;
      case 'SIGCONT':
        this.suspend({ isContinued: true }); // stopped by SIGSTOP, which nobody can hear of before
        break;
      default:
        this.end(SIGNAL_BASE + SIGNAL_NUMBERS[name]);
    }
  }

  gone(): void {
    this.end(EXIT.hungUp);
  }

  takeAhead(): readonly Uint8Array[] {
    return this.prompt?.forget() ?? [];
  }

  farewell(): string {
    return this.prompt?.farewell ?? '';
  }

  private async converse(session: ShellSession, hold: TerminalHold, prompt: Prompt): Promise<void> {
    while (this.code === undefined) {
      const answer = await prompt.read({
        prompt: () => session.prompt,
        history: session.history.entries(),
        complete: line => session.complete(line),
        color: session.color,
      });
      if (answer.kind === 'cancelled') continue;
      if (answer.kind === 'line') {
        await session.run(answer.text);
        if (!session.isLeaving) continue;
      }
      session.isLeaving = false;
      if (this.code !== undefined) return;
      if ((await this.options.leaving?.(consoleOf(hold, prompt))) !== 'stay') return;
    }
  }

  private interrupt(): void {
    this.prompt?.forget();
    this.hold?.abandon();
    void this.hold?.print('^C\n');
    for (const listener of [...this.interrupts]) listener();
  }

  /** Whatever happens now ends by itself or is given up. */
  private end(code: number): void {
    this.code ??= code;
    for (const listener of [...this.interrupts, ...this.goners]) listener();
    this.prompt?.end();
  }

  /** Gives the terminal to the shell that we were started by, until it continues us, which it may have done already. */
  private suspend({ isContinued = false } = {}): void {
    const { hold, prompt } = this;
    if (hold === undefined || prompt === undefined || this.isSuspended) return;
    this.isSuspended = true;
    prompt.hide();
    void hold.suspend({ isContinued }).then(() => {
      this.isSuspended = false;
      prompt.showAgain();
    });
  }

  /** The process as commands of the shell see it. */
  private hostFor(hold: TerminalHold): Host {
    const sink: Sink = {
      isTerminal: true,
      write: data => hold.print(data),
      onGone: listener => listening(this.goners, listener),
    };
    return hostWith(this.host, {
      output: sink,
      error: sink,
      onInterrupt: listener => listening(this.interrupts, listener),
      terminal: async () => hold.lend(),
    });
  }
}

const CTRL_C = { name: 'c', text: '', ctrl: true, meta: false, shift: false } as const;

function listening(listeners: Set<() => void>, listener: () => void): Disposable {
  const own = (): void => listener();
  listeners.add(own);
  return { [Symbol.dispose]: () => void listeners.delete(own) };
}

function consoleOf(hold: TerminalHold, prompt: Prompt): ShellConsole {
  return {
    async ask(question) {
      const answer = await prompt.read({ prompt: () => question, history: [], color: false });
      return answer.kind === 'line' ? answer.text : undefined;
    },
    say: line => void hold.print(`${line}\n`),
  };
}
