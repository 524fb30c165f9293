/** The built client on a real terminal, against a daemon that does as it is told. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Modes } from '../../src/core/modes.ts';
import { readStat } from '../../src/daemon/procfs.ts';
import { INPUT_WINDOW } from '../../src/protocol/frames.ts';
import { attaching, CTL, FakeConsole, Person, type PersonOptions, type Viewer } from './attach-support.ts';
import { tempDir } from './support.ts';

const ENTERED = `${Modes.ENTRY}\x1b[24;1H${'\n'.repeat(24)}`;
/** The user's title comes back, even if nobody set another one. */
const UNDONE = '\x1b[23;0t';
const CHORD = '\x02d';

interface Attached {
  readonly daemon: FakeConsole;
  readonly person: Person;
  readonly viewer: Viewer;
}

/** Attached, with the first picture on the terminal. */
async function attached(args: readonly string[] = ['web'], options?: PersonOptions): Promise<Attached> {
  const daemon = await FakeConsole.listen();
  const person = attaching(daemon, args, options);
  const viewer = (await daemon.next()).attach('picture');
  await person.untilPrinted('picture');
  return { daemon, person, viewer };
}

/** The client between two commands of a shell, as people run it. */
function inShell(daemon: FakeConsole, before: string, after: string, options?: PersonOptions): Person {
  const script = `${before}; "$0" "$1" -s "$2" attach web; code=$?; ${after}`;
  return new Person(['/bin/sh', '-c', script, process.execPath, CTL, daemon.socket], options);
}

describe('attached', () => {
  test('what the terminal shows is pushed up, the picture comes, keys go, and the chord leaves', async () => {
    const daemon = await FakeConsole.listen();
    const person = attaching(daemon);
    const viewer = (await daemon.next()).attach('\x1b[Hhello\nworld');
    expect(viewer.path).toBe('/v1/processes/web/attach');
    expect(Object.fromEntries(viewer.query)).toMatchObject({ cols: '80', rows: '24', acks: '1' });
    expect(viewer.query.get('label')).toMatch(/^ada@.* pts\/\d+$/);
    await person.untilPrinted('world');
    expect(person.printed).toBe(`${ENTERED}\x1b[Hhello\nworld`); // the bare line feed is still one
    person.type('ls\r\x03\x1a\x13\x04é');
    await viewer.untilTyped('ls\r\x03\x1a\x13\x04é');
    person.type(CHORD);
    expect(await person.exited).toEqual({ code: 0, signal: null });
    expect(person.printed).toMatch(/world[^\n]*\x1b\[24;1H\r\n\[detached from web\]\r\n\x1b\[c$/);
    await viewer.until(() => viewer.closeCode !== undefined);
    expect(viewer.closeCode).toBe(1000);
    expect(viewer.typed.toString()).toBe('ls\r\x03\x1a\x13\x04é');
  });

  test('fg is the same', async () => {
    const daemon = await FakeConsole.listen();
    const person = new Person([process.execPath, CTL, '-s', daemon.socket, 'fg', 'web']);
    (await daemon.next()).attach();
    await person.untilPrinted('\n\n\n');
    person.type(CHORD);
    expect((await person.exited).code).toBe(0);
  });

  test('the first key twice is typed once, alone it is typed after a while, and across reads it is a chord', async () => {
    const { person, viewer } = await attached();
    person.type('\x02\x02');
    await viewer.untilTyped('\x02');
    person.type('\x02x');
    await viewer.untilTyped('\x02\x02x');
    person.type('\x02');
    await viewer.untilTyped('\x02\x02x\x02'); // the chord's time is over
    person.type('\x1b');
    await viewer.untilTyped('\x02\x02x\x02\x1b'); // so is that of a sequence
    person.type('\x02');
    person.type('d');
    expect((await person.exited).code).toBe(0);
    expect(viewer.typed.toString()).toBe('\x02\x02x\x02\x1b');
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, string | null, string]>([
    ['the option', ['--detach-keys', 'ctrl-p,ctrl-q', 'web'], { TASKMASTER_DETACH_KEYS: 'ctrl-x' }, null, '\x10\x11'],
    ['the variable', ['web'], { TASKMASTER_DETACH_KEYS: 'ctrl-x' }, 'ctrl-y', '\x18'],
    ["the daemon's config", ['web'], {}, 'ctrl-y,y', '\x19y'],
  ])('the keys are those of %s', async (_, args, env, detachKeys, keys) => {
    const daemon = await FakeConsole.listen();
    const person = attaching(daemon, args, { env });
    const viewer = (await daemon.next()).attach('picture', { detachKeys });
    await person.untilPrinted('picture');
    person.type(`${CHORD}x`);
    await viewer.untilTyped(`${CHORD}x`);
    person.type(keys);
    expect((await person.exited).code).toBe(0);
  });

  test('--read-only sends nothing, and the chord works', async () => {
    const { person, viewer } = await attached(['--read-only', 'web']);
    expect(viewer.query.get('readonly')).toBe('1');
    person.type(`hello\x02\x02${CHORD}`);
    expect((await person.exited).code).toBe(0);
    expect(viewer.typedLength).toBe(0);
  });

  test('--steal asks for it', async () => {
    const { viewer } = await attached(['--steal', 'web']);
    expect(viewer.query.get('steal')).toBe('1');
  });

  test('the daemon is told of another size', async () => {
    const { person, viewer } = await attached();
    person.pty.resize(100, 30);
    await viewer.until(() => viewer.frames.length > 0);
    expect(viewer.frames).toEqual([{ type: 'size', cols: 100, rows: 30 }]);
    person.type(CHORD);
    await person.exited;
    expect(person.printed).toContain('\x1b[30;1H\r\n[detached from web]');
  });

  test('the daemon is told of a size that changed while it answered', async () => {
    const daemon = await FakeConsole.listen();
    const person = attaching(daemon);
    const viewer = await daemon.next();
    expect([viewer.query.get('cols'), viewer.query.get('rows')]).toEqual(['80', '24']);
    person.pty.resize(100, 30);
    viewer.attach('picture');
    await viewer.until(() => viewer.frames.length > 0);
    expect(viewer.frames).toEqual([{ type: 'size', cols: 100, rows: 30 }]);
    person.type(CHORD);
    expect((await person.exited).code).toBe(0);
  });

  test('between two lives one line is shown, and what is not to be seen is not', async () => {
    const { person, viewer } = await attached();
    const state = { type: 'state', state: 'BACKOFF', pid: null } as const;
    viewer
      .tell({ type: 'viewers', viewers: [] }, { type: 'skipped', bytes: 5 })
      .tell({ type: 'size', cols: 10, rows: 10, painted: true }, { type: 'typed', bytes: 9 })
      .tell({ ...state, text: 'web ended with code 1; starts again in 2 s\x1b[2J' })
      .tell({ ...state, text: 'web ended with code 1; starts again in 2 s\x1b[2J' })
      .tell({ type: 'state', state: 'RUNNING', pid: 8, text: 'web runs' })
      .show('second life');
    await person.untilPrinted('second life');
    expect(person.printed.slice(ENTERED.length)).toBe(
      'picture\x1b[m\r\n[web ended with code 1; starts again in 2 s [2J]\r\nsecond life',
    );
  });

  test('what was written is acknowledged: of a stream now and then, of a picture at its end', async () => {
    const { person, viewer } = await attached();
    viewer.show('x'.repeat(1000)).show(`${'y'.repeat(5000)}!`);
    await viewer.until(() => viewer.acked > 4000);
    expect(viewer.acked).toBe(7 + 1000 + 5001);
    viewer.tell({ type: 'size', cols: 100, rows: 30, painted: true }).show('small');
    await viewer.until(() => viewer.acked === 7 + 1000 + 5001 + 5);
    person.type(CHORD);
    await person.exited;
  });
});

test('attached from within another attached terminal, the chord with its first key twice leaves the inner one', async () => {
  const { person: outer, viewer: outerViewer } = await attached();
  const daemon = await FakeConsole.listen();
  const inner = attaching(daemon, ['db'], { answers: false });
  const passOn = (): void => {
    const typed = outerViewer.typed.subarray(passed);
    passed += typed.length;
    inner.type(typed);
  };
  let passed = outerViewer.typedLength;
  outerViewer.webSocket.on('message', passOn);
  const innerViewer = (await daemon.next()).attach('inner picture', { name: 'db' });
  await inner.untilPrinted('inner picture');
  outer.type('ls\r\x02\x02d');
  await inner.untilPrinted('\x1b[c');
  outerViewer.show(Buffer.from(inner.printed, 'latin1')); // the question in it is answered by the outermost terminal
  expect((await inner.exited).code).toBe(0);
  expect(innerViewer.typed.toString()).toBe('ls\r');
  await outer.untilPrinted('[detached from db]');
  outer.type(CHORD);
  expect((await outer.exited).code).toBe(0);
});

const hasTmux = existsSync('/usr/bin/tmux');

test.runIf(hasTmux)('within tmux', async () => {
  const daemon = await FakeConsole.listen();
  const command = `'${process.execPath}' '${CTL}' -s '${daemon.socket}' attach web; echo "code $?"; exec cat`;
  const tmux = ['/usr/bin/tmux', '-f', '/dev/null', '-S', join(tempDir(), 'tmux'), '-T', '256'];
  onTestFinished(() => void spawnSync(tmux[0] ?? '', [...tmux.slice(1), 'kill-server'])); // it may have ended already
  const outside = new Person([...tmux, 'new-session', command], { cols: 80, rows: 25 });
  const viewer = (await daemon.next()).attach('\x1b[2;5Hpicture');
  expect([viewer.query.get('cols'), viewer.query.get('rows')]).toEqual(['80', '24']);
  await outside.untilPrinted('picture');
  outside.type('ls\r');
  await viewer.untilTyped('ls\r');
  outside.type('\x02\x02d'); // the first key is tmux's too
  await outside.untilPrinted('code 0');
  outside.type('\x04');
  expect((await outside.exited).code).toBe(0);
});

describe('a paste', () => {
  const PASTE = Buffer.alloc(10_000_000, 'All work and no play makes a long paste. ');

  test('of 10 MB goes through to a program that reads', async () => {
    const { person, viewer } = await attached();
    let sent = 0;
    const confirm = (): void => {
      if (viewer.typedLength > sent) viewer.tell({ type: 'typed', bytes: (sent = viewer.typedLength) });
    };
    const send = async (): Promise<void> => {
      for (let at = 0; at < PASTE.length; ) {
        const end = Math.min(PASTE.length, at + 32_768);
        while (!person.pty.write(PASTE.subarray(at, end))) await new Promise(resolve => setImmediate(resolve));
        at = end;
      }
    };
    viewer.webSocket.on('message', confirm);
    await send();
    await viewer.until(() => viewer.typedLength >= PASTE.length);
    expect(viewer.typed.equals(PASTE)).toBe(true);
  });

  test('into a program that reads nothing stops at the window, and is given up by detaching', async () => {
    const { person, viewer } = await attached();
    let at = 0;
    const sent = 1_000_000;
    while (at < sent) {
      if (person.pty.write(PASTE.subarray(at, at + 10_000))) at += 10_000;
      else await new Promise(resolve => setImmediate(resolve));
    }
    await viewer.until(() => viewer.typedLength === INPUT_WINDOW);
    while (!person.pty.write(Buffer.from(CHORD))) await new Promise(resolve => setImmediate(resolve));
    expect((await person.exited).code).toBe(0);
    expect(viewer.typed.equals(PASTE.subarray(0, INPUT_WINDOW))).toBe(true);
  });
});

describe('a terminal that takes nothing', () => {
  /** More than any pty holds. */
  const FLOOD = 'flood of lines\r\n'.repeat(20_000);

  test.each([
    ['the chord', (person: Person) => person.type(CHORD), 0],
    ['SIGTERM', (person: Person) => process.kill(person.pty.pid, 'SIGTERM'), 143],
  ])('does not stop %s', async (_, leave, code) => {
    const { person, viewer } = await attached();
    person.pty.setPaused(person, true);
    viewer.show(FLOOD);
    await viewer.until(() => viewer.acked > 2000);
    person.type('k');
    await viewer.untilTyped('k'); // keys go through meanwhile
    leave(person);
    expect((await person.exited).code).toBe(code);
  });

  test('gets everything once it takes it again', async () => {
    const { person, viewer } = await attached();
    person.pty.setPaused(person, true);
    viewer.show(FLOOD).tell({ type: 'exit', code: 0, text: 'web exited', rows: null });
    await viewer.until(() => viewer.acked > 2000);
    person.pty.setPaused(person, false);
    expect((await person.exited).code).toBe(0);
    expect(person.printed).toContain(`picture${FLOOD}`);
    expect(person.printed).toContain('\r\n[web exited]\r\n');
  });
});

describe('a daemon without a window', () => {
  test('is not read while too much waits, and nothing is lost', async () => {
    const { person, viewer } = await attached();
    person.pty.setPaused(person, true);
    const flood = `${'f'.repeat(79)}\n`.repeat(250_000);
    viewer.show(flood);
    await viewer.until(() => viewer.acked > 2000);
    person.type('k');
    await viewer.untilTyped('k');
    expect(viewer.webSocket.bufferedAmount).toBeGreaterThan(5_000_000);
    person.pty.setPaused(person, false);
    viewer.tell({ type: 'exit', code: 0, text: 'web exited', rows: null });
    expect((await person.exited).code).toBe(0);
    expect(person.printed.includes(flood)).toBe(true);
  });
});

describe('leaving', () => {
  test.each([
    ['the end of the program', { type: 'exit', code: 3, text: 'web exited with code 3', rows: null }, 3],
    ['a process that does not run', { type: 'exit', code: 7, text: 'web is not running (EXITED)', rows: null }, 7],
    ['a program ended by a signal', { type: 'exit', code: 137, text: 'web was killed by SIGKILL', rows: null }, 137],
    ['somebody else', { type: 'detach', text: 'detached by bob@home', rows: null }, 0],
  ] as const)('by %s says so', async (_, frame, code) => {
    const { person, viewer } = await attached();
    viewer.show('last words').tell(frame);
    expect(await person.exited).toEqual({ code, signal: null });
    expect(person.printed).toMatch(/last words.*\x1b\[24;1H\r\n\[[^\r]*\]\r\n\x1b\[c$/);
    expect(person.printed).toContain(`\r\n[${frame.text}]\r\n`);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const)('by %s', async (signal, code) => {
    const { person, viewer } = await attached();
    process.kill(person.pty.pid, signal);
    expect(await person.exited).toEqual({ code, signal: null });
    expect(person.printed).toContain(`\x1b[24;1H\r\n[detached from web: ${signal}]\r\n`);
    await viewer.until(() => viewer.closeCode === 1000);
  });

  test('when the daemon is lost', async () => {
    const { daemon, person } = await attached();
    await daemon.close();
    expect((await person.exited).code).toBe(7);
    expect(person.printed).toContain('\x1b[24;1H\r\n[the daemon went away]\r\n');
  });

  test('when the daemon closes the connection with a reason', async () => {
    const { person, viewer } = await attached();
    viewer.webSocket.close(1008, 'more typed than the window lets in');
    expect((await person.exited).code).toBe(7);
    expect(person.printed).toContain('\r\n[the daemon closed the connection: more typed than the window lets in]\r\n');
  });

  test('when the terminal is closed', async () => {
    const { person, viewer } = await attached();
    person.hangUp();
    await viewer.until(() => viewer.closeCode !== undefined);
    while (readStat(person.pty.pid) !== undefined) await new Promise(resolve => setImmediate(resolve));
  });

  test('by an error that nobody expected', async () => {
    const hook = join(tempDir(), 'hook.mjs');
    writeFileSync(hook, "process.on('SIGUSR2', () => { throw new Error('boom'); });");
    const { person } = await attached(['web'], { env: { NODE_OPTIONS: `--import=file://${hook}` } });
    process.kill(person.pty.pid, 'SIGUSR2');
    expect((await person.exited).code).toBe(1);
    expect(person.printed).toMatch(/picture.*\x1b\[24;1H\r\n[\s\S]*Error: boom\r\n/);
  });

  test.each([
    ['the chord', (_: Viewer, person: Person) => person.type(CHORD)],
    ['the end', (viewer: Viewer) => viewer.tell({ type: 'exit', code: 0, text: 'web exited', rows: null })],
    ['a lost daemon', (viewer: Viewer) => viewer.webSocket.terminate()],
  ])('by %s the line settings are as before', async (_, leave) => {
    const daemon = await FakeConsole.listen();
    const settings = 'stty -a | tr "\\n" " "; echo';
    const person = inShell(daemon, `stty -echoctl intr ^X; ${settings}`, `echo; ${settings}; echo "code $code"`);
    const viewer = (await daemon.next()).attach('picture');
    await person.untilPrinted('picture');
    leave(viewer, person);
    await person.exited;
    const lines = person.printed.split(/\r?\n/).filter(line => line.startsWith('speed'));
    expect(lines.length).toBe(2);
    expect(lines[0]).toContain('intr = ^X');
    expect(lines[1]).toBe(lines[0]);
    expect(person.printed).toMatch(/code \d\r\n$/);
  });

  test('what the terminal still had to say does not reach the shell', async () => {
    const daemon = await FakeConsole.listen();
    const person = inShell(daemon, ':', 'echo ready; IFS= read -r line; echo "<$line>"', { answers: false });
    (await daemon.next()).attach('picture');
    await person.untilPrinted('picture');
    person.type(`${CHORD}\x1b[100;1:3u`);
    await person.untilPrinted('\x1b[c');
    person.type('\x1b[98;5:3u\x1b]11;rgb:0000/0000/0000\x07\x1b[?62;22');
    person.type('c');
    await person.untilPrinted('ready');
    person.type('hello\r');
    await person.exited;
    expect(person.printed).toContain('<hello>\r\n');
  });

  test('a terminal that does not answer is waited for a moment only', async () => {
    const { person } = await attached(['web'], { answers: false });
    person.type(CHORD);
    expect((await person.exited).code).toBe(0);
  });
});

describe('stopped by a shell and continued', () => {
  test('gives the terminal back, and attaches anew without stealing again', async () => {
    const { daemon, person, viewer } = await attached(['--steal', 'web']);
    process.kill(person.pty.pid, 'SIGTSTP');
    await person.untilPrinted(`${UNDONE}\x1b[24;1H\r\n\x1b[c`);
    await viewer.until(() => viewer.closeCode === 1000);
    await person.untilStopped();
    process.kill(person.pty.pid, 'SIGCONT');
    const again = (await daemon.next()).attach('new picture');
    expect(again.query.get('steal')).toBeNull();
    await person.untilPrinted(`${ENTERED}new picture`);
    person.type(`x${CHORD}`);
    expect((await person.exited).code).toBe(0);
    expect(again.typed.toString()).toBe('x');
  });

  test.runIf(existsSync('/bin/bash'))('by bash, with its job control', async () => {
    const daemon = await FakeConsole.listen();
    const bash = new Person(['/bin/bash', '--norc', '--noprofile', '-i'], { env: { PS1: 'ready> ' } });
    await bash.untilPrinted('ready> ');
    bash.type(`'${process.execPath}' '${CTL}' -s '${daemon.socket}' attach web\r`);
    (await daemon.next()).attach('picture');
    await bash.untilPrinted('picture');
    const children = readFileSync(`/proc/${bash.pty.pid}/task/${bash.pty.pid}/children`, 'utf8');
    process.kill(Number(children), 'SIGTSTP');
    await bash.untilPrinted('Stopped');
    bash.type('stty -a\r');
    await bash.untilPrinted('opost');
    const settings = bash.printed.slice(bash.printed.lastIndexOf('speed'));
    expect(settings).not.toMatch(/-(opost|icanon|isig|echo)\b/);
    bash.type('fg\r');
    const again = (await daemon.next()).attach('new\npicture');
    await bash.untilPrinted('new\npicture');
    bash.type(`\x1a${CHORD}`);
    await bash.untilPrinted('[detached from web]');
    expect(again.typed.toString()).toBe('\x1a');
    await bash.until(() => bash.printed.endsWith('ready> '));
    bash.type('exit 0\r');
    await bash.exited;
  });

  test('continued from a stop that it did not see, it takes the terminal again', async () => {
    const { daemon, person } = await attached();
    process.kill(person.pty.pid, 'SIGSTOP');
    await person.untilStopped();
    process.kill(person.pty.pid, 'SIGCONT');
    (await daemon.next()).attach('new picture');
    await person.untilPrinted('new picture');
    person.type(CHORD);
    expect((await person.exited).code).toBe(0);
  });
});

describe('what cannot be is told before the terminal is touched', () => {
  test.each([
    ['no_such_process', 'no such process: web', 1],
    ['bad_request', 'attach takes one process, and `w*` names web, worker', 2],
    ['too_many_connections', 'too many connections', 1],
  ] as const)('%s', async (code, message, exit) => {
    const daemon = (await FakeConsole.listen()).refuse(code, message);
    const person = attaching(daemon);
    expect((await person.exited).code).toBe(exit);
    expect(person.printed).toBe(`${message}\r\n`);
  });

  test('no daemon', async () => {
    const daemon = await FakeConsole.listen();
    await daemon.close();
    const person = attaching(daemon);
    expect((await person.exited).code).toBe(7);
    expect(person.printed).toMatch(/^cannot reach the daemon: .*\r\n$/);
  });

  test('another protocol', async () => {
    const person = attaching((await FakeConsole.listen()).speak('9.0'));
    expect((await person.exited).code).toBe(1);
    expect(person.printed).toMatch(/^this client speaks protocol .* and the daemon 9\.0: /);
  });

  test('something that is no daemon', async () => {
    const person = attaching((await FakeConsole.listen()).speak(undefined));
    expect((await person.exited).code).toBe(7);
    expect(person.printed).toMatch(/it is not a taskmaster daemon\r\n$/);
  });

  test('keys that are none', async () => {
    const person = attaching(await FakeConsole.listen(), ['--detach-keys', '^b', 'web']);
    expect((await person.exited).code).toBe(2);
    expect(person.printed).toMatch(/^cannot read --detach-keys "\^b": .*write ctrl-b\r\nusage: /);
  });

  test('a dumb terminal, and no terminal', async () => {
    const daemon = await FakeConsole.listen();
    const dumb = attaching(daemon, ['web'], { env: { TERM: 'dumb' } });
    expect((await dumb.exited).code).toBe(2);
    expect(dumb.printed).toContain('TERM=dumb');
    for (const [redirect, name] of [
      ['</dev/null', 'input'],
      ['| cat; exit 2', 'output'],
    ]) {
      const script = `"$0" "$1" -s "$2" attach web ${redirect}`;
      const person = new Person(['/bin/sh', '-c', script, process.execPath, CTL, daemon.socket]);
      expect([name, (await person.exited).code]).toEqual([name, 2]);
      expect(person.printed).toMatch(/^cannot attach: standard input and output must be a terminal; `tail -f web` /);
    }
    expect(daemon.viewers).toEqual([]);
  });

  test('the own terminal of the process: it would show itself without an end', async () => {
    const daemon = await FakeConsole.listen(join(tempDir(), '0123456789ab.sock'));
    const env = { TASKMASTER_ID: '0123456789ab:web:web_00:4' };
    const person = attaching(daemon, ['web:web_00'], { env });
    expect((await person.exited).code).toBe(1);
    expect(person.printed).toMatch(/^cannot attach to web:web_00 from its own terminal: /);
    expect(daemon.viewers).toEqual([]);
    const byOtherName = attaching(daemon, ['web:*'], { env });
    (await daemon.next()).attach('picture', { name: 'web:web_00' });
    expect((await byOtherName.exited).code).toBe(1);
    expect(byOtherName.printed).toMatch(/^\[not attached: this terminal is the one of web:web_00 itself/);
  });

  test('from the terminal of another process all is well', async () => {
    const daemon = await FakeConsole.listen(join(tempDir(), '0123456789ab.sock'));
    const person = attaching(daemon, ['web'], { env: { TASKMASTER_ID: '0123456789ab:db:4', TMUX: 'x', STY: 'y' } });
    (await daemon.next()).attach('picture');
    await person.untilPrinted('picture');
    person.type(CHORD);
    expect((await person.exited).code).toBe(0);
  });
});
