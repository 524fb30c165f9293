/** What blessed does to the process and the terminal that it is given, and what its grid and its widths are like. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

const require = createRequire(import.meta.url);
const listeners = () =>
  process
    .eventNames()
    .filter(name => !['newListener', 'removeListener', 'warning'].includes(String(name)))
    .map(name => `${String(name)} ${process.listenerCount(name)}`)
    .join(', ');

const [what] = process.argv.slice(2);

if (what === 'load') {
  const started = performance.now();
  if (process.argv[3] === 'parts') {
    require('blessed/lib/widgets/screen.js');
    require('blessed/lib/widgets/box.js');
  } else {
    require('blessed');
  }
  console.log(`${(performance.now() - started).toFixed(0)} ms`);
} else if (what === 'terminfo') {
  const output = Object.assign(new PassThrough(), { columns: 20, rows: 5, isTTY: true });
  const program = new (require('blessed/lib/program.js'))({
    input: new PassThrough(),
    output,
    terminal: process.argv[3],
  });
  console.log(`tput of ${process.argv[3]}: ${program.tput.error ?? 'no error'}`);
  program.destroy();
} else {
  const self = (...words) =>
    execFileSync(process.execPath, [import.meta.filename, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  console.log(`loading blessed: ${self('load')}; its screen and box alone: ${self('load', 'parts')}`);
  for (const terminal of ['xterm-256color', 'tmux-256color', 'nosuch']) {
    try {
      console.log(self('terminfo', terminal).split('\n').at(-1));
    } catch (error) {
      console.log(`tput of ${terminal}: ${String(error.stderr).split('\n').slice(0, 3).join(' ')}`);
    }
  }

  console.log(`listeners before: ${listeners() || 'none'}`);
  const Screen = require('blessed/lib/widgets/screen.js');
  const Box = require('blessed/lib/widgets/box.js');
  console.log(`loaded: ${listeners() || 'none'}`);
  const output = Object.assign(new PassThrough(), { columns: 40, rows: 10, isTTY: true });
  let bytes = 0;
  let text = '';
  output.on('data', data => {
    bytes += data.length;
    text += data;
  });
  const input = new PassThrough();
  const screen = new Screen({ input, output, terminal: 'xterm', fullUnicode: true, forceUnicode: true });
  console.log(
    `a screen: ${listeners()}; on its input: ${input.eventNames().join(' ')}; on its output: ${output.eventNames().join(' ')}`,
  );
  screen.program.flush();
  console.log(`it wrote by itself: ${JSON.stringify(text)}`);

  const box = new Box({ parent: screen, left: 0, top: 0, width: 40, height: 5, content: '漢字 ✅ 🚀', border: 'line' });
  const render = () => {
    bytes = 0;
    text = '';
    screen.render();
    screen.program.flush();
    return bytes;
  };
  console.log(`bytes of a first picture ${render()}, of the same again ${render()}: ${JSON.stringify(text)}`);
  box.setContent('漢字 ✅ 🚀 x');
  render();
  console.log(`bytes when one letter behind wide characters changes: ${bytes}, ${JSON.stringify(text)}`);
  box.setContent('han4zi4 yes x');
  render();
  box.setContent('han4zi4 yes y');
  render();
  console.log(`and behind others: ${bytes}, ${JSON.stringify(text)}`);
  const { lines } = screen;
  console.log(`a cell: ${JSON.stringify(lines[1][1])}, the border's ${JSON.stringify(lines[0][0])}`);
  screen.destroy();
  console.log(`destroyed: ${listeners() || 'none'}`);

  const dir = mkdtempSync(join(tmpdir(), 'blessed-'));
  writeFileSync(join(dir, 'tmux'), `#!/bin/sh\necho "$@" >${dir}/called\n`, { mode: 0o755 });
  execFileSync(process.execPath, [import.meta.filename, 'terminfo', 'xterm'], { env: { PATH: dir, TMUX: 'x' } });
  console.log(`within tmux it runs: tmux ${readFileSync(join(dir, 'called'), 'utf8').trim()}`);
  rmSync(dir, { recursive: true });

  const { charWidth } = require('blessed/lib/unicode.js');
  const widths = [...'é漢✅🚀🫠'].map(char => `${char} ${charWidth(char, 0)}`).join('  ');
  console.log(`widths: ${widths}`);
}
