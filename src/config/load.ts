/**
 * Reads a config file. The only file that knows the YAML library: it turns its tree into ours, with aliases and merge
 * keys resolved and everything bounded.
 */
import { resolve } from 'node:path';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  Scalar,
  visit,
  type YAMLMap,
  type Node as YamlNode,
} from 'yaml';
import { assemble } from './assemble.ts';
import type { Config } from './config.ts';
import type { Diagnostic } from './diagnostic.ts';
import { didYouMean, type Entry, type MapNode, type Node, type ScalarNode } from './node.ts';
import type { Environment } from './paths.ts';
import { diskReader, type FileReader, recordingReader } from './reader.ts';
import { createReport, type Report, TooManyMistakes } from './report.ts';
import { hide, hideByName, hideInComments, hideSecrets, isSecretName } from './secrets.ts';
import { lineOf, type Place, type Source } from './source.ts';
import { reportFaults, type SyntaxFault, withoutTabs } from './syntax.ts';

export type { Config } from './config.ts';

export interface LoadOptions {
  /** The daemon's environment, for variables. */
  readonly env: Environment;
  /** Whether the daemon runs as root: then every program must say whom it runs as. */
  readonly isRoot: boolean;
  /** Consent to programs that run as root because they name no user. */
  readonly allowRoot: boolean;
  readonly hostname: string;
  /** What `path` is relative to. */
  readonly cwd: string;
  /** The disk unless a test says otherwise. */
  readonly read?: FileReader;
  /** Programs of which so many processes run, whatever their `numprocs` says. */
  readonly scaled?: ReadonlyMap<string, number>;
  /** What runs already depends on it: doubts are errors then. */
  readonly isReload?: boolean;
}

export interface LoadResult {
  /** Undefined when there is any error. */
  readonly config: Config | undefined;
  /** Errors and warnings, in the order of the files. */
  readonly diagnostics: readonly Diagnostic[];
  /** Gives again what was read, whatever has become of the files. */
  readonly files: FileReader;
}

/** Reads a config file and all it includes, and checks everything. It never throws for what is in them. */
export function loadConfig(path: string, options: LoadOptions): LoadResult {
  const steps = load(path, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same, stopping for `pause` wherever that is due: it returns undefined where it is not. */
export async function loadConfigPaced(
  path: string,
  options: LoadOptions,
  pause: () => Promise<void> | undefined,
): Promise<LoadResult> {
  const steps = load(path, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    const due = pause();
    if (due) await due;
  }
}

function* load(path: string, options: LoadOptions): Generator<undefined, LoadResult> {
  const report = createReport();
  const reader = recordingReader(options.read ?? diskReader);
  let config: Config | undefined;
  try {
    config = yield* assemble(resolve(options.cwd, path), {
      env: options.env,
      hostname: options.hostname,
      needsUsers: options.isRoot && !options.allowRoot,
      reader,
      scaled: options.scaled ?? new Map(),
      isReload: options.isReload ?? false,
      report,
      parse: parseYaml,
    });
  } catch (error) {
    if (!(error instanceof TooManyMistakes)) throw error;
  }
  return { config: report.failed() ? undefined : config, diagnostics: report.diagnostics(), files: reader.replay };
}

/**
 * Values a file may unfold to. Aliases of aliases make a small file mean billions ("billion laughs"); ten thousand
 * programs of a few keys are far below this.
 */
const MAX_NODES = 500_000;

/** Levels of maps and lists. A config needs six. */
const MAX_DEPTH = 64;

/** Reads the YAML of a source as a tree, as far as it can be trusted; undefined for none. */
export function parseYaml(source: Source, report: Report): Node | undefined {
  const first = parse(source.text);
  if (faultsOf(first).length > 0) hideByName(source);
  const untabbed = withoutTabs(source, faultsOf(first), report);
  const documents = untabbed === undefined ? first : parse(untabbed);
  const faults = faultsOf(documents);
  if (untabbed !== undefined && faults.length > 0) return undefined;
  reportFaults(source, faults, report);
  const [document, second] = documents;
  if (second !== undefined) {
    const start = second.range[0];
    report.error({ source, start, end: start + 1 }, 'a second document begins here: a config is one');
  }
  const tree = buildTree(document?.contents ?? null, source, report);
  if (tree === undefined) hideByName(source);
  else hideInComments(source);
  return tree && hideSecrets(tree);
}

function parse(text: string): Document.Parsed[] {
  // Failsafe: every scalar stays text as written, so that `022` can be octal and `yes` can be told from `true`.
  const options = { schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;
  // For an empty stream the library returns an empty list with the errors on it; otherwise the documents.
  const documents = parseAllDocuments(text, options);
  return Array.isArray(documents) ? [...documents] : [];
}

function faultsOf(documents: readonly Document.Parsed[]): SyntaxFault[] {
  return documents.flatMap(document =>
    [...document.errors, ...document.warnings].map(({ code, message, pos }) => {
      // The library notices an open quote where the text ends; where it was opened is what people look for.
      const opened = /^Missing closing/.test(message) ? scalarAt(document, pos[0]) : undefined;
      return { code, message, pos: opened ?? pos };
    }),
  );
}

/** Where the scalar lies that an offset is in, or ends. */
function scalarAt(document: Document.Parsed, offset: number): [number, number] | undefined {
  let found: [number, number] | undefined;
  visit(document, {
    Scalar: (_key, { range }) => {
      if (range && range[0] < offset && range[1] >= offset) found = [range[0], range[1]];
    },
  });
  return found;
}

/** Thrown when a tree is too large or too deep to go on with; the reason is reported already. */
class TreeTooLarge extends Error {}

interface Build {
  readonly source: Source;
  readonly report: Report;
  /** What each anchor stands for so far; undefined while it is being read, when an alias of it would be a circle. */
  readonly anchors: Map<string, { node: Node; size: number } | undefined>;
  /** Values so far, those behind aliases counted each time: what a walk through the tree would meet. */
  size: number;
  depth: number;
  /** Whether the value at hand is called like a secret. */
  isSecret: boolean;
}

function buildTree(contents: YamlNode | null, source: Source, report: Report): Node | undefined {
  const build: Build = { source, report, anchors: new Map(), size: 0, depth: 0, isSecret: false };
  try {
    return buildNode(build, contents, 0);
  } catch (error) {
    if (error instanceof TreeTooLarge) return undefined;
    throw error;
  }
}

/** `after` is where an empty value would stand. */
function buildNode(build: Build, node: YamlNode | null, after: number): Node {
  const place = placeOf(build, node, after);
  grow(build, 1, place);
  if (isAlias(node)) return resolveAlias(build, node.source, place);
  const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
  if (anchor !== undefined) build.anchors.set(anchor, undefined);
  const before = build.size;
  const built = buildCollection(build, node, place);
  if (anchor !== undefined) build.anchors.set(anchor, { node: built, size: build.size - before });
  return built;
}

function buildCollection(build: Build, node: YamlNode | null, place: Place): Node {
  if (isMap(node)) return deeper(build, place, () => buildMap(build, node, place));
  if (isSeq(node)) {
    return deeper(build, place, () => {
      // The parser puts nothing but nodes into a sequence; its types allow for documents made by hand.
      const items = node.items as readonly (YamlNode | null)[];
      return { kind: 'list', place, items: items.map(item => buildNode(build, item, place.start)) };
    });
  }
  if (!isScalar(node)) return { kind: 'scalar', place, text: '', plain: true };
  const plain = node.type === Scalar.PLAIN && node.tag !== 'tag:yaml.org,2002:str';
  return { kind: 'scalar', place, text: String(node.value), plain };
}

function buildMap(build: Build, map: YAMLMap, place: Place): MapNode {
  const entries = new Map<string, Entry>();
  const duplicates: Entry[] = [];
  const merged: Entry[] = [];
  // As above: the parser makes pairs of nodes.
  for (const { key, value } of map.items as readonly Pair<YamlNode | null, YamlNode | null>[]) {
    const keyNode = buildNode(build, key, place.start);
    if (keyNode.kind !== 'scalar') {
      build.report.error(keyNode.place, `a key must be a text, not a ${keyNode.kind}`);
      continue;
    }
    build.isSecret = isSecretName(keyNode.text);
    const valueNode = buildNode(build, value, keyNode.place.end);
    build.isSecret = false;
    const entry: Entry = { key: keyNode.text, keyPlace: keyNode.place, value: valueNode };
    if (isMergeKey(keyNode)) merged.push(...mergedEntries(build, valueNode));
    else if (entries.has(entry.key)) duplicates.push(entry);
    else entries.set(entry.key, entry);
  }
  for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry);
  return { kind: 'map', place, entries: [...entries.values()], duplicates };
}

function isMergeKey(key: ScalarNode): boolean {
  return key.plain && key.text === '<<';
}

/** What `<<:` brings in: the entries of a map, or of several of which earlier ones win. */
function mergedEntries(build: Build, node: Node): readonly Entry[] {
  const maps = node.kind === 'list' ? node.items : [node];
  return maps.flatMap(map => {
    if (map.kind === 'map') {
      grow(build, map.entries.length, map.place);
      return map.entries;
    }
    build.report.error(map.place, '`<<` merges a map, such as `*name` of one with `&name`');
    return [];
  });
}

function resolveAlias(build: Build, name: string, place: Place): Node {
  const target = build.anchors.get(name);
  if (target !== undefined) {
    grow(build, target.size, place);
    return target.node;
  }
  // What a broken alias leaves behind is no value to find mistakes in.
  const line = lineOf(place.source, place.start);
  if (build.isSecret) {
    hide(place);
    build.report.error(place, 'a `*` begins an alias, and this one has no anchor', 'put it into quotes');
  } else if (build.anchors.has(name))
    build.report.error(place, `the alias \`*${name}\` stands inside what it is an alias of`);
  else {
    const quotes = `put it into quotes if it is meant as text: "*${name}"`;
    const hint = didYouMean(name, build.anchors.keys()) ?? quotes;
    build.report.error(place, `the alias \`*${name}\` has no anchor \`&${name}\` above it`, hint);
  }
  build.report.distrust(place.source, { first: line, last: line });
  return { kind: 'scalar', place, text: '', plain: false };
}

function deeper<T>(build: Build, place: Place, read: () => T): T {
  build.depth++;
  if (build.depth > MAX_DEPTH) {
    build.report.error(place, `this is nested too deeply: at most ${MAX_DEPTH} levels`);
    throw new TreeTooLarge();
  }
  const result = read();
  build.depth--;
  return result;
}

function grow(build: Build, size: number, place: Place): void {
  build.size += size;
  if (build.size > MAX_NODES) {
    build.report.error(
      place,
      `the config is too large: with its aliases unfolded, it holds more than ${MAX_NODES} values`,
    );
    throw new TreeTooLarge();
  }
}

function placeOf({ source }: Build, node: YamlNode | null, after: number): Place {
  const [start, end] = node?.range ?? [after, after];
  return { source, start, end };
}
