import type { Happening } from '../../core/events.ts';
import { formatUptime } from '../../core/status.ts';
import type { ProcessInfo, UsageSample } from '../../protocol/messages.ts';
import type { Board, Heard } from './board.ts';
import { visibleConsoles } from './consoles.ts';
import { hear, lookedAt, marksOf, NO_MARKS } from './marks.ts';
import { type Row, SPARK_LENGTH } from './model.ts';

/** The whole list anew: what was known of those that are still there stays. */
export function withProcesses(board: Board, processes: readonly ProcessInfo[]): Board {
  const former = new Map(board.rows.map(row => [row.info.name, row]));
  const rows = processes.map(info => rowOf(info, former.get(info.name)));
  const heard = new Map([...board.heard].filter(([name]) => processes.some(info => info.name === name)));
  return marked({ ...board, rows, heard });
}

/** Some processes anew; those that the list has not are passed over, as it will be asked for again. */
export function withChanged(board: Board, processes: readonly ProcessInfo[]): Board {
  const changed = new Map(processes.map(info => [info.name, info]));
  const rows = board.rows.map(row => {
    const info = changed.get(row.info.name);
    return info === undefined ? row : rowOf(info, row);
  });
  return marked({ ...board, rows });
}

/** What an event says of its process at once, before the daemon has been asked for the rest. */
export function withHappening(board: Board, happening: Happening): Board {
  if (!('process' in happening)) return board;
  const rows = board.rows.map(row => {
    const info = row.info.name === happening.process ? infoAfter(row.info, happening) : row.info;
    return info === row.info ? row : rowOf(info, row);
  });
  return marked({ ...board, rows });
}

function infoAfter(info: ProcessInfo, happening: Happening): ProcessInfo {
  switch (happening.type) {
    case 'process.state': {
      const { to, pid, reason } = happening;
      const uptime = pid === null ? null : pid === info.pid ? info.uptime : 0;
      return { ...info, state: to, pid, reason, uptime };
    }
    case 'process.spawned':
      return { ...info, starts: info.starts + 1 };
    case 'process.exit': {
      const { exit, pid, ranFor, at } = happening;
      return { ...info, lastExit: { ...exit, pid, ranFor, at } };
    }
    default:
      return info;
  }
}

/** Percents, bytes and what the terminals did in the last second. */
export function withUsage(board: Board, { at, processes, daemon: daemonUsage }: UsageSample): Board {
  const usages = new Map(processes.map(usage => [usage.name, usage]));
  const heard = new Map<string, Heard>(board.heard);
  for (const usage of processes) heard.set(usage.name, hear(heard.get(usage.name), usage, at));
  const rows = board.rows.map(row => {
    const usage = usages.get(row.info.name);
    const cpu = usage === undefined ? row.cpu : (usage.cpu ?? undefined);
    const memory = usage === undefined ? row.memory : (usage.memory ?? undefined);
    return { ...row, cpu, memory, spark: [...row.spark, cpu ?? 0].slice(-SPARK_LENGTH) };
  });
  return marked({ ...board, rows, heard, daemonUsage });
}

/** Time goes on: uptimes are as of `now`, or of when the daemon was heard of last. */
export function withNow(board: Board, now: number): Board {
  const passed = board.link.kind === 'live' ? Math.max(0, now - board.now) : 0;
  const rows = board.rows.map(row =>
    row.info.uptime === null || row.info.pid === null
      ? row
      : { ...row, info: aged(row.info, row.info.uptime + passed) },
  );
  const isOver = board.notice !== undefined && now >= board.notice.until;
  const daemon = board.daemon && { ...board.daemon, uptime: board.daemon.uptime + passed };
  return marked({ ...board, now, rows, daemon, notice: isOver ? undefined : board.notice });
}

/** With the marks that follow from all else; whose console is to be seen has none that looking at it takes away. */
export function marked(board: Board): Board {
  const visible = new Set(board.mode.kind === 'page' ? [] : visibleConsoles(board));
  let heard: Map<string, Heard> | undefined;
  for (const name of visible) {
    const was = board.heard.get(name);
    const looked = was && lookedAt(was);
    if (looked === was || looked === undefined) continue;
    heard ??= new Map(board.heard);
    heard.set(name, looked);
  }
  const next = heard === undefined ? board : { ...board, heard };
  let isChanged = false;
  const rows = next.rows.map(row => {
    const marks = marksOf(row.marks, {
      info: row.info,
      heard: next.heard.get(row.info.name),
      now: next.now,
      own: next.ownViewer,
    });
    if (marks === row.marks) return row;
    isChanged = true;
    return { ...row, marks };
  });
  return isChanged ? { ...next, rows } : next;
}

/** What tells the uptime tells it as of now. */
function aged(info: ProcessInfo, uptime: number): ProcessInfo {
  const isTold = info.state === 'RUNNING' || info.state === 'STOPPING';
  return {
    ...info,
    uptime,
    description: isTold ? `pid ${info.pid}, uptime ${formatUptime(uptime)}` : info.description,
  };
}

function rowOf(info: ProcessInfo, former: Row | undefined): Row {
  if (former === undefined) return { info, cpu: undefined, memory: undefined, spark: [], marks: NO_MARKS };
  const isUp = info.pid !== null;
  return { ...former, info, cpu: isUp ? former.cpu : undefined, memory: isUp ? former.memory : undefined };
}
