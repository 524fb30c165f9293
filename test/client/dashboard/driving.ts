/** A dashboard without a terminal and a daemon: keys go in by their names, as people write them. */

import { VERBS } from '../../../src/client/commands/table.ts';
import type { Board, Effect, Message } from '../../../src/client/dashboard/board.ts';
import { initialModel, update } from '../../../src/client/dashboard/update.ts';
import type { Input, Key, MouseEvent } from '../../../src/client/line/key.ts';
import { verbsAt } from '../../../src/client/verb.ts';
import type { ProcessInfo } from '../../../src/protocol/messages.ts';
import type { LineDocument, ScreenDocument } from '../../../src/terminal/render.ts';
import { processInfo } from '../support.ts';
import { NOW } from './fixtures.ts';

const NO_BYTES = new Uint8Array(0);

const NAMES: Readonly<Record<string, string>> = { PgUp: 'pageup', PgDn: 'pagedown', Esc: 'escape', Del: 'delete' };

/** The key that is called so: `j`, `Ctrl-D`, `PgUp`, `Shift-Tab`. */
export function keyNamed(name: string): Key {
  const [, modifiers = '', base = ''] = /^((?:Ctrl-|Alt-|Shift-)*)(.+)$/s.exec(name) ?? [];
  const [ctrl, meta, shift] = ['Ctrl-', 'Alt-', 'Shift-'].map(word => modifiers.includes(word));
  const flags = { ctrl: ctrl === true, meta: meta === true, shift: shift === true };
  if (base === 'Space') return { name: 'text', text: ' ', ...flags };
  if ([...base].length > 1) return { name: NAMES[base] ?? base.toLowerCase(), text: '', ...flags };
  if (flags.ctrl || flags.meta) return { name: base.toLowerCase(), text: '', ...flags };
  return { name: 'text', text: base, ...flags };
}

export class Driven {
  board: Board;
  /** Of the last message. */
  effects: readonly Effect[] = [];

  constructor(processes: readonly ProcessInfo[] = [], options: { readonly readOnly?: boolean } = {}) {
    this.board = initialModel({
      size: { cols: 120, rows: 40 },
      now: NOW,
      readOnly: options.readOnly === true,
      verbs: verbsAt(VERBS, 'shell'),
    });
    this.take({ type: 'link', link: { kind: 'live' } }, { type: 'processes', processes });
  }

  take(...messages: readonly Message[]): this {
    for (const message of messages) {
      const { model, effects } = update(this.board, message);
      this.board = model;
      this.effects = effects;
    }
    return this;
  }

  input(input: Input): this {
    return this.take({ type: 'input', input });
  }

  press(...names: readonly string[]): this {
    for (const name of names) this.input({ type: 'key', key: keyNamed(name), bytes: NO_BYTES });
    return this;
  }

  type(text: string): this {
    return this.press(...[...text].map(char => (char === ' ' ? 'Space' : char)));
  }

  mouse(action: MouseEvent['action'], x: number, y: number): this {
    const button = action.startsWith('wheel') ? 'none' : 'left';
    const mouse = { action, button, x, y, ctrl: false, meta: false, shift: false } as const;
    return this.input({ type: 'mouse', mouse, bytes: NO_BYTES });
  }

  get selected(): string {
    const { selected } = this.board;
    return selected === undefined ? '' : selected.kind === 'group' ? `${selected.name}:*` : selected.name;
  }

  /** The words of the command that the last message led to. */
  get ran(): readonly string[] | undefined {
    return this.effects.flatMap(effect =>
      effect.kind === 'run' || effect.kind === 'hand over' ? [effect.words] : [],
    )[0];
  }

  get copied(): string | undefined {
    return this.effects.flatMap(effect => (effect.kind === 'copy' ? [effect.text] : []))[0];
  }
}

/** Two programs, and a group of three. */
export function household(): ProcessInfo[] {
  return [up('api'), down('job'), up('web:web_00'), up('web:web_01'), down('web:web_02')];
}

export function up(name: string): ProcessInfo {
  return processInfo(name, { state: 'RUNNING', pid: 70, uptime: 1000 });
}

export function down(name: string): ProcessInfo {
  return processInfo(name, { state: 'STOPPED', pid: null, uptime: null });
}

/** A screen of these lines; one that begins with `+` goes on from the line above. */
export function screenOf(lines: readonly string[], { cols = 20, rows = 5 } = {}): ScreenDocument {
  const documents = lines.map((line): LineDocument => {
    const text = line.replace(/^\+/, '');
    return { text, wrapped: line.startsWith('+'), spans: text === '' ? [] : [{ text }] };
  });
  const scrollback = Math.max(0, lines.length - rows);
  const cursor = { x: 0, y: Math.max(0, lines.length - scrollback - 1) };
  return { cols, rows, cursor, alternate: false, scrollback, lines: documents };
}
