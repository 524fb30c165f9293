/** Models of dashboards, without a daemon: what tests draw, and what is looked at by hand. */
import type { EventRow, Marks, Model, Row, Tone } from '../../../src/client/dashboard/model.ts';
import type { PublicState } from '../../../src/core/status.ts';
import type { DaemonInfo, ProcessInfo } from '../../../src/protocol/messages.ts';
import { processInfo } from '../support.ts';

/** 2026-03-01 12:00:00 UTC. */
export const NOW = 1_772_366_400_000;

const NO_MARKS: Marks = { activity: false, bell: false, silence: false, viewers: 0, isWaitedFor: false };

const DAEMON: DaemonInfo = {
  version: '1.0.0',
  protocol: '1.0',
  pid: 4711,
  config: '/srv/demo/taskmaster.yaml',
  socket: '/run/taskmaster/tm.sock',
  logfile: null,
  uptime: 93_784_000,
  mood: 'running',
  scaled: {},
  resources: {},
  counts: {},
};

export function modelOf(parts: Partial<Model> = {}): Model {
  return {
    size: { cols: 80, rows: 24 },
    now: NOW,
    link: { kind: 'live' },
    daemon: DAEMON,
    readOnly: false,
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
    ...parts,
  };
}

export interface RowParts extends Partial<Omit<Row, 'info' | 'marks'>> {
  readonly info?: Partial<ProcessInfo>;
  readonly marks?: Partial<Marks>;
}

export function rowOf(name: string, { info = {}, marks = {}, ...parts }: RowParts = {}): Row {
  return {
    info: processInfo(name, info),
    cpu: undefined,
    memory: undefined,
    spark: [],
    marks: { ...NO_MARKS, ...marks },
    ...parts,
  };
}

/** Names of so many processes: programs of their own, and groups of four. */
export function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => (i % 12 < 8 ? `task-${i}` : `web${Math.floor(i / 12)}:web_0${i % 4}`));
}

const STATES: readonly PublicState[] = ['RUNNING', 'RUNNING', 'STARTING', 'RUNNING', 'BACKOFF', 'STOPPED', 'RUNNING'];

/** So many processes, in all states, the first one selected. */
export function withProcesses(count: number): Pick<Model, 'rows' | 'selected'> {
  const rows = namesOf(count).map((name, i) => {
    const state = STATES[i % STATES.length] ?? 'RUNNING';
    const isUp = state === 'RUNNING' || state === 'STARTING';
    return rowOf(name, {
      info: {
        state,
        pid: isUp ? 4000 + 37 * i : null,
        uptime: isUp ? 61_000 * (i + 1) ** 2 : null,
        restarts: i % 5,
        reason: state === 'BACKOFF' ? 'exited with 1 within 1 s; next try in 4 s (2 of 3)' : null,
        description: isUp ? 'pid, uptime' : 'Not started',
      },
      ...(isUp && {
        cpu: (i * 7.3) % 100,
        memory: (3 + i) * 1_234_567,
        spark: Array.from({ length: 20 }, (_, n) => ((n + i) * 13) % 100),
      }),
      marks: { activity: i % 3 === 0, bell: i === 4, silence: i === 9, viewers: i === 1 ? 2 : 0, isWaitedFor: i === 5 },
    });
  });
  return { rows, selected: rows[0] && { kind: 'process', name: rows[0].info.name } };
}

export function eventOf(
  id: number,
  process: string,
  { text, tone = 'plain' }: { text: string; tone?: Tone },
): EventRow {
  return {
    happening: {
      id,
      at: NOW - 60_000 + id * 1000,
      type: 'process.spawned',
      process,
      program: process,
      pid: 7,
      cause: 'request',
      by: null,
    },
    text,
    tone,
  };
}
