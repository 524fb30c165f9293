/** What a person does at a terminal, read from its bytes: the words that the line editor and the dashboard understand. */

/** One key, or one character that was typed. */
export interface Key {
  /**
   * `text` for a character that types itself (then `text` is it), else the key's name: `enter`, `tab`, `escape`,
   * `backspace`, `delete`, `insert`, `up`, `down`, `left`, `right`, `home`, `end`, `pageup`, `pagedown`, `f1` … `f12`, or the
   * letter or sign that is held with Ctrl or Alt: `a`, `_`.
   */
  readonly name: string;
  /** What it types, one grapheme or less; empty for a key that types nothing. */
  readonly text: string;
  readonly ctrl: boolean;
  /** Alt, or Escape before it. */
  readonly meta: boolean;
  readonly shift: boolean;
}

/** A report of the mouse, in cells from 0. `move` with a button held is a drag. */
export interface MouseEvent {
  readonly action: 'press' | 'release' | 'drag' | 'wheelup' | 'wheeldown';
  readonly button: 'left' | 'middle' | 'right' | 'none';
  readonly x: number;
  readonly y: number;
  readonly ctrl: boolean;
  readonly meta: boolean;
  readonly shift: boolean;
}

export type Input =
  | { readonly type: 'key'; readonly key: Key; readonly bytes: Uint8Array }
  /** Text between the marks of a bracketed paste, in parts as they come. */
  | { readonly type: 'paste'; readonly text: string; readonly bytes: Uint8Array }
  | { readonly type: 'mouse'; readonly mouse: MouseEvent; readonly bytes: Uint8Array }
  | { readonly type: 'focus'; readonly isFocused: boolean; readonly bytes: Uint8Array }
  /** The terminal's answer to a question. */
  | { readonly type: 'reply'; readonly bytes: Uint8Array };
