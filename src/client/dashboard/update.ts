/**
 * What becomes of the dashboard by what happens: the model before and a message in, the model after and what is to be done
 * out. Nothing here knows of a terminal, a daemon or a clock, so that every key can be tried without any of them.
 */
import type { Size } from '../attach/size.ts';
import { editKey, editPaste } from '../line/editor.ts';
import type { Input, Key } from '../line/key.ts';
import type { Verb } from '../verb.ts';
import { act } from './acting.ts';
import { bindingOf, keyModeOf, whyNot } from './bindings.ts';
import { type Board, type Effect, type Message, type Step, stay, told } from './board.ts';
import { withFrame, withoutPane, withPane, withText } from './consoles.ts';
import { withEvent } from './eventrows.ts';
import { clampedHistory, withHistory } from './historymode.ts';
import { nameOfKey } from './keyname.ts';
import type { Link } from './model.ts';
import { settled } from './moving.ts';
import { clampedPage, withPrinted, withRunOver } from './pages.ts';
import { point } from './pointing.ts';
import { marked, withChanged, withHappening, withNow, withProcesses, withUsage } from './rows.ts';
import { endLine, withEdited } from './typingline.ts';

export type { Board, Effect, Message, Step } from './board.ts';

/**
 * The dashboard before anything was heard. `verbs`: what can be called on its command line. `typed`: command lines of earlier
 * sessions, the oldest first. `home`: the user's home directory.
 */
export function initialModel({
  size,
  now,
  readOnly,
  verbs,
  home,
  typed = [],
}: {
  readonly size: Size;
  readonly now: number;
  readonly readOnly: boolean;
  readonly verbs: readonly Verb[];
  readonly home?: string | undefined;
  readonly typed?: readonly string[];
}): Board {
  return {
    size,
    now,
    readOnly,
    verbs,
    home,
    typed,
    link: { kind: 'connecting' },
    daemon: undefined,
    rows: [],
    collapsed: new Set(),
    filter: '',
    selected: undefined,
    tableTop: 0,
    screenful: 'list',
    isZoomed: false,
    tiles: [],
    splits: { tableCols: undefined, tableRows: undefined, eventsRows: undefined },
    mode: { kind: 'normal' },
    events: [],
    eventsUp: 0,
    notice: undefined,
    consoles: new Map(),
    editor: undefined,
    before: undefined,
    under: undefined,
    isBrief: false,
    runs: new Map(),
    nextRun: 1,
    pageRun: undefined,
    drag: undefined,
    heard: new Map(),
    ownViewer: undefined,
    historyCols: 0,
    alerts: [],
  };
}

export function update(model: Board, message: Message): Step {
  const { model: next, effects } = taken(model, message);
  if (next === model) return { model, effects };
  // A picture or a percent moves nothing.
  if (message.type === 'pane' || message.type === 'pane text') return { model: next, effects };
  return { model: seen(clampedPage(clampedHistory(settled(next, model))), model), effects };
}

/** Consoles that have come to be seen have no marks any more. */
function seen(board: Board, former: Board): Board {
  const isSame =
    board.selected === former.selected &&
    board.screenful === former.screenful &&
    board.isZoomed === former.isZoomed &&
    board.mode.kind === former.mode.kind &&
    board.tiles === former.tiles;
  return isSame ? board : marked(board);
}

function taken(model: Board, message: Message): Step {
  switch (message.type) {
    case 'input':
      return withInput(model, message.input);
    case 'size':
      return stay({ ...model, size: message.size });
    case 'tick':
      return stay(withNow(model, message.now));
    case 'link':
      return withLink(model, message);
    case 'processes':
      return leftTyping({ ...withProcesses(model, message.processes), alerts: message.alerts ?? model.alerts });
    case 'changed':
      return stay(withChanged(model, message.processes));
    case 'happening': {
      const events = withEvent(model.events, message.happening);
      const eventsUp = model.eventsUp === 0 ? 0 : Math.min(model.eventsUp + 1, events.length - 1);
      const next = { ...model, events, eventsUp };
      return stay(message.isPast ? next : withHappening(next, message.happening));
    }
    case 'missed':
      return stay(told(model, `${message.count} events were forgotten before they could be read`, 'dim'));
    case 'usage':
      return stay(withUsage(model, message.sample));
    case 'pane opened':
      return stay(withPane(model, message.name, message.pane));
    case 'pane':
      return stay(withFrame(model, message.name, message.frame));
    case 'pane text':
      return stay(withText(model, message.name, message.text));
    case 'pane closed':
      return stay(withoutPane(model, message.name));
    case 'typing': {
      const { mode } = model;
      if (mode.kind !== 'typing' || mode.name !== message.name) return stay(model);
      const typing = { ...model, ownViewer: message.viewer, mode: { ...mode, chord: message.chord } };
      return stay(marked(typing));
    }
    case 'typing over': {
      const { mode } = model;
      if (mode.kind !== 'typing') return stay(model);
      const over: Board = { ...model, mode: { kind: 'normal' }, ownViewer: undefined };
      return stay(message.text === undefined ? over : told(over, message.text, 'bad'));
    }
    case 'history':
      return withHistory(model, message.name, message.up, message.screen);
    case 'history failed': {
      const isOpen = model.mode.kind === 'history' && model.mode.name === message.name;
      const over: Board = isOpen ? { ...model, mode: { kind: 'normal' } } : model;
      return stay(told(over, message.text, 'bad'));
    }
    case 'printed':
      return stay(withPrinted(model, message.run, message.lines));
    case 'run over':
      return stay(withRunOver(model, message.run, message.code));
    case 'told':
      return stay(told(model, message.text, message.tone));
  }
}

/** Whoever types to a process that has left the config types to nobody. */
function leftTyping(model: Board): Step {
  const { mode } = model;
  if (mode.kind !== 'typing' && mode.kind !== 'history') return stay(model);
  if (model.rows.some(({ info }) => info.name === mode.name)) return stay(model);
  const over: Board = { ...model, mode: { kind: 'normal' }, ownViewer: undefined, editor: undefined };
  return stay(told(over, `${mode.name} is gone: it was removed by a reload`, 'bad'));
}

function withLink(model: Board, { link, daemon }: { readonly link: Link; readonly daemon?: Board['daemon'] }): Step {
  const next: Board = { ...model, link, daemon: daemon ?? model.daemon };
  if (link.kind === 'live') {
    return stay(model.link.kind === 'lost' ? told(next, 'the daemon is back', 'good') : next);
  }
  if (link.kind !== 'lost' || next.mode.kind !== 'typing') return stay(next);
  return stay({ ...next, mode: { kind: 'normal' }, ownViewer: undefined });
}

function withInput(model: Board, input: Input): Step {
  switch (input.type) {
    case 'key':
      return withKey(model, input.key);
    case 'paste':
      return withPaste(model, input.text);
    case 'mouse':
      return point(model, input.mouse);
    case 'focus':
    case 'reply':
      return stay(model);
  }
}

function withKey(model: Board, key: Key): Step {
  const mode = keyModeOf(model);
  const { editor } = model;
  const binding = bindingOf(mode, nameOfKey(key));
  if (mode === 'filter' || mode === 'search' || mode === 'command') {
    if (binding?.action === 'close') return endLine(model, false);
    if (mode === 'filter' && (binding?.action === 'up' || binding?.action === 'down'))
      return act(model, binding.action);
    return editor === undefined ? stay(model) : withEdited(model, editKey(editor, key));
  }
  if (binding === undefined) return stay(model);
  const reason = whyNot(model, binding);
  if (reason !== undefined) return stay(told(model, reason, model.readOnly && binding.changes ? 'bad' : 'plain'), RING);
  // Whatever was said has been read by who goes on.
  return act(model.notice?.tone === 'busy' ? model : { ...model, notice: undefined }, binding.action);
}

const RING: Effect = { kind: 'ring' };

/** Text for the line that is typed; elsewhere it would be keys that nobody meant. */
function withPaste(model: Board, text: string): Step {
  const { editor } = model;
  const mode = keyModeOf(model);
  if (editor !== undefined && (mode === 'filter' || mode === 'search' || mode === 'command')) {
    return withEdited(model, editPaste(editor, text));
  }
  if (mode === 'typing') return stay(model);
  return stay(told(model, 'i types into the console: text that is pasted goes there then'), RING);
}
