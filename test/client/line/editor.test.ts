import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type EditorState,
  editKey,
  editPaste,
  newEditor,
  type Outcome,
  searchLabel,
  withCompletion,
} from '../../../src/client/line/editor.ts';
import { boundaryFrom } from '../../../src/client/line/graphemes.ts';
import type { Key } from '../../../src/client/line/key.ts';
import type { Candidate, Completion } from '../../../src/client/line/line.ts';

/** `C-a`, `M-S-left`, or a character that types itself. */
function key(name: string): Key {
  const [, modifiers = '', rest = name] = /^((?:[CMS]-)*)(.+)$/s.exec(name) ?? [];
  const isText = modifiers === '' && [...rest].length === 1;
  return {
    name: isText ? 'text' : rest,
    text: isText ? rest : '',
    ctrl: modifiers.includes('C-'),
    meta: modifiers.includes('M-'),
    shift: modifiers.includes('S-'),
  };
}

class Typist {
  state: EditorState;
  outcome: Outcome = 'edited';

  constructor(...history: readonly string[]) {
    this.state = newEditor(history);
  }

  /** Types a text. */
  type(text: string): this {
    return this.press(...text);
  }

  press(...names: readonly string[]): this {
    for (const name of names) ({ state: this.state, outcome: this.outcome } = editKey(this.state, key(name)));
    return this;
  }

  complete(completion: Completion): this {
    this.press('tab');
    expect(this.outcome).toBe('complete');
    this.state = withCompletion(this.state, completion);
    return this;
  }

  /** The line with `|` where the cursor is. */
  get shows(): string {
    const { text, cursor } = this.state.line;
    return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
  }
}

const candidates = (...texts: readonly string[]): Candidate[] => texts.map(text => ({ text, help: '', isWhole: true }));

describe('editing', () => {
  test.each<[string, string[], string]>([
    ['abc def', ['C-a', 'x', 'C-e', 'y'], 'xabc defy|'],
    ['abc', ['left', 'C-b', 'right', 'X'], 'abX|c'],
    ['abc', ['home', 'delete', 'end', 'backspace'], 'b|'],
    ['abc', ['C-b', 'C-d', 'C-h'], 'a|'],
    ['one two.three', ['M-b', 'M-b', 'X'], 'one X|two.three'],
    ['one two', ['C-a', 'M-f', 'C-right', 'C-left'], 'one |two'],
    ['one two:x', ['C-w'], 'one |'],
    ['one two:x', ['M-backspace'], 'one two:|'],
    ['one two', ['C-a', 'M-d'], '| two'],
    ['one two', ['C-a', 'C-k', 'C-y', 'C-y'], 'one twoone two|'],
    ['one two', ['M-b', 'C-u', 'C-e', 'C-y'], 'twoone |'],
    ['a b c', ['C-w', 'C-w', 'C-y'], 'a b c|'],
    ['one two', ['C-w', 'left', 'C-u', 'C-y', 'M-y'], 'two| '],
    ['one two', ['C-w', 'left', 'C-u', 'C-y', 'M-y', 'M-y'], 'one| '],
    ['ab', ['C-t'], 'ba|'],
    ['abc', ['left', 'C-t'], 'acb|'],
    ['one', ['C-a', 'M-u', 'C-a', 'M-c'], 'One|'],
    ['x', ['C-_'], '|'],
    ['start web', ['C-_'], 'start|'],
    ['start web', ['C-u', 'C-_'], 'start web|'],
    // A character is what a person takes for one.
    ['a👨‍👩‍👧e\u0301', ['left', 'left', 'X'], 'aX|👨‍👩‍👧e\u0301'],
    ['👨‍👩‍👧', ['backspace'], '|'],
    ['日本', ['C-a', 'delete'], '|本'],
  ])('%j and %j', (text, names, shown) => {
    expect(new Typist().type(text).press(...names).shows).toBe(shown);
  });

  test('what the caller is to do', () => {
    expect(new Typist().press('C-d').outcome).toBe('end');
    expect(new Typist().type('x').press('C-d').outcome).toBe('bell');
    expect(new Typist().press('enter').outcome).toBe('accepted');
    expect(new Typist().press('C-c').outcome).toBe('cancelled');
    expect(new Typist().press('C-l').outcome).toBe('redraw');
    expect(new Typist().press('backspace').outcome).toBe('bell');
    expect(new Typist().press('f5').outcome).toBe('bell');
  });

  test('a paste is text without controls, and its lines stay lines', () => {
    expect(editPaste(new Typist('old').press('C-r', 'o').state, 'a\tb\r\nc\x1b\x07\x9b\rd').state.line.text).toBe(
      'a b\nc\ndold',
    );
    const { state } = editPaste(newEditor([]), 'x'.repeat(100_000));
    expect(state.line.text.length).toBe(64 * 1024);
    expect(editKey(state, key('C-_')).state.line.text).toBe('');
  });

  test('kills outlive the line', () => {
    const first = new Typist().type('web').press('C-u');
    const second = new Typist();
    second.state = newEditor([], first.state);
    expect(second.press('C-y').shows).toBe('web|');
  });
});

describe('history', () => {
  const history = ['status', 'start web', 'stop web', 'start db', 'start db'];

  test('Up and Down walk through it and come back to what was typed', () => {
    const typist = new Typist(...history);
    expect(typist.press('up').shows).toBe('start db|');
    expect(typist.press('up').shows).toBe('stop web|');
    expect(typist.press('C-n', 'down').shows).toBe('|');
    expect(typist.press('down').outcome).toBe('bell');
    expect(typist.press('M-<').shows).toBe('status|');
    expect(typist.press('up').outcome).toBe('bell');
    expect(typist.press('M->').shows).toBe('|');
  });

  test('what is typed before is what the lines begin with', () => {
    const typist = new Typist(...history).type('sta');
    expect(typist.press('up', 'up').shows).toBe('start web|');
    expect(typist.press('up').shows).toBe('status|');
    expect(typist.press('up').outcome).toBe('bell');
    expect(typist.press('down', 'down', 'down').shows).toBe('sta|');
  });

  test('Ctrl-R searches as it is typed, again, forward, and back to the line', () => {
    const typist = new Typist(...history).type('x').press('C-r', 'w', 'e');
    expect(typist.shows).toBe('stop |web');
    expect(typist.state.search && searchLabel(typist.state.search)).toBe('search back (we): ');
    expect(typist.press('C-r').shows).toBe('start |web');
    expect(typist.press('C-r').outcome).toBe('bell');
    expect(typist.state.search && searchLabel(typist.state.search)).toBe('not found (we): ');
    expect(typist.press('C-s').shows).toBe('stop |web');
    expect(typist.press('backspace').shows).toBe('start |web');
    expect(typist.press('C-g').shows).toBe('x|');
    expect(typist.press('C-r', 'C-r').shows).toBe('stop |web');
    expect(typist.press('escape').state.search).toBeUndefined();
    expect(typist.press('C-e', '2').shows).toBe('stop web2|');
    expect(typist.press('C-r', 's', 't', 'o', 'enter').outcome).toBe('accepted');
    expect(typist.state).toMatchObject({ line: { text: 'stop web' }, search: undefined });
  });
});

describe('completion', () => {
  test('the only one is put in, with a space where the word is whole', () => {
    const typist = new Typist().type('stat').complete({ from: 0, to: 4, candidates: candidates('status') });
    expect(typist.shows).toBe('status |');
    expect(typist.state.completion).toBeUndefined();
  });

  test('of several what they have in common, then one after the other, then what was typed', () => {
    const completion = { from: 5, to: 6, candidates: candidates('web:a', 'web:b') };
    const typist = new Typist().type('stop w').complete(completion);
    expect(typist.shows).toBe('stop web:|');
    expect(typist.state.completion?.candidates).toHaveLength(2);
    expect(typist.press('tab').shows).toBe('stop web:a|');
    expect(typist.press('tab').shows).toBe('stop web:b|');
    expect(typist.press('tab').shows).toBe('stop web:|');
    expect(typist.press('S-tab').shows).toBe('stop web:b|');
    expect(typist.press('escape').shows).toBe('stop web:|');
    expect(typist.state.completion).toBeUndefined();
  });

  test('another key takes what is chosen; Enter runs what is seen', () => {
    const completion = { from: 0, to: 0, candidates: candidates('start', 'stop') };
    const typist = new Typist().complete(completion).press('tab', ' ');
    expect(typist.shows).toBe('start |');
    expect(typist.state.completion).toBeUndefined();
    expect(new Typist().complete(completion).press('tab', 'tab', 'enter')).toMatchObject({
      outcome: 'accepted',
      state: { line: { text: 'stop' } },
    });
  });

  test('nothing to offer changes nothing', () => {
    const typist = new Typist().type('x').complete({ from: 0, to: 1, candidates: [] });
    expect(typist.shows).toBe('x|');
    expect(typist.state.completion).toBeUndefined();
  });
});

const anyKey = fc.oneof(
  fc.constantFrom('a', ' ', 'é', '😀', '\u0301', '\u200d', '👩', '🇫', '🇷', '日', ':'),
  fc.constantFrom(
    'C-a',
    'C-e',
    'C-b',
    'C-f',
    'C-k',
    'C-u',
    'C-w',
    'C-y',
    'C-t',
    'C-d',
    'C-h',
    'C-_',
    'C-r',
    'C-s',
    'C-g',
  ),
  fc.constantFrom('M-b', 'M-f', 'M-d', 'M-backspace', 'M-y', 'M-u', 'M-l', 'M-c', 'M-<', 'M->'),
  fc.constantFrom('up', 'down', 'left', 'right', 'home', 'end', 'delete', 'backspace', 'escape', 'tab', 'S-tab', 'f1'),
);

describe('whatever is typed', () => {
  const history = ['start web', '😀é 日本', 'e\u0301'];

  function typed(names: readonly string[], look: (typist: Typist) => void): Typist {
    const typist = new Typist(...history);
    for (const name of names) {
      typist.press(name);
      if (typist.outcome === 'complete') {
        typist.state = withCompletion(typist.state, {
          from: 0,
          to: typist.state.line.cursor,
          candidates: candidates('😀b', '😀c'),
        });
      }
      look(typist);
    }
    return typist;
  }

  test('the cursor stands between two characters', () => {
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 40 }), names => {
        typed(names, ({ state: { line } }) => expect(boundaryFrom(line.text, line.cursor)).toBe(line.cursor));
      }),
    );
  });

  test('undo goes back to the empty line', () => {
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 40 }), names => {
        const typist = typed(names, () => {}).press('escape');
        for (let i = 0; i <= names.length * 2; i++) typist.press('C-_');
        expect(typist.state.line.text).toBe('');
      }),
    );
  });
});
