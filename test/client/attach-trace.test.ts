/** What a session leaves of itself in a terminal: its complete state, by an emulator, before and after. */
import headless from '@xterm/headless';
import { describe, expect, test } from 'vitest';
import { Modes } from '../../src/core/modes.ts';
import { CTL, FakeConsole, Person, type Viewer } from './attach-support.ts';

/** What of xterm.js 6.0's insides is looked at. */
interface Core {
  readonly coreService: { readonly decPrivateModes: object; readonly modes: object; readonly isCursorHidden: boolean };
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string };
  readonly _charsetService: { readonly glevel: number; readonly _charsets: readonly unknown[] };
  readonly _bufferService: {
    readonly buffer: { readonly tabs: object; readonly scrollTop: number; readonly scrollBottom: number };
  };
  readonly _inputHandler: {
    parse(data: string): void;
    readonly _curAttrData: { readonly fg: number; readonly bg: number; readonly extended: { readonly _ext: number } };
    readonly _windowTitle: string;
    readonly _iconName: string;
    readonly _windowTitleStack: readonly string[];
    readonly _parser: { readonly currentState: number };
  };
}

class Watcher {
  private readonly terminal = new headless.Terminal({
    cols: 80,
    rows: 24,
    scrollback: 500,
    allowProposedApi: true,
    windowOptions: { pushTitle: true, popTitle: true },
  });

  show(output: string): this {
    this.core._inputHandler.parse(Buffer.from(output, 'latin1').toString('utf8'));
    return this;
  }

  get state(): object {
    const { coreService, coreMouseService, _charsetService, _bufferService, _inputHandler } = this.core;
    const { tabs, scrollTop, scrollBottom } = _bufferService.buffer;
    const { fg, bg, extended } = _inputHandler._curAttrData;
    return structuredClone({
      screen: this.terminal.buffer.active.type,
      privates: coreService.decPrivateModes,
      modes: coreService.modes,
      isCursorHidden: coreService.isCursorHidden,
      mouse: [coreMouseService.activeProtocol, coreMouseService.activeEncoding],
      level: _charsetService.glevel,
      charsets: [0, 1, 2, 3].map(slot => _charsetService._charsets[slot] ?? null),
      margins: [scrollTop, scrollBottom],
      tabs,
      pen: [fg, bg, extended._ext],
      titles: [_inputHandler._windowTitle, _inputHandler._iconName, ..._inputHandler._windowTitleStack],
      parser: _inputHandler._parser.currentState,
    });
  }

  /** All lines of the main screen, those above it included. */
  get lines(): string[] {
    const { normal } = this.terminal.buffer;
    return Array.from({ length: normal.length }, (_, y) => normal.getLine(y)?.translateToString(true) ?? '');
  }

  private get core(): Core {
    return (this.terminal as unknown as { readonly _core: Core })._core; // the public API shows the half of it
  }
}

const SET_EVERYTHING = [
  '\x1b[H\x1b[2Jmain \x1b7\x1b[?1049h\x1b[2J',
  '\x1b[?25l\x1b[?1h\x1b=\x1b[?66h\x1b[?12h\x1b[5 q',
  '\x1b[?1000h\x1b[?1003h\x1b[?1006h\x1b[?1004h\x1b[?2004h\x1b[?45h',
  '\x1b[3;10r\x1b[?6h\x1b[4h\x1b[20h\x1b[?7l\x1b[3g\x1b[5G\x1bH',
  '\x1b(0\x1b)A\x0e\x1b[1;31;44;4:3m\x1b]0;editor\x07\x1b]2;more\x1b\\',
  '\x1b[>1u\x1b[>31u\x1b[>4;2m\x1b]10;#ffffff\x07\x1b]11;#123456\x07\x1b]12;red\x07\x1b]4;1;blue\x07',
  '\x1b]8;;http://example.org\x1b\\link é',
].join('');

const ENDS: Readonly<Record<string, (viewer: Viewer, person: Person) => void>> = {
  'the chord': (_, person) => person.type('\x02d'),
  'the end of the program': viewer => void viewer.tell({ type: 'exit', code: 0, text: 'web exited', rows: null }),
  'a lost daemon': viewer => viewer.webSocket.terminate(),
  'somebody else': viewer => void viewer.tell({ type: 'detach', text: 'detached by bob', rows: null }),
};

const STREAMS: Readonly<Record<string, string>> = {
  'plain lines': 'one\r\ntwo\r\n',
  'everything set': SET_EVERYTHING,
  'everything set on the main screen': SET_EVERYTHING.replace('\x1b[?1049h', ''),
  'the middle of a CSI': `${SET_EVERYTHING}\x1b[38;5`,
  'the middle of a title': `${SET_EVERYTHING}\x1b]2;half a ti`,
  'the middle of a picture': `\x1bPq#0;2;0;0;0${'~'.repeat(9000)}`,
  'the middle of a character': `${SET_EVERYTHING}\xe2\x82`,
};

describe.each(Object.keys(STREAMS))('left in %s', name => {
  const stream = Buffer.from(STREAMS[name] ?? '', 'latin1');
  const ends = name === 'everything set' ? Object.keys(ENDS) : ['the chord'];

  test.each(ends)('by %s, the terminal is as before', async end => {
    const daemon = await FakeConsole.listen();
    const before = 'printf "\\033]2;shell\\007line 1\\r\\nline 2\\r\\nprompt %s" "$(seq -s, 9)"';
    const script = `${before}; "$0" "$1" -s "$2" attach web; printf after`;
    const person = new Person(['/bin/sh', '-c', script, process.execPath, CTL, daemon.socket]);
    const viewer = (await daemon.next()).attach().show(stream).show('');
    await person.until(() => person.printed.endsWith(stream.toString('latin1').slice(-9)));
    ENDS[end]?.(viewer, person);
    await person.exited;
    const [shell = '', session = ''] = person.printed.split(Modes.ENTRY);
    const watcher = new Watcher().show(shell);
    const { state } = watcher;
    const [, leaving = ''] = session.split(stream.toString('latin1'));
    expect(watcher.show(`${Modes.ENTRY}${session}`).state).toEqual(state);
    const { lines } = watcher;
    expect(lines.slice(0, 3)).toEqual(['line 1', 'line 2', 'prompt 1,2,3,4,5,6,7,8,9']);
    expect(lines.at(-2)).toMatch(/^\[.*\]$/);
    expect(lines.at(-1)).toBe('after');
    if (name.startsWith('everything')) {
      expect(leaving).toContain('\x1b[<2u'); // of kitty's protocol xterm.js 6.0 knows nothing
      for (const colour of ['\x1b]110', '\x1b]111', '\x1b]112', '\x1b]104;1']) expect(leaving).toContain(colour);
    }
  });
});
