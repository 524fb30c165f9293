// `npm run screenshots`: the README's pictures. A private daemon runs the demo, the built client runs in a terminal of its
// own, keys are typed as a person would, and the cells that its terminal then shows are drawn as SVG.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawn as spawnInTerminal } from 'node-pty';
import { Emulator } from '../dist/terminal/emulator.js';
import { jsonOf, textOf } from '../dist/terminal/render.js';
import { svgOf } from './svg.mjs';

const root = resolve(import.meta.dirname, '..');
const images = join(root, 'docs/images');
const bin = name => join(root, `dist/bin/${name}.js`);
const config = join(root, 'config/demo.yaml');
const size = { cols: 120, rows: 34 };

/** Each picture: what is typed once the terminal shows something, and what is there when the picture is taken. */
const PICTURES = [
  {
    name: 'dashboard',
    title: 'The dashboard: processes with their states, the live console of one of them, and events',
    steps: [{ until: /RUNNING.*\n[\s\S]*FATAL/, keys: 'jjjj' }],
    shows: /FATAL[\s\S]*tick \d+[\s\S]*tick \d+/,
  },
  {
    name: 'tiles',
    title: 'Live consoles in tiles, each with its state in its border',
    steps: [{ until: /FATAL/, keys: 't' }],
    shows: /cannot find what I need[\s\S]*tick \d+|tick \d+[\s\S]*cannot find what I need/,
  },
  {
    name: 'shell',
    title: 'The control shell',
    args: ['shell'],
    steps: [
      { until: /taskmaster> $/m, keys: 'stop ticker:*\r' },
      { until: /ticker_01: stopped[\s\S]*taskmaster> $/m, keys: 'start ticker:*\r' },
      { until: /ticker_01: started[\s\S]*taskmaster> $/m, keys: 're\t\t' },
    ],
    shows: /reload/,
  },
];

/** Milliseconds after which a picture that does not come is given up, and a rest in which the screen settles. */
const [PATIENCE, REST] = [60_000, 1_500];

const dir = mkdtempSync(join(tmpdir(), 'taskmaster-pictures-'));
const env = {
  ...process.env,
  ...{
    HOME: root,
    NODE_REPL_HISTORY: '',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    LANG: 'C.UTF-8',
    COLORFGBG: '15;0',
    PORT: '0',
  },
  ...{ XDG_RUNTIME_DIR: join(dir, 'run'), XDG_STATE_HOME: join(dir, 'state') },
};
delete env.NO_COLOR;
for (const path of [env.XDG_RUNTIME_DIR, env.XDG_STATE_HOME]) mkdirSync(path, { mode: 0o700 });
mkdirSync(images, { recursive: true });
const wanted = process.argv.slice(2);
const daemon = spawn(process.execPath, [bin('taskmasterd'), '--allow-root', '-c', config], { env, stdio: 'ignore' });
try {
  for (const picture of PICTURES) {
    if (wanted.length > 0 && !wanted.includes(picture.name)) continue;
    writeFileSync(join(images, `${picture.name}.svg`), svgOf(await screenOf(picture), picture.title));
    console.log(`docs/images/${picture.name}.svg`);
  }
} finally {
  daemon.kill('SIGTERM');
  await once(daemon, 'exit');
  rmSync(dir, { recursive: true, force: true });
}

/** Plays one scene, and resolves with what its terminal shows at the end, as data. */
async function screenOf({ args = [], steps, shows, name }) {
  const screen = new Emulator(size, 0);
  const pty = spawnInTerminal(process.execPath, [bin('taskmasterctl'), '-c', config, ...args], { env, ...size });
  const look = () => textOf(screen).join('\n').trimEnd().concat(' ');
  let onOutput = () => {};
  pty.onData(text => {
    screen.write(Buffer.from(text));
    onOutput();
  });
  const until = pattern =>
    new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`${name}: no ${pattern} within a minute:\n${look()}`)), PATIENCE);
      onOutput = () => {
        if (!pattern.test(look())) return;
        clearTimeout(timer);
        done();
      };
      onOutput();
    });
  try {
    for (const { until: pattern, keys } of steps) {
      await until(pattern);
      pty.write(keys);
    }
    await until(shows);
    await new Promise(rest => setTimeout(rest, REST));
    return jsonOf(screen);
  } finally {
    pty.kill();
  }
}
