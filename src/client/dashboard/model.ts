import type { Happening } from '../../core/events.ts';
import type { PublicState } from '../../core/status.ts';
import type { DaemonInfo, ProcessInfo, UsageSample } from '../../protocol/messages.ts';
import type { LineDocument, SpanDocument } from '../../terminal/render.ts';
import type { Size } from '../attach/size.ts';
import type { Completion, Line } from '../line/line.ts';

/**
 * All that the dashboard shows, as data. `update.ts` makes the next one of it, `view.ts` draws it; nothing here knows of a
 * daemon, a terminal or a clock.
 */
export interface Model {
  readonly size: Size;
  /** Wall clock in milliseconds, as of the last tick: uptimes are counted on by it. */
  readonly now: number;
  readonly link: Link;
  readonly daemon: DaemonInfo | undefined;
  /** What the daemon itself takes; absent while not known. */
  readonly daemonUsage?: UsageSample['daemon'] | undefined;
  /** The user's home directory, to write paths beneath it as `~/…`. */
  readonly home?: string | undefined;
  /** `--read-only`: nothing can be changed, and it shows. */
  readonly readOnly: boolean;
  /** In the order in which they start. */
  readonly rows: readonly Row[];
  /** Groups of which only the heading is shown. */
  readonly collapsed: ReadonlySet<string>;
  /** Only what matches is shown; empty for all. A selector, a state's word, or a part of a name. */
  readonly filter: string;
  /** What the table's bar is on. */
  readonly selected: Selected | undefined;
  /** First line of the table that is shown, as it may be longer than its pane. */
  readonly tableTop: number;
  readonly screenful: 'list' | 'tiles';
  /** The console fills the screen, or in tiles the selected tile does. */
  readonly isZoomed: boolean;
  /** Names of the processes in the tiles, at most `MOST_TILES`. */
  readonly tiles: readonly string[];
  /** What the mouse has made of the panes' sizes. */
  readonly splits: Splits;
  readonly mode: Mode;
  /** The last at the end; bounded. */
  readonly events: readonly EventRow[];
  /** Lines of the events pane above its last ones that it is scrolled up by. */
  readonly eventsUp: number;
  /** Said in the last line for a while: what a command led to, what went wrong. */
  readonly notice: Notice | undefined;
  readonly consoles: ReadonlyMap<string, ConsoleModel>;
}

export const MOST_TILES = 12;

/** Whether the daemon is there. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `since`: wall clock. `reason`: a sentence for people. It is tried again all the time. */
  | { readonly kind: 'lost'; readonly since: number; readonly reason: string };

export type Selected =
  | { readonly kind: 'process'; readonly name: string }
  | { readonly kind: 'group'; readonly name: string };

/** One process in the table. */
export interface Row {
  readonly info: ProcessInfo;
  /** Percent of one core, for its whole session; undefined while not known. */
  readonly cpu: number | undefined;
  /** Resident bytes, of its whole session. */
  readonly memory: number | undefined;
  /** The last percents, oldest first, at most `SPARK_LENGTH`. */
  readonly spark: readonly number[];
  /** What happened on its terminal since somebody here last looked at it. */
  readonly marks: Marks;
}

export const SPARK_LENGTH = 20;

export interface Marks {
  /** It printed. */
  readonly activity: boolean;
  /** It rang. */
  readonly bell: boolean;
  /** It is up, used to print, and has been silent for a while. */
  readonly silence: boolean;
  /** Others who are attached. */
  readonly viewers: number;
  /** They wait, as it does not run. */
  readonly isWaitedFor: boolean;
}

/** Sizes in cells; undefined for what the layout thinks best. */
export interface Splits {
  /** Columns of the table, where the console is beside it. */
  readonly tableCols: number | undefined;
  /** Rows of the table, where the console is below it. */
  readonly tableRows: number | undefined;
  /** Rows of the events pane, its border included. */
  readonly eventsRows: number | undefined;
}

export interface EventRow {
  readonly happening: Happening;
  /** As `taskmasterctl events` prints it, without colour and without the time. */
  readonly text: string;
  /** How it is coloured. */
  readonly tone: Tone;
}

export type Tone = 'plain' | 'good' | 'busy' | 'bad' | 'dim';

export interface Notice {
  readonly text: string;
  readonly tone: Tone;
  /** Wall clock at which it goes. */
  readonly until: number;
}

/** The live console of one process, as its pane shows it. */
export interface ConsoleModel {
  readonly name: string;
  /** The pane's own size, within its border, that was asked for. */
  readonly pane: Size;
  /** The program's terminal; undefined before the first picture. */
  readonly program: Size | undefined;
  /** Which part of it the pane shows. */
  readonly at: { readonly x: number; readonly y: number };
  readonly cursor: { readonly x: number; readonly y: number } | undefined;
  readonly alternate: boolean;
  /** One a row of the pane. A row that did not change is the same object as before. */
  readonly lines: readonly (readonly SpanDocument[])[];
  /** Why there is nothing to see, or no more to come: how it ended, that it cannot be reached. */
  readonly text: string | undefined;
}

/** What keys mean now. */
export type Mode =
  | { readonly kind: 'normal' }
  /** `/` in the table: what is typed filters at once. */
  | { readonly kind: 'filter'; readonly line: Line; readonly before: string }
  /** `:`; `search` while Ctrl-R looks through the history. */
  | {
      readonly kind: 'command';
      readonly line: Line;
      readonly completion: Completion | undefined;
      readonly search: string | undefined;
    }
  /** `i`: keys go to the program in the pane. `chord`: the keys that end it, as people call them; undefined before the daemon has told. */
  | { readonly kind: 'typing'; readonly name: string; readonly chord?: string }
  /** A console's history stands still: it is scrolled, searched, copied from. */
  | { readonly kind: 'history'; readonly name: string; readonly history: HistoryView }
  /** Text over the panes: help, what a command printed, a log. */
  | { readonly kind: 'page'; readonly page: Page }
  /** Something destructive is about to happen; `danger` names what. */
  | { readonly kind: 'confirm'; readonly question: string; readonly command: readonly string[] };

export interface HistoryView {
  /** Undefined while it is fetched. */
  readonly lines: readonly LineDocument[] | undefined;
  /** First line that is shown. */
  readonly top: number;
  /** The copy cursor: a line, and a column in cells. */
  readonly cursor: { readonly line: number; readonly column: number };
  /** Where the selection began; undefined for none. `isLinewise`: whole lines. */
  readonly anchor: { readonly line: number; readonly column: number; readonly isLinewise: boolean } | undefined;
  /** What is being typed to search for, or undefined. */
  readonly typing: { readonly line: Line; readonly isBackward: boolean } | undefined;
  /** What was searched for last; matches are marked. */
  readonly pattern: string;
  readonly isBackward: boolean;
}

export interface Page {
  readonly title: string;
  /** Styled text: SGR sequences only, no others. */
  readonly lines: readonly string[];
  readonly top: number;
  /** More may come at the end, and is shown: a log. */
  readonly isFollowed: boolean;
}

/** States by how much they want to be looked at. */
export const TONE_OF_STATE: Readonly<Record<PublicState, Tone>> = {
  RUNNING: 'good',
  STARTING: 'busy',
  BACKOFF: 'busy',
  STOPPING: 'busy',
  FATAL: 'bad',
  UNKNOWN: 'bad',
  EXITED: 'dim',
  STOPPED: 'dim',
};
