// Writes every file that is printed from the code; with --check it writes nothing, and fails naming those that drifted.
// It needs a build (npm run build), as it prints from dist/ or from the directory in TASKMASTER_DIST.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventsMarkdown } from './events.mjs';
import { lifecycleMarkdown } from './lifecycle.mjs';
import { manuals } from './manuals.mjs';
import { declarationsOf, shapesOf } from './shapes.mjs';

const root = resolve(import.meta.dirname, '..');
const dist = resolve(root, process.env.TASKMASTER_DIST ?? 'dist');
const load = file => import(pathToFileURL(join(dist, file)).href);

/** Each generated file, and what prints it. */
const PRODUCERS = [
  { path: 'config/taskmaster.schema.json', text: async () => (await load('config/jsonschema.js')).jsonSchemaText() },
  { path: 'docs/CONFIG.md', text: async () => (await load('config/reference.js')).referenceText() },
  { path: 'docs/COMMANDS.md', text: async () => (await load('client/commands/document.js')).commandsMarkdown() },
  { path: 'docs/EVENTS.md', text: () => eventsMarkdown(join(root, 'src/core')) },
  { path: 'docs/LIFECYCLE.md', text: () => lifecycleMarkdown(load) },
  { path: 'docs/PROTOCOL.md', text: async () => (await load('protocol/document.js')).protocolMarkdown(shapes()) },
  ...(await manuals(load)),
];

/** What goes over the wire, in the order in which a reader meets it. */
function shapes() {
  const files = ['protocol/messages.ts', 'protocol/frames.ts', 'terminal/pane.ts', 'core/exit.ts'];
  const screens = declarationsOf(join(root, 'src/terminal/render.ts'));
  return [
    ...files.map(file => shapesOf(join(root, 'src', file))),
    ...SCREEN_SHAPES.map(name => screens.get(name)),
  ].join('\n\n');
}

/** Of what prints screens, what goes over the wire. */
const SCREEN_SHAPES = ['ScreenDocument', 'LineDocument', 'SpanDocument', 'ColorName', 'Underline'];

function current(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

const drifted = [];
for (const producer of PRODUCERS) {
  const path = join(root, producer.path);
  const text = typeof producer.text === 'string' ? producer.text : await producer.text();
  if (current(path) === text) continue;
  drifted.push(producer.path);
  if (process.argv.includes('--check')) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

if (process.argv.includes('--check') && drifted.length > 0) {
  console.error(`cannot accept generated files that differ from the code: ${drifted.join(', ')}; run npm run generate`);
  process.exitCode = 1;
} else if (drifted.length > 0) {
  console.log(`wrote ${drifted.join(', ')}`);
}
