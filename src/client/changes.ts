import { describeChange, type KeyChange } from '../core/facets.ts';
import type { ReloadAction } from '../core/reload.ts';
import type { ChangeInfo, ReloadReply } from '../protocol/messages.ts';
import { type Paint, paintAction } from './palette.ts';

/** What happens to a process, or to a key of the daemon's, in words. */
const WORDS: Readonly<Record<ReloadAction | 'daemon', string>> = {
  nothing: 'nothing',
  applied: 'applied now',
  restart: 'restart',
  start: 'start',
  stop: 'stop',
  daemon: 'needs a restart of the daemon',
};

/** The name that the daemon's own section stands under. */
const DAEMON = 'taskmasterd';

interface Row {
  readonly name: string;
  readonly action: ReloadAction | 'daemon';
  /** One a line. */
  readonly reasons: readonly string[];
}

/**
 * What a reload does, or would do: each process that something changes for, what happens to it, and why, a key a line.
 * Those that stay as they are are counted.
 */
export function formatReload(reply: ReloadReply, color: boolean): string {
  const rows = [...reply.daemon.map(rowOfDaemon), ...foldAlike(reply.processes.filter(isWorthARow))];
  const nameWidth = Math.max(0, ...rows.map(({ name }) => name.length));
  const actionWidth = Math.max(0, ...rows.map(({ action }) => WORDS[action].length));
  const lines = rows.flatMap(({ name, action, reasons }) => {
    const paint: Paint = color ? text => paintAction(action, text) : text => text;
    const head = `${name.padEnd(nameWidth)}  ${paint(WORDS[action].padEnd(actionWidth))}  `;
    const blank = ' '.repeat(nameWidth + actionWidth + 4);
    return reasons.map((reason, i) => `${i === 0 ? head : blank}${reason}`.trimEnd());
  });
  const overrides = Object.entries(reply.overrides).map(([program, n]) => `this ends \`scale ${program}=${n}\``);
  return [...lines, ...overrides, summaryOf(reply, rows.length)].map(line => `${line}\n`).join('');
}

/** A process of which nothing but the number of its siblings has changed is told by those. */
function isWorthARow({ kind, changes }: ChangeInfo): boolean {
  return kind !== 'kept' || changes.some(change => change.class !== 'instances');
}

/** Neighbours of one program to which the same happens are one row, as there may be hundreds. */
function foldAlike(changes: readonly ChangeInfo[]): Row[] {
  const rows: Row[] = [];
  let before: { readonly key: string; readonly first: Row } | undefined;
  for (const change of changes) {
    const row = rowOf(change);
    const own = change.was !== null && change.was !== change.name ? change.name : '';
    const key = JSON.stringify([change.program, own, row.action, row.reasons]);
    if (before?.key === key) rows[rows.length - 1] = { ...row, name: `${before.first.name} … ${change.name}` };
    else {
      rows.push(row);
      before = { key, first: row };
    }
  }
  return rows;
}

function rowOf({ name, was, action, changes, note }: ChangeInfo): Row {
  const renamed = was !== null && was !== name ? `${was} -> ${name}` : name;
  const reasons = [
    ...changes.filter(({ key }) => key !== 'processname').map(describeChange),
    ...(note === null ? [] : [note]),
  ];
  return { name: renamed, action, reasons: reasons.length === 0 ? ['another name'] : reasons };
}

function rowOfDaemon(change: KeyChange): Row {
  return { name: DAEMON, action: change.class === 'daemon' ? 'daemon' : 'applied', reasons: [describeChange(change)] };
}

/** supervisorctl's words where there is nothing to tell. */
function summaryOf({ applied, processes, unchanged }: ReloadReply, rows: number): string {
  if (rows === 0) return 'No config updates to processes';
  const shown = processes.filter(isWorthARow).length;
  const same = unchanged + processes.length - shown;
  return applied ? `${shown} changed, ${same} not` : `${shown} would change, ${same} not; this was a dry run`;
}
