/**
 * Shows golden screens of the dashboard as a real terminal has them: each is drawn in a tmux of its size, without a daemon.
 * `node scripts/look.mjs` names them, `node scripts/look.mjs demo help` shows two.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const golden = join(root, 'test/client/dashboard/golden');
const names = process.argv.slice(2);
const known = readdirSync(golden).map(name => name.replace(/\.txt$/, ''));

const unknown = names.filter(name => !known.includes(name));
if (names.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`no golden screen ${unknown.join(', ')}`);
  console.log(known.join('\n'));
  process.exit(unknown.length > 0 ? 1 : 0);
}

/** What leaves the screen again: without it the last picture stays. */
const LEAVE = '\x1b[?2026l\x1b[?2004l';

const dir = mkdtempSync(join(tmpdir(), 'look-'));
const tmux = (...words) =>
  execFileSync('tmux', ['-u', '-L', `look-${process.pid}`, '-f', '/dev/null', ...words], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
try {
  // Screens that are not as their files have them are what one wants to look at.
  spawnSync('npx', ['vitest', 'run', 'test/client/dashboard/golden.test.ts'], {
    cwd: root,
    env: { ...process.env, LOOK: dir, GOLDEN: '' },
    stdio: 'ignore',
  });
  for (const name of names) {
    const [cols, rows] = readFileSync(join(golden, `${name}.txt`), 'utf8').match(/\d+/g) ?? [];
    const file = join(dir, `${name}.ansi`);
    const show = `head -c ${readFileSync(file).lastIndexOf(LEAVE)} ${file}; tmux -L look-${process.pid} wait-for -S drawn; exec sleep 60`;
    tmux(
      'new-session',
      '-d',
      '-s',
      name,
      '-x',
      cols,
      '-y',
      rows,
      show,
      ';',
      'set',
      'status',
      'off',
      ';',
      'resize-window',
      '-x',
      cols,
      '-y',
      rows,
    );
    tmux('wait-for', 'drawn');
    console.log(`${name}\n${tmux('capture-pane', '-p', '-e', '-t', name)}`);
    tmux('kill-session', '-t', name);
  }
} finally {
  rmSync(dir, { recursive: true });
  try {
    tmux('kill-server');
  } catch {
    // It ends with its last session.
  }
}
