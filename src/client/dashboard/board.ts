import type { Happening } from '../../core/events.ts';
import type { DaemonInfo, ProcessInfo, UsageSample } from '../../protocol/messages.ts';
import type { PaneFrame } from '../../terminal/pane.ts';
import type { ScreenDocument } from '../../terminal/render.ts';
import type { Size } from '../attach/size.ts';
import type { EditorState } from '../line/editor.ts';
import type { Input } from '../line/key.ts';
import type { Verb } from '../verb.ts';
import type { Link, Mode, Model, Selected, Splits, Tone } from './model.ts';

/** The model and what only `update.ts` knows beside it: what is not drawn, but decides what the next key does. */
export interface Board extends Model {
  /** What can be called on the command line. */
  readonly verbs: readonly Verb[];
  /** The line that is typed in a filter, a search or a command. */
  readonly editor: EditorState | undefined;
  /** Command lines that were typed before, the oldest first. */
  readonly typed: readonly string[];
  /** What was selected when the filter was begun, to come back to. */
  readonly before: Selected | undefined;
  /** The mode that a page or a question was opened from, where that is not the usual one. */
  readonly under: Mode | undefined;
  /** What is asked about was a key's doing: see `CommandRun.isBrief`. */
  readonly isBrief: boolean;
  /** Commands that run. */
  readonly runs: ReadonlyMap<number, CommandRun>;
  readonly nextRun: number;
  /** Which of them the page shows. */
  readonly pageRun: number | undefined;
  /** The divider that the mouse holds. */
  readonly drag: keyof Splits | 'selection' | undefined;
  /** What was heard of each process's terminal, to tell what is new. */
  readonly heard: ReadonlyMap<string, Heard>;
  /** The daemon's number of the viewer that types from here, so that it is not taken for another. */
  readonly ownViewer: number | undefined;
  /** Columns of the program whose history is shown. */
  readonly historyCols: number;
  /** Names of the config's alerts, for completion. */
  readonly alerts: readonly string[];
}

/** A command under way. */
export interface CommandRun {
  /** As it is shown to people. */
  readonly line: string;
  /** Its page stays at the end of what comes: a log. */
  readonly isFollowed: boolean;
  /** A key's doing: what it led to is told in a line, however many it concerned. */
  readonly isBrief: boolean;
  readonly lines: readonly string[];
}

/** What was heard of one terminal. */
export interface Heard {
  readonly printed: number;
  readonly bells: number;
  /** The same when somebody here last looked at it. */
  readonly seenPrinted: number;
  readonly seenBells: number;
  /** Wall clock of its last output; undefined when it never printed. */
  readonly lastOutput: number | undefined;
  /** In how many samples it printed since it was last looked at, to know one that used to print. */
  readonly busy: number;
}

/** What happens to a dashboard. */
export type Message =
  | { readonly type: 'input'; readonly input: Input }
  | { readonly type: 'size'; readonly size: Size }
  /** Wall clock in milliseconds. */
  | { readonly type: 'tick'; readonly now: number }
  | { readonly type: 'link'; readonly link: Link; readonly daemon?: DaemonInfo }
  /** All processes there are, in the order in which they start, and the names of all alerts. */
  | { readonly type: 'processes'; readonly processes: readonly ProcessInfo[]; readonly alerts?: readonly string[] }
  /** Some of them, as they are now. */
  | { readonly type: 'changed'; readonly processes: readonly ProcessInfo[] }
  /** `isPast`: it had happened before the list of processes was asked for, which tells of it. */
  | { readonly type: 'happening'; readonly happening: Happening; readonly isPast: boolean }
  /** So many events were forgotten before they could be read. */
  | { readonly type: 'missed'; readonly count: number }
  | { readonly type: 'usage'; readonly sample: UsageSample }
  | { readonly type: 'pane opened'; readonly name: string; readonly pane: Size }
  | { readonly type: 'pane'; readonly name: string; readonly frame: PaneFrame }
  /** Why there is no more to see; undefined for nothing to say. */
  | { readonly type: 'pane text'; readonly name: string; readonly text: string | undefined }
  | { readonly type: 'pane closed'; readonly name: string }
  /** Keys reach the program from here on; `viewer` is the daemon's number for it, `chord` what ends it. */
  | { readonly type: 'typing'; readonly name: string; readonly viewer: number; readonly chord: string }
  /** The chord was typed, or `text` says why it cannot go on. */
  | { readonly type: 'typing over'; readonly text: string | undefined }
  /** `up`: rows that it is to be scrolled up by at once. */
  | { readonly type: 'history'; readonly name: string; readonly up: number; readonly screen: ScreenDocument }
  | { readonly type: 'history failed'; readonly name: string; readonly text: string }
  | { readonly type: 'printed'; readonly run: number; readonly lines: readonly string[] }
  | { readonly type: 'run over'; readonly run: number; readonly code: number }
  | { readonly type: 'told'; readonly text: string; readonly tone: Tone };

/** What is to be done about it. */
export type Effect =
  | { readonly kind: 'run'; readonly run: number; readonly words: readonly string[] }
  | { readonly kind: 'cancel'; readonly run: number }
  /** A line for the history of command lines. */
  | { readonly kind: 'remember'; readonly line: string }
  /** A command gets the terminal, and the dashboard comes back afterwards. */
  | { readonly kind: 'hand over'; readonly words: readonly string[]; readonly title: string }
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'fetch history'; readonly name: string; readonly up: number }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'ring' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'leave' };

/** The next board, and what is to be done. */
export interface Step {
  readonly model: Board;
  readonly effects: readonly Effect[];
}

export function stay(model: Board, ...effects: readonly Effect[]): Step {
  return { model, effects };
}

/** Milliseconds that a notice stays: long enough to be read twice. */
export const NOTICE_FOR = 8000;

/** Says something in the last line. */
export function told(model: Board, text: string, tone: Tone = 'plain'): Board {
  return { ...model, notice: { text, tone, until: model.now + NOTICE_FOR } };
}
