import { CLIENT_HEADER } from './asker.ts';
import { ERRORS } from './errors.ts';
import { ROUTES, type Route } from './routes.ts';
import { PROTOCOL, PROTOCOL_HEADER } from './version.ts';

/** docs/PROTOCOL.md, printed from the tables. `shapes` are the declarations of what is sent, as TypeScript. */
export function protocolMarkdown(shapes: string): string {
  const routes = Object.values(ROUTES).map(section).join('\n');
  const errors = Object.entries(ERRORS).map(([code, { status, exit }]) => `| \`${code}\` | ${status} | ${exit} |`);
  return `# The wire

Printed from \`src/protocol/routes.ts\`, \`errors.ts\` and \`messages.ts\` by \`npm run generate\`; do not edit.

The daemon speaks HTTP/1.1 over its UNIX socket: JSON in, JSON out, terminal bytes as they are. A client that sends
\`${PROTOCOL_HEADER}: ${PROTOCOL}\` is told when the daemon speaks another major version; every reply carries the daemon's.
A reply that is no success is \`{"error": {"code": …, "message": …}}\`. At most 256 connections are served at a time, the
next gets a 503. Header and body are bounded, and a request that takes more than 30 s to arrive is cut off; waiting for an
answer has no limit.

\`${CLIENT_HEADER}\` says who asks, encoded as a query is: \`who=alice@web1+pts/3&client=taskmasterctl&origin=10.0.0.5\`. It is
told in events and the log, bounded and without control characters; without it the client is \`someone\`. It is the client's
own word, and nothing is decided by it: Node cannot ask the kernel who is at the other end (\`SO_PEERCRED\`), and who can
connect may do everything. Events are listed in [EVENTS](EVENTS.md).

\`\`\`sh
SOCK=$(taskmasterctl version --json | sed -n 's/.*"socket": *"\\([^"]*\\)".*/\\1/p')
curl --unix-socket "$SOCK" http://tm/v1/daemon
\`\`\`

The examples below are run by a test against \`config/demo.yaml\` (with \`$C\` for \`curl -s --unix-socket "$SOCK"\`).

## Routes

${routes}
## Errors

The last column is what \`taskmasterctl\` exits with; \`status\` has codes of its own (docs/COMMANDS.md).

| code | HTTP status | exit |
| --- | --- | --- |
${errors.join('\n')}

## Shapes

\`\`\`ts
${shapes}
\`\`\`
`;
}

function section(route: Route<unknown, unknown>): string {
  const query = Object.entries(route.query ?? {}).map(([name, meaning]) => `- \`${name}\`: ${meaning}\n`);
  const body = route.body === 'none' ? '' : `Body: ${route.body}, at most ${route.limit} bytes.\n\n`;
  return `### ${route.method} ${route.path}

${route.summary}

${query.length > 0 ? `${query.join('')}\n` : ''}${body}\`\`\`sh
$C ${route.example}
\`\`\`
`;
}
