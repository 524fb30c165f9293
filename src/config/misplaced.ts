/**
 * What an unknown key was meant to be: a misspelt one, one that slipped out of the map above it, supervisord's name for
 * it. YAML's meaning hangs on its indentation, and people lose it when they copy.
 */
import { parseChord } from '../core/chord.ts';
import { didYouMean, type Entry, entryOf, isNothing, type MapNode, type Node } from './node.ts';
import type { Report } from './report.ts';
import { columnOf, lineOf } from './source.ts';

/** Supervisord's names, for people who come from there. */
const PEERS: Readonly<Record<string, string>> = {
  command: 'cmd',
  process_name: 'processname',
  directory: 'workingdir',
  cwd: 'workingdir',
  environment: 'env',
  startsecs: 'starttime',
  stopwaitsecs: 'stoptime',
  stop_signal: 'stopsignal',
  stdout_logfile: 'stdout',
  stderr_logfile: 'stderr',
  files: 'include',
};

/** Keys that a hint lists, when none of them is near. */
const MAX_LISTED = 8;

/** Of the rows of a table, what this file needs to know. */
type Rows = Readonly<Record<string, { readonly kind: { accepts?(key: string): boolean } }>>;

/** The hint for a key that a map does not take. */
export function strayKey({ entry, node }: { entry: Entry; node: MapNode }, rows: Rows): string | undefined {
  const owner = ownerAbove(entry, node, rows);
  if (owner !== undefined) return belongsHint(entry, owner);
  const peer = Object.hasOwn(PEERS, entry.key) ? PEERS[entry.key] : undefined;
  if (peer !== undefined && Object.hasOwn(rows, peer)) return `here it is called \`${peer}\``;
  const known = Object.keys(rows);
  const all = known.length > MAX_LISTED ? undefined : `known here: ${known.join(', ')}`;
  return didYouMean(entry.key, known) ?? ownerAnywhere(entry.key, rows) ?? all;
}

/**
 * A file whose indentation is lost: `programs:` is empty, and what should be below it stands beside it. True when that
 * is what happened; it is then all there is to say.
 */
export function reportLostIndentation(top: MapNode, rows: { top: Rows; program: Rows }, report: Report): boolean {
  const programs = entryOf(top, 'programs');
  if (programs === undefined || !isNothing(programs.value)) return false;
  const known = (key: string): boolean => Object.hasOwn(rows.top, key) || Object.hasOwn(rows.program, key);
  const lost = top.entries.filter(({ key, value }) => !known(key) && (isNothing(value) || value.kind === 'map'));
  for (const { key, keyPlace } of lost) {
    report.error(
      keyPlace,
      programAtTop(key),
      'YAML tells by indentation what belongs to what: indent its keys below it too',
    );
  }
  return lost.length > 0;
}

/** Keys of programs that stand beside the names of the programs. True when some do; the rest is then their doing. */
export function reportKeysBesidePrograms(programs: MapNode, program: Rows, report: Report): boolean {
  const isKey = (key: string): boolean => Object.hasOwn(program, key);
  const isStray = ({ key, value, keyPlace }: Entry): boolean =>
    isKey(key) && value.kind !== 'map' && !isNothing(value) && report.trusts(keyPlace);
  if (!programs.entries.some(isStray)) return false;
  let name: string | undefined;
  let first = true;
  for (const { key, keyPlace } of inOrder([...programs.entries, ...programs.duplicates])) {
    if (!isKey(key)) {
      name = key;
      first = true;
    } else if (first) {
      const below = name === undefined ? 'the name of its program' : `\`${name}:\``;
      report.error(
        keyPlace,
        `\`${key}\` stands where a program is expected: it is a key of one`,
        `indent it below ${below}`,
      );
      first = false;
    }
  }
  return true;
}

/** What to say of a top-level entry that is a program, or a key of one. */
export function strayAtTop({ key, value }: Entry, top: MapNode, program: Rows): string | undefined {
  if (Object.hasOwn(program, key)) return `\`${key}\` is a key of a program, and stands at the top level`;
  if (!isProgram(value, program)) return undefined;
  if (entryOf(top, 'programs') !== undefined) return programAtTop(key);
  return `program '${key}' stands at the top level: write \`programs:\` above it, and indent it under that`;
}

/** What to say of an entry of a program that is itself a program. */
export function strayInProgram({ key, value }: Entry, program: Rows): string | undefined {
  return isProgram(value, program)
    ? `program '${key}' stands inside another program: indent it like that one`
    : undefined;
}

/** What to say of the rest of a chord: in braces, YAML ends a value at a comma. */
export function strayInDaemon({ key, value }: Entry, daemon: MapNode): string | undefined {
  const first = entryOf(daemon, 'detachkeys')?.value;
  if (first?.kind !== 'scalar' || !first.plain || !isNothing(value)) return undefined;
  const meant = `${first.text},${key}`;
  if ('problem' in parseChord(meant)) return undefined;
  return `\`${key}\` stands in \`daemon\` as a key: in braces a comma ends a value, so write \`detachkeys: "${meant}"\``;
}

function programAtTop(name: string): string {
  return `program '${name}' stands at the top level: indent it under programs:`;
}

function isProgram(node: Node, program: Rows): boolean {
  return node.kind === 'map' && node.entries.some(({ key }) => Object.hasOwn(program, key));
}

function inOrder(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort((a, b) => a.keyPlace.start - b.keyPlace.start);
}

/** The map right above an entry, in the order of the file, that would have taken its key. */
function ownerAbove(entry: Entry, node: MapNode, rows: Rows): Entry | undefined {
  const before = node.entries
    .filter(({ keyPlace }) => keyPlace.source === entry.keyPlace.source && keyPlace.start < entry.keyPlace.start)
    .sort((a, b) => b.keyPlace.start - a.keyPlace.start);
  // Its neighbours may have slipped out with it.
  const above = before.find(({ key }) => Object.hasOwn(rows, key));
  if (above === undefined || (above.value.kind !== 'map' && above.value.place.end > above.value.place.start)) return;
  return rows[above.key]?.kind.accepts?.(entry.key) ? above : undefined;
}

function belongsHint(entry: Entry, owner: Entry): string {
  const { source, start } = entry.keyPlace;
  const inner = owner.value.kind === 'map' ? owner.value.entries[0]?.keyPlace : undefined;
  const where = `it looks like it belongs to \`${owner.key}\` above (line ${lineOf(source, owner.keyPlace.start)})`;
  const block = inner !== undefined && lineOf(source, inner.start) > lineOf(source, owner.keyPlace.start);
  if (inner !== undefined && !block) return `${where}: write it between its braces`;
  const width = columnOf(source, start);
  const missing = block ? columnOf(source, inner.start) - width : undefined;
  return missing !== undefined && missing > 0
    ? `${where}: indent it by ${missing} more`
    : `${where}: indent it below that`;
}

/** Says of a key of another map which one that is. */
function ownerAnywhere(key: string, rows: Rows): string | undefined {
  const owners = Object.entries(rows).filter(([name, { kind }]) => name !== 'env' && kind.accepts?.(key));
  return owners.length === 0 ? undefined : `it is a key of ${owners.map(([name]) => `\`${name}\``).join(' and ')}`;
}
