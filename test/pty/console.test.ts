/** Viewers of real programs on real terminals, with a terminal of their own each. */
import { describe, expect, test } from 'vitest';
import { statusOf } from '../../src/core/status.ts';
import { LARGEST_WINDOW } from '../../src/core/watermark.ts';
import type { Process } from '../../src/daemon/process.ts';
import type { WireListener } from '../../src/daemon/websocket.ts';
import type { ServerFrame } from '../../src/protocol/frames.ts';
import type { Size } from '../../src/terminal/emulator.ts';
import { textOf } from '../../src/terminal/render.ts';
import { FakeWire } from '../support/fake-wire.ts';
import { ALICE } from '../support/people.ts';
import { stateOf } from '../support/screenstate.ts';
import { RealWorld, until, untilPrinted, untilState } from '../support/world.ts';

/** The terminal of a spec that says nothing else. */
const SPEC_SIZE = { cols: 120, rows: 40 };

let ids = 0;

interface PersonOptions {
  size?: Size;
  readOnly?: boolean;
  steal?: boolean;
  label?: string;
  hint?: string;
}

/** Somebody who looks on. */
class Person {
  readonly wire: FakeWire;
  private readonly listener: WireListener;

  constructor(process: Process, options: PersonOptions = {}) {
    const { size = SPEC_SIZE, readOnly = false, steal = false, label = `person ${++ids}`, hint } = options;
    this.wire = new FakeWire(size);
    this.listener = process.console.attach(
      this.wire,
      { id: ++ids, label, origin: 'a test', readOnly, size, acks: false, ...(hint !== undefined && { hint }) },
      { steal, as: 'viewer' },
    );
  }

  type(text: string): void {
    this.listener.typed(Buffer.from(text));
  }

  resize(size: Size): void {
    this.wire.terminal.resize(size);
    this.listener.frame({ type: 'size', ...size });
  }

  leave(): void {
    this.listener.closed();
  }

  /** What its terminal shows. */
  get lines(): string[] {
    return textOf(this.wire.terminal);
  }

  async untilShown(text: string): Promise<void> {
    await this.wire.until(() => this.lines.join('\n').includes(text));
  }

  async untilFrame<Type extends ServerFrame['type']>(type: Type): Promise<Extract<ServerFrame, { type: Type }>> {
    const found = (): ServerFrame | undefined => this.wire.frames.findLast(frame => frame.type === type);
    await this.wire.until(() => found() !== undefined);
    return found() as Extract<ServerFrame, { type: Type }>; // found by its type
  }
}

/** The last of what it printed: looking at all of it each time would be slow. */
function lastPrinted({ console: { scrollback } }: Process): string {
  return Buffer.from(scrollback.read(scrollback.head - 100, 100).bytes).toString();
}

/** Echoes what is typed, a character at a time, with no help of the terminal. */
const ECHO = 'stty raw -echo; printf "ready> "; exec cat';

async function started(script: string): Promise<{ world: RealWorld; program: Process }> {
  const world = new RealWorld();
  const program = world.start(script, { name: 'web', terminal: { ...SPEC_SIZE, term: 'xterm-256color' } });
  await untilState(program, 'RUNNING');
  return { world, program };
}

describe('what a viewer sees', () => {
  test('one that says it has all, and reads nothing, is not sent without end', async () => {
    const { program } = await started(
      'while :; do printf "\\033[H%s" "$(head -c 3000 /dev/urandom | base64 -w 0)"; done',
    );
    const wire = new FakeWire({ cols: 80, rows: 24 });
    const options = {
      id: ++ids,
      label: 'liar',
      origin: 'a test',
      readOnly: true,
      size: { cols: 80, rows: 24 },
      acks: true,
    };
    const listener = program.console.attach(wire, options, { steal: false, as: 'viewer' });
    wire.read(false);
    const begun = program.console.scrollback.head;
    await until(program, () => {
      listener.frame({ type: 'ack', bytes: Number.MAX_SAFE_INTEGER });
      return program.console.scrollback.head - begun > 8 * LARGEST_WINDOW;
    });
    expect(wire.bytes).toBeLessThan(8 * 1024); // one picture
    listener.closed();
  });

  test('of a process that is removed in the turn in which it ends, how it ended', async () => {
    const { program } = await started('exec sleep 1000');
    const person = new Person(program);
    program.dispatch({ type: 'stop', by: ALICE });
    await until(program, () => statusOf(program.current) === 'STOPPED');
    program[Symbol.dispose](); // as the supervisor does that forgets it
    expect(person.wire.frames.at(-1)?.type).toBe('exit');
  });

  test('watchers see a size that the config gives', async () => {
    const { program } = await started('printf "here"; exec sleep 1000');
    const watcher = new Person(program, { readOnly: true });
    await watcher.untilShown('here');
    for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve)); // it has nothing to do
    program.console.configure({ scrollback: 1024 * 1024, size: { cols: 100, rows: 30 } });
    await watcher.wire.until(() =>
      watcher.wire.frames.some(frame => frame.type === 'size' && frame.cols === 100 && frame.rows === 30),
    );
    await watcher.untilShown('here');
    expect(watcher.wire.frames.findLast(frame => frame.type === 'size')).toMatchObject({ painted: true });
  });

  test('the screen as it is, then the stream', async () => {
    const { program } = await started(ECHO);
    await untilPrinted(program, 'ready> ');
    const person = new Person(program);
    await person.untilShown('ready>');
    person.type('hello');
    await person.untilShown('ready> hello');
    expect(stateOf(person.wire.terminal)).toEqual(stateOf(await program.console.lookPatiently()));
  });

  test('twenty see the same, watchers among them, and what a watcher types goes nowhere', async () => {
    const { program } = await started(ECHO);
    const people = Array.from({ length: 20 }, (_, i) => new Person(program, { readOnly: i % 3 === 0 }));
    people[0]?.type('nobody reads this');
    people[1]?.type('everybody reads this');
    await Promise.all(people.map(person => person.untilShown('everybody reads this')));
    const shown = textOf(await program.console.lookPatiently()).slice(0, -1); // the last row may still tell who drives
    for (const person of people) expect(person.lines.slice(0, -1)).toEqual(shown);
    expect(shown.join('\n')).not.toContain('nobody');
  });

  test('a new life: one line says what happened, on a new screen', async () => {
    const { program } = await started('echo a life; read line; exit 3');
    const person = new Person(program);
    await person.untilShown('a life');
    person.type('\r');
    await person.untilShown('started again');
    await person.untilShown('a life');
    expect(person.lines.slice(0, 2)).toEqual([
      expect.stringMatching(/^\[web exited with 3 after .*; started again\]$/),
      'a life',
    ]);
    const late = new Person(program, { readOnly: true });
    await late.untilShown('a life');
    expect(stateOf(late.wire.terminal)).toEqual(stateOf(person.wire.terminal));
  });

  test.each([
    ['exit 3', 3],
    ['kill -9 $$', 137],
  ])('%s, for good: everyone is told how, and let go', async (end, code) => {
    const world = new RealWorld();
    const program = world.start(`echo last words; read line; ${end}`, { name: 'web', autorestart: 'never' });
    const person = new Person(program);
    await person.untilShown('last words');
    person.type('\r');
    expect(await person.untilFrame('exit')).toMatchObject({ code });
    expect([person.wire.isEnded, program.console.viewers]).toEqual([true, []]);
  });

  test('of what does not run: the last screen, how it ended, and 7', async () => {
    const world = new RealWorld();
    const program = world.start('echo last words; exit 4', { name: 'web', autorestart: 'never' });
    await untilState(program, 'EXITED');
    const person = new Person(program);
    expect(await person.untilFrame('exit')).toMatchObject({ code: 7, text: expect.stringContaining('exited with 4') });
    expect(person.lines.join('\n')).toContain('last words');
  });
});

describe('size', () => {
  const big = { cols: 100, rows: 30 };
  const small = { cols: 40, rows: 10 };
  const sizeOf = async (program: Process): Promise<string> => {
    const before = program.console.scrollback.head;
    program.console.type(Buffer.from('\r'));
    while (!/^\d+ \d+$/m.test(Buffer.from(program.console.scrollback.read(before, 1000).bytes).toString())) {
      await new Promise<void>(resolve => {
        const once = program.onOutput(() => {
          once[Symbol.dispose]();
          resolve();
        });
      });
    }
    return /^\d+ \d+$/m.exec(Buffer.from(program.console.scrollback.read(before, 1000).bytes).toString())?.[0] ?? '';
  };
  const SIZES = 'stty -echo; while read line; do stty size; done';

  test('is of who attached, typed or resized last; a watcher has no say; at last it stays', async () => {
    const { program } = await started(SIZES);
    expect(await sizeOf(program)).toBe('40 120');
    const first = new Person(program, { size: big });
    expect(await sizeOf(program)).toBe('30 100');
    const second = new Person(program, { size: small });
    expect(await sizeOf(program)).toBe('10 40');
    new Person(program, { size: { cols: 20, rows: 5 }, readOnly: true });
    expect(await sizeOf(program)).toBe('10 40');
    first.type('x');
    expect(await sizeOf(program)).toBe('30 100');
    second.resize({ cols: 50, rows: 12 });
    await second.wire.until(() => second.wire.frames.some(frame => frame.type === 'size' && frame.cols === 50));
    expect(await sizeOf(program)).toBe('12 50');
    second.leave();
    expect(await sizeOf(program)).toBe('30 100');
    first.leave();
    expect([await sizeOf(program), program.console.viewers.length]).toEqual(['30 100', 1]);
  });

  test('who takes it over, or is left alone with it, is told no longer that somebody else has it', async () => {
    const { program } = await started(ECHO);
    const first = new Person(program);
    const second = new Person(program, { label: 'second' });
    await first.untilShown('second drives');
    first.type('taken over');
    await first.untilShown('taken over');
    expect(first.lines.join('')).not.toContain('drives');
    second.type(', and back');
    await first.untilShown('and back');
    await first.untilShown('second drives');
    second.leave();
    await first.wire.until(() => !first.lines.join('').includes('drives'));
    expect(program.console.viewers).toMatchObject([{ drives: true, painted: false }]);
  });

  test('who asks for it is told how to detach, until it types', async () => {
    const { program } = await started(ECHO);
    const person = new Person(program, { hint: 'Ctrl-B d detaches' });
    await person.untilShown('Ctrl-B d detaches');
    expect(program.console.viewers).toMatchObject([{ painted: true }]);
    person.type('typed');
    await person.untilShown('typed');
    await person.wire.until(() => !person.lines.join('').includes('detaches'));
    expect(program.console.viewers).toMatchObject([{ painted: false }]);
  });

  test('another one gets pictures, cropped around the cursor', async () => {
    const { program } = await started(ECHO);
    const driver = new Person(program, { size: big });
    const watcher = new Person(program, { size: small, readOnly: true });
    driver.type('\x1b[2J\x1b[25;1Hat the bottom');
    await watcher.untilShown('at the bottom');
    expect(program.console.viewers.map(({ painted }) => painted)).toEqual([false, true]);
    driver.type('\x1b[1;1Hat the top');
    await watcher.untilShown('at the top');
  });
});

describe('keys', () => {
  test('a Ctrl-S that would stop the program is not passed on, and is told', async () => {
    const { program } = await started('echo ready; exec cat');
    const person = new Person(program);
    await person.untilShown('ready');
    person.type('a\x13b\r');
    await person.untilShown('Ctrl-S would stop');
    await untilPrinted(program, 'ab\nab\n');
  });

  test('where flow control is off it is a key like any other', async () => {
    const { program } = await started('stty raw -echo -ixon; printf ready; exec cat -v');
    const person = new Person(program);
    await person.untilShown('ready');
    person.type('a\x13b');
    await person.untilShown('a^Sb');
  });

  test('how much somebody typed is told at the end, and neither what, nor what went nowhere', async () => {
    const { world, program } = await started(ECHO);
    const [person, watcher] = [new Person(program), new Person(program, { readOnly: true })];
    await person.untilShown('ready');
    person.type('secret');
    watcher.type('nothing');
    await person.untilShown('secret');
    person.leave();
    watcher.leave();
    const told = world.happenings.flatMap(event => (event.type === 'viewer.detached' ? [event] : []));
    expect(told.map(({ typed, origin }) => [typed, origin])).toEqual([
      [6, 'a test'],
      [0, 'a test'],
    ]);
    expect(JSON.stringify(world.happenings)).not.toContain('secret');
  });

  test('steal, and detach from elsewhere', async () => {
    const { program } = await started(ECHO);
    const first = new Person(program, { label: 'first' });
    const second = new Person(program, { steal: true, label: 'second' });
    expect(await first.untilFrame('detach')).toMatchObject({ text: 'detached: second took over' });
    expect(program.console.viewers.map(({ label }) => label)).toEqual(['second']);
    expect(program.console.detach('from elsewhere')).toBe(1);
    expect(await second.untilFrame('detach')).toMatchObject({ text: 'from elsewhere' });
    expect([program.console.viewers, statusOf(program.current)]).toEqual([[], 'RUNNING']);
  });
});

describe('viewers who do not keep up', () => {
  test('one that reads nothing costs its window and nobody any time; when it reads it sees what is', async () => {
    const { program } = await started('stty -echo; read line; seq 1 1000000; echo all printed; read line');
    const stuck = new Person(program);
    const other = new Person(program, { readOnly: true });
    stuck.wire.read(false);
    program.console.type(Buffer.from('\r'));
    await until(program, () => lastPrinted(program).includes('all printed'));
    await other.untilShown('all printed');
    expect(stuck.wire.bytes).toBeLessThan(2 * LARGEST_WINDOW);
    stuck.wire.read(true);
    await stuck.untilShown('all printed');
    expect(stuck.lines).toEqual(textOf(await program.console.lookPatiently()));
  });
});
