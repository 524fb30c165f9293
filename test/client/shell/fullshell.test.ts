/** The shell on a terminal of the test's own, with a daemon that does as it is told. */
import { afterEach, describe, expect, test } from 'vitest';
import type { TerminalListener, UserTerminal } from '../../../src/client/attach/terminal.ts';
import { VERBS } from '../../../src/client/commands/table.ts';
import { runCaptured } from '../../../src/client/session.ts';
import { runShell, type ShellOptions } from '../../../src/client/shell/shell.ts';
import type { Session } from '../../../src/client/verb.ts';
import { Emulator } from '../../../src/terminal/emulator.ts';
import { textOf } from '../../../src/terminal/render.ts';
import { bytes, FakeDaemon, FakeHost, json, list, processInfo, results, tempDir } from '../support.ts';

/** A terminal that is a screen. */
class FakeTerminal implements UserTerminal {
  readonly name = 'pts/7';
  readonly size = { cols: 80, rows: 12 };
  readonly emulator = new Emulator(this.size, 100);
  listener: TerminalListener | undefined;
  suspensions = 0;
  private readonly checks = new Set<() => void>();

  enter(listener: TerminalListener): Promise<void> {
    this.listener = listener;
    return Promise.resolve();
  }

  leave(): Promise<void> {
    this.listener = undefined;
    return Promise.resolve();
  }

  write(data: Uint8Array): number {
    // The line discipline turns a line feed into a new line.
    this.emulator.write(Buffer.from(Buffer.from(data).toString().replace(/\r?\n/g, '\r\n')));
    for (const check of this.checks) check();
    return data.length;
  }

  writeWhenReady(): void {}
  setPaused(): void {}
  stop(): void {}

  suspend(): void {
    this.suspensions++;
  }

  type(text: string): void {
    this.listener?.input(Buffer.from(text));
  }

  get shows(): string {
    return textOf(this.emulator)
      .map(line => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** Resolves once the screen ends so. */
  until(end: string): Promise<void> {
    return new Promise(resolve => {
      const check = (): void => {
        if (!this.shows.endsWith(end)) return;
        this.checks.delete(check);
        resolve();
      };
      this.checks.add(check);
      check();
    });
  }
}

const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function world(): Promise<{ daemon: FakeDaemon; terminal: FakeTerminal; host: FakeHost }> {
  const daemon = await FakeDaemon.listen();
  daemon.on('processes', list([processInfo('web')])).on('alerts', json({ alerts: [] }));
  daemon.on('events', response => void response.writeHead(200).flushHeaders());
  const terminal = new FakeTerminal();
  const host = new FakeHost();
  Object.assign(host.env, { TERM: 'xterm', XDG_STATE_HOME: tempDir() });
  host.out.isTerminal = host.err.isTerminal = true;
  host.terminal = () => Promise.resolve(terminal);
  return { daemon, terminal, host };
}

/** A shell, and its terminal. */
async function shell(
  more: Partial<ShellOptions> = {},
): Promise<{ daemon: FakeDaemon; terminal: FakeTerminal; code: Promise<number> }> {
  const { daemon, terminal, host } = await world();
  const code = runShell(host, { table: VERBS, globals: { socket: daemon.socket }, readOnly: false, ...more });
  ends.push(() => terminal.listener?.gone());
  await terminal.until('taskmaster>');
  return { daemon, terminal, code };
}

describe('leaving', () => {
  test('may be asked about, and thought better of', async () => {
    const answers: (string | undefined)[] = [];
    const { terminal, code } = await shell({
      async leaving(console) {
        const answer = await console.ask('Stop everything? ');
        answers.push(answer);
        if (answer !== 'yes') return 'stay';
        console.say('stopped');
        return 'leave';
      },
    });
    terminal.type('exit\r');
    await terminal.until('Stop everything?');
    terminal.type('no\r');
    await terminal.until('Stop everything? no\ntaskmaster>');
    terminal.type('\x04');
    await terminal.until('Stop everything?');
    terminal.type('\x03');
    await terminal.until('^C\ntaskmaster>');
    terminal.type('\x04');
    await terminal.until('Stop everything?');
    terminal.type('yes\r');
    expect(await code).toBe(0);
    expect(terminal.shows).toMatch(/Stop everything\? yes\nstopped$/);
    expect(answers).toEqual(['no', undefined, 'yes']);
  });

  test('a signal ends it', async () => {
    const { terminal, code } = await shell();
    terminal.type('hel');
    await terminal.until('taskmaster> hel');
    terminal.listener?.signal('SIGTERM');
    expect(await code).toBe(143);
  });
});

describe('a shell', () => {
  test('runs what was pasted a line at a time, and once Enter is pressed', async () => {
    const { daemon, terminal } = await shell();
    daemon.on('start', results(['web', 'done'])).on('stop', results(['web', 'done']));
    terminal.type('\x1b[200~stop web\nstart web\n\x1b[201~');
    await terminal.until('taskmaster> stop web^Jstart web^J');
    terminal.type('\r');
    await terminal.until('web: stopped\nweb: started\ntaskmaster>');
  });

  test('runs nothing of what was pasted behind a command that is cancelled', async () => {
    const { daemon, terminal } = await shell();
    daemon.on('output', bytes('hello\r\n', { open: true })).on('stop', results(['web', 'done']));
    terminal.type('\x1b[200~tail -f web\nstop web\n\x1b[201~\r');
    await terminal.until('hello');
    terminal.type('\x03');
    await terminal.until('^C\ntaskmaster>');
    terminal.type('version\r');
    await terminal.until('taskmaster>');
    expect(daemon.asked.map(({ route }) => route)).not.toContain('stop');
  });

  test('is stopped by Ctrl-Z, and shows its line again', async () => {
    const { terminal } = await shell();
    terminal.type('stat\x1a');
    await terminal.until('taskmaster> stat');
    expect(terminal.suspensions).toBe(1);
    terminal.type('us nobody\r');
    await terminal.until('taskmaster>');
  });

  test('takes another daemon for its own when told to, and the words of an alias', async () => {
    const { terminal } = await shell();
    const other = await FakeDaemon.listen();
    other.on('processes', list([processInfo('db')])).on('alerts', json({ alerts: [] }));
    other.on('events', response => void response.writeHead(200).flushHeaders());
    terminal.type(`open unix://${other.socket}\r`);
    await terminal.until('taskmaster>');
    terminal.type("alias st='status all'\rst\r");
    await terminal.until('0:01:02\ntaskmaster>');
    expect(other.asked.at(-1)?.query.getAll('select')).toEqual(['all']);
    expect(terminal.shows).toMatch(/^db +RUNNING/m);
  });
});

test('on a dumb terminal no Ctrl-C ends the process, whoever listens for it; and a closed one ends the shell', async () => {
  const { daemon, host } = await world();
  host.env.TERM = 'dumb';
  const [before, during] = [process.listenerCount('SIGINT'), [] as number[]];
  host.input = {
    isTerminal: true,
    async *bytes() {
      during.push(process.listenerCount('SIGINT'));
      yield Buffer.from('status\n');
      throw Object.assign(new Error('read EIO'), { code: 'EIO' });
    },
  };
  expect(await runShell(host, { table: VERBS, globals: { socket: daemon.socket }, readOnly: false })).toBe(0);
  expect([...during, process.listenerCount('SIGINT')]).toEqual([before + 1, before]);
});

test('another daemon that does not answer is waited for until Ctrl-C', async () => {
  const { terminal } = await shell();
  const other = await FakeDaemon.listen();
  other.on('processes', () => terminal.type('\x03'));
  terminal.type(`open unix://${other.socket}\r`);
  await terminal.until('^C\ntaskmaster (no daemon)>');
});

describe('a captured command', () => {
  async function session(readOnly = false): Promise<{ daemon: FakeDaemon; session: Session }> {
    const { daemon, host } = await world();
    return { daemon, session: { host, table: VERBS, place: 'shell', globals: { socket: daemon.socket }, readOnly } };
  }

  test('gives what it printed and its exit code', async () => {
    const { session: own } = await session();
    const { signal } = new AbortController();
    expect(await runCaptured(['status', 'web'], own, { signal, color: true })).toMatchObject({
      code: 0,
      text: expect.stringContaining('\x1b[32mRUNNING'),
      errors: '',
    });
    const nonsense = await runCaptured(['nonsense'], own, { signal, color: false });
    expect(nonsense).toEqual({ code: 1, text: nonsense.errors, errors: expect.stringContaining('unknown command') });
    const attached = await runCaptured(['attach', 'web'], own, { signal, color: false });
    expect(attached).toMatchObject({ code: 2, errors: expect.stringContaining('cannot attach') });
  });

  test('goes on until it is aborted, telling what comes', async () => {
    const { daemon, session: own } = await session();
    daemon.on('output', bytes('hello', { open: true }));
    const ending = new AbortController();
    let told = '';
    const onText = (text: string): void => {
      told += text;
      if (told.includes('hello')) ending.abort();
    };
    const { code } = await runCaptured(['tail', '-f', 'web'], own, { signal: ending.signal, color: false, onText });
    expect([code, told]).toEqual([0, expect.stringContaining('hello')]);
  });

  test('is refused where nothing may be changed, and nothing is asked', async () => {
    const { daemon, session: own } = await session(true);
    const { signal } = new AbortController();
    const { code, errors } = await runCaptured(['stop', 'web'], own, { signal, color: false });
    expect([code, errors]).toEqual([1, 'stop is refused: this is read-only\n']);
    expect(daemon.asked).toEqual([]);
  });
});
