// docs/EVENTS.md: every event with its fields, from the text of the type that they are of (src/core/events.ts). A member of
// the union without a description, or a field that neither has a comment nor a name that says all, is an error.
import { join } from 'node:path';
import { declarationsOf } from './shapes.mjs';

/** Fields that mean the same everywhere, and need no comment where they stand. */
const OBVIOUS = {
  process: 'Its full name: `web`, `web:web_00`.',
  program: 'The program that it is an instance of.',
  pid: 'The process ID.',
  pids: 'The process IDs.',
  from: 'The state that it was in.',
  to: 'The state that it is in now.',
  cause: '`request`: somebody asked for it. `policy`: the daemon decided it, by the config.',
  changes: 'What changed in its config, key by key.',
  path: 'The file.',
  alert: 'The name of the alert.',
  attempts: 'How many times it was tried.',
  reason: 'Why, in words.',
};

/** The sections of the page: how the types in each begin, and what its title is. */
const SECTIONS = [
  ['process.', 'Processes'],
  ['request', 'What people ask for'],
  ['viewer.', 'Who looks on'],
  ['config.', 'The config'],
  ['log.', 'Log files'],
  ['alert.', 'Alerts'],
  ['daemon.', 'The daemon'],
];

/** Types that fields are of, and where they are declared. */
const SHAPES = {
  Asker: 'asker.ts',
  Cause: 'life.ts',
  StopMeans: 'life.ts',
  Exit: 'exit.ts',
  PublicState: 'status.ts',
  ReloadAction: 'reload.ts',
  KeyChange: 'facets.ts',
};

/** The members of the union: types, description, fields. Throws for one that is not described. */
export function eventsOf(core) {
  const text = declarationsOf(join(core, 'events.ts')).get('HappeningBody') ?? '';
  const body = text.slice(text.indexOf('type HappeningBody ='));
  const members = body.split(/^ {2}\| /m).slice(1);
  if (members.length === 0)
    throw new Error('cannot read the events of src/core/events.ts: no member of the union found');
  return members.map(memberOf);
}

function memberOf(text) {
  const lines = text.split('\n');
  const head = lines.shift();
  const fields = [];
  let comment = [];
  let description = '';
  for (const line of lines.map(line => line.trim())) {
    const field = /^readonly (\w+): (.*);$/.exec(line);
    if (line.startsWith('/**') || line.startsWith('*')) {
      comment.push(line.replace(/^\/\*\* ?|^\*\/?(?: |$)|\s*\*\/$/g, '').trim());
    } else if (field) {
      const [, name, type] = field;
      const words = comment.filter(Boolean).join(' ');
      if (name === 'type') description = words;
      fields.push({ name, type, meaning: words || OBVIOUS[name] });
      comment = [];
    } else if (line !== '}' && line !== '};' && line !== '') {
      throw new Error(`cannot read this line of an event in src/core/events.ts: ${line}`);
    }
  }
  const types = [...(fields[0]?.type ?? '').matchAll(/'([\w.]+)'/g)].map(([, type]) => type);
  if (head !== '{' || fields[0]?.name !== 'type' || types.length === 0) {
    throw new Error(`cannot read an event of src/core/events.ts: it must begin with its type:\n${text}`);
  }
  if (description === '') throw new Error(`cannot document ${types.join(', ')}: it has no description`);
  for (const { name, meaning } of fields.slice(1)) {
    if (!meaning) throw new Error(`cannot document ${types.join(', ')}: its field ${name} has no comment`);
  }
  return { types, description, fields: fields.slice(1) };
}

/** The page. */
export function eventsMarkdown(core) {
  const events = eventsOf(core);
  const homeless = events
    .flatMap(({ types }) => types)
    .filter(type => !SECTIONS.some(([start]) => type.startsWith(start)));
  if (homeless.length > 0) throw new Error(`cannot document ${homeless.join(', ')}: no section is about it`);
  const sections = SECTIONS.map(([start, title]) => {
    const own = events.filter(({ types }) => types[0].startsWith(start));
    return `## ${title}\n\n${own.map(section).join('\n')}`;
  });
  const shapes = Object.entries(SHAPES).map(([name, file]) => {
    const shape = declarationsOf(join(core, file)).get(name);
    if (shape === undefined)
      throw new Error(`cannot document the events: there is no type ${name} in src/core/${file}`);
    return shape;
  });
  return `# Events

Printed from \`src/core/events.ts\` by \`npm run generate\`; do not edit.

Whatever happens is an event: one value, which the daemon's log tells in words, \`GET /v1/events\` sends as JSON, and
\`taskmasterctl events\` prints.

\`\`\`sh
taskmasterctl events -f                    # all that is remembered, then what comes
taskmasterctl events --since 10m 'web:*'   # of some processes, the last ten minutes
curl -N --unix-socket "$SOCK" 'http://tm/v1/events?since=0&select=web'
\`\`\`

Beside its own fields each event has \`id\`, a number that grows by one with each and goes on growing from one life of the
daemon to the next; \`at\`, the wall clock in milliseconds since 1970; and \`type\`. A stream names its place as
\`<boot>-<id>\`, where the boot is another one for each life of the daemon, and goes on after it (\`Last-Event-ID\`). The last
thousand events at least are remembered; a listener that comes back later, or is too slow, gets an \`overtaken\` event with
\`{"missed": 17}\`.

\`by\` is who asked, in the words of the client (\`x-taskmaster-client\`, docs/PROTOCOL.md): nothing vouches for it, and nothing
is decided by it. A signal to the daemon is by \`SIGHUP\` or \`SIGTERM\`, what starts with the daemon by \`autostart\`. What the
daemon does because a program ended or failed to start by itself has \`"cause": "policy"\` and \`"by": null\`.

An event or a field that is not in this list may come from a later version: ignore it.

${sections.join('\n')}
## Shapes

\`\`\`ts
${shapes.join('\n\n')}
\`\`\`
`;
}

function section({ types, description, fields }) {
  const rows = fields.map(({ name, type, meaning }) => `| \`${name}\` | \`${plain(type)}\` | ${cell(meaning)} |\n`);
  const title = types.map(type => `\`${type}\``).join(', ');
  return `### ${title}\n\n${description}\n\n| field | type | meaning |\n| --- | --- | --- |\n${rows.join('')}`;
}

/** A type as a reader of JSON needs it. */
function plain(type) {
  return cell(type.replace(/readonly /g, ''));
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}
