/**
 * Records real programs for the golden screens: `npm run build && node test/screens/record.mjs [NAME…]`.
 *
 * Each session of sessions.mjs runs in a real terminal, in namespaces of its own (so as root), so that a recording shows a
 * machine called `box` and nothing of the one it was made on. Keys are typed once what was expected is on the screen and
 * the program has been quiet for a moment. recorded/NAME.vt is the byte stream as it came, NAME.json its sizes.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPtyHost } from '../../dist/daemon/pty.js';
import { realClock } from '../../dist/runtime/clock.js';
import { fixtures } from './fixtures.mjs';
import { sessions } from './sessions.mjs';

const { Terminal } = createRequire(import.meta.url)('@xterm/headless');

/** Of a recording, in bytes: what comes after is left away. */
const MOST = 60_000;
/** A program that printed nothing for so long, in milliseconds, is waiting. */
const QUIET = 120;
/** What is expected comes within so many milliseconds, or the recording fails. */
const PATIENCE = 8_000;

const STAGE = `mount -t tmpfs none /home && mkdir /home/demo && cp -r "$1/." /home/demo && mount -t tmpfs none /tmp &&
  hostname box && cd /home/demo && shift && exec "$@"`;

const ENV = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  HOME: '/home/demo',
  USER: 'demo',
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  PS1: '\\[\\e]0;\\w\\a\\e[1;32m\\]demo@box\\[\\e[0m\\]:\\[\\e[38;5;75m\\]\\w\\[\\e[0m\\]\\$ ',
};

const host = openPtyHost(realClock);
const out = new URL('./recorded/', import.meta.url).pathname;
mkdirSync(out, { recursive: true });
const wanted = process.argv.slice(2);
let total = 0;
for (const session of sessions) {
  if (wanted.length > 0 && !wanted.some(name => session.name.startsWith(name))) continue;
  try {
    total += await record(session);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
console.log(`${total} bytes`);
process.exit();

async function record({
  name,
  about,
  argv,
  size: [cols, rows] = [80, 24],
  env = {},
  answers = {},
  unknown = [],
  steps,
}) {
  const home = mkdtempSync(join(tmpdir(), 'tm-record-'));
  fixtures(home);
  const terminal = new Terminal({ cols, rows, logLevel: 'off', allowProposedApi: true, scrollback: 0 });
  const chunks = [];
  const resizes = [];
  let length = 0;
  let last = performance.now();
  let ended = false;
  const pty = host.spawn(
    {
      argv: ['/usr/bin/unshare', '-pfmu', '--mount-proc', '--kill-child', 'sh', '-c', STAGE, 'sh', home, ...argv],
      env: Object.entries({ ...ENV, ...env }).map(([key, value]) => `${key}=${value}`),
      lateEnv: [],
      cwd: '/',
      isCwdEntered: false,
      drop: undefined,
      umask: undefined,
      size: { cols, rows },
      stderrApart: false,
    },
    {
      output(bytes) {
        const copy = Buffer.from(bytes);
        chunks.push(copy);
        length += copy.length;
        last = performance.now();
        terminal.write(copy);
        for (const [question, answer] of unknown) {
          if (copy.includes(question)) pty.write(Buffer.from(answer));
        }
      },
      ended() {
        ended = true;
      },
      closed() {},
    },
  );
  terminal.onData(data => pty.write(Buffer.from(answers[data] ?? data)));
  terminal.onBinary(data => pty.write(Buffer.from(data, 'latin1')));
  const lines = () => {
    const shown = [];
    for (let y = 0; y < terminal.rows; y++) {
      shown.push(terminal.buffer.active.getLine(terminal.buffer.active.baseY + y)?.translateToString(true) ?? '');
    }
    return shown.join('\n');
  };
  const settled = async expected => {
    const since = performance.now();
    for (;;) {
      await new Promise(resolve => setTimeout(resolve, 15));
      const now = performance.now();
      if (ended) return;
      if (now - last >= QUIET && (expected === undefined || expected.test(lines()))) return;
      if (now - since > PATIENCE) {
        if (expected === undefined) return; // one that never rests, as top
        throw new Error(`${name}: ${expected} never came:\n${lines()}`);
      }
    }
  };
  const stage = {
    lines,
    settled,
    type: keys => {
      last = performance.now();
      pty.write(Buffer.from(keys));
    },
    get ended() {
      return ended || length > MOST;
    },
  };
  await settled();
  for (const step of steps) {
    if (stage.ended) break;
    if (typeof step === 'function') await step(stage);
    else if (typeof step === 'string') {
      stage.type(step);
      await settled();
    } else if (step instanceof RegExp) await settled(step);
    else {
      const [cols, rows] = step;
      resizes.push({ at: length, cols, rows });
      terminal.resize(cols, rows);
      pty.resize(cols, rows);
      await settled();
    }
  }
  pty[Symbol.dispose]();
  terminal.dispose();
  rmSync(home, { recursive: true });
  const bytes = Buffer.concat(chunks).subarray(0, MOST);
  writeFileSync(join(out, `${name}.vt`), bytes);
  const sizes = resizes.filter(({ at }) => at <= bytes.length);
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify({ about, cols, rows, resizes: sizes })}\n`);
  console.log(`${name}: ${bytes.length} bytes${length > MOST ? ' (cut)' : ''}`);
  return bytes.length;
}
