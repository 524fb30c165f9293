/** A config file and those it includes, each read against the schema, with the defaults that reach it. */
import { basename, dirname, resolve } from 'node:path';
import { glob, isPattern } from './glob.ts';
import { didYouMean, isNothing, type Node, type ScalarNode } from './node.ts';
import type { Environment } from './paths.ts';
import { type FileReader, readText } from './reader.ts';
import type { Report } from './report.ts';
import { CONFIG_FILE, type DefaultFields, type FileFields } from './schema.ts';
import { expandNode, type Scope, scopeOf } from './scope.ts';
import { lineOf, type Place, type Source, sourceOf } from './source.ts';

export interface ConfigFile {
  readonly source: Source;
  readonly fields: FileFields;
  /** Of this file and of those that include it, this file's own first. */
  readonly defaults: DefaultFields;
}

export interface FilesOptions {
  readonly env: Environment;
  readonly hostname: string;
  readonly reader: FileReader;
  readonly report: Report;
  /** For a reload: an include that names a file which is not there would stop what runs, so it is an error. */
  readonly isReload: boolean;
  /** Reads YAML; reports what is wrong with it, and returns what can be trusted in spite of it. */
  parse(source: Source, report: Report): Node | undefined;
}

/** Files that include files that include files: deeper than anybody means it. */
const MAX_DEPTH = 16;

const MAX_FILES = 1000;

/** Reads `path` and all it includes, in the order of their includes, in steps between which its caller may do otherwise. */
export function* readFiles(path: string, options: FilesOptions): Generator<undefined, ConfigFile[]> {
  const walk: Walk = { ...options, files: [], includedAt: new Map() };
  yield* readFile(walk, path, { chain: [], defaults: {}, from: undefined });
  return walk.files;
}

interface Walk extends FilesOptions {
  readonly files: ConfigFile[];
  readonly includedAt: Map<string, Place>;
}

interface Step {
  /** Files from the main one to the one that includes this. */
  readonly chain: readonly string[];
  readonly defaults: DefaultFields;
  /** Where it is included; undefined for the main file. */
  readonly from: Place | undefined;
}

function* readFile(walk: Walk, path: string, { chain, defaults, from }: Step): Generator<undefined, void> {
  const { report } = walk;
  report.begin(path);
  const read = readText(path, walk.reader);
  if ('cause' in read) {
    const message = `cannot read ${from === undefined ? 'the config' : path}: ${read.cause}`;
    if (from === undefined) report.fileError(path, message);
    else report.error(from, message);
    return;
  }
  const source = sourceOf(path, read.text);
  const place: Place = { source, start: 0, end: 0 };
  const node = walk.parse(source, report);
  yield;
  if (node === undefined) return;
  if (isNothing(node)) {
    if (from === undefined) report.fileError(path, 'the config is empty', 'it needs `programs:`; see docs/CONFIG.md');
    return;
  }
  if (node.kind !== 'map') {
    report.error(node.place, `a config is a map of keys such as \`programs:\`, and this is ${kindOf(node)}`);
    return;
  }
  const scope = scopeOf({ here: dirname(path), host: walk.hostname }, walk.env);
  const fields = CONFIG_FILE.read(node, { name: 'the config', keyPlace: place, scope, report });
  if (fields === undefined) return;
  if (from !== undefined && fields.daemon !== undefined) {
    report.error(fields.daemon.keyPlace, '`daemon` can stand in the main file only', `move it to ${chain[0] ?? ''}`);
  }
  const own = mergeDefaults(defaults, fields.defaults?.value ?? {});
  walk.files.push({ source, fields, defaults: own });
  yield;
  for (const pattern of fields.include?.value ?? []) {
    yield* include(walk, { pattern, scope }, { chain: [...chain, path], defaults: own, from: pattern.place });
  }
}

function* include(
  walk: Walk,
  { pattern, scope }: { pattern: ScalarNode; scope: Scope },
  step: Step,
): Generator<undefined, void> {
  const { report, reader, includedAt } = walk;
  const here = dirname(pattern.place.source.file);
  const text = expandNode(pattern, scope, report);
  if (text === undefined) return;
  const paths = glob(resolve(here, text), reader);
  if (paths.length === 0) {
    const missing = resolve(here, text);
    const near = isPattern(text) ? undefined : didYouMean(basename(missing), reader.list(dirname(missing)));
    const message = `the include \`${text}\` matches no file`;
    if (walk.isReload && !isPattern(text))
      report.error(pattern.place, message, near ?? 'its programs would be stopped');
    else report.warning(pattern.place, message, near);
  }
  for (const path of paths) {
    const at = step.chain.indexOf(path);
    const before = includedAt.get(path);
    if (at >= 0) {
      const cycle = [...step.chain.slice(at), path].map(file => basename(file)).join(' → ');
      report.error(pattern.place, `the include goes round in a circle: ${cycle}`);
    } else if (step.chain.length >= MAX_DEPTH || walk.files.length >= MAX_FILES) {
      report.error(pattern.place, `too many includes: at most ${MAX_DEPTH} deep, and ${MAX_FILES} files`);
      return;
    } else if (before === undefined) {
      includedAt.set(path, pattern.place);
      yield* readFile(walk, path, step);
    } else if (before.source !== pattern.place.source) {
      const where = `${before.source.file}:${lineOf(before.source, before.start)}`;
      report.error(pattern.place, `${path} is included already, by ${where}`);
    }
  }
}

/** `own` over `inherited`: key by key, and variable by variable in `env`, and within `terminal`. */
export function mergeDefaults(inherited: DefaultFields, own: DefaultFields): DefaultFields {
  const { env: env1, terminal: terminal1 } = inherited;
  const { env: env2, terminal: terminal2 } = own;
  return {
    ...inherited,
    ...own,
    ...(env1 && env2 ? { env: { ...env2, value: [...env1.value, ...env2.value] } } : {}),
    ...(terminal1 && terminal2
      ? { terminal: { ...terminal2, value: { ...terminal1.value, ...terminal2.value } } }
      : {}),
  };
}

function kindOf(node: Node): string {
  return node.kind === 'list' ? 'a list' : 'a text';
}
