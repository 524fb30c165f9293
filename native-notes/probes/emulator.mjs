/** What stock @xterm/headless 6.0.0 does, where src/terminal/corrections.ts puts it right. */
import xterm from '@xterm/headless';

const { Terminal } = xterm;

const terminal = (cols = 10, rows = 3, scrollback = 0) =>
  new Terminal({ cols, rows, scrollback, allowProposedApi: true });
const write = (target, text) => target._core._inputHandler.parse(Buffer.from(text));
const first = target => target.buffer.active.getLine(0);
const inside = target => target._core._bufferService.buffers.active;

let probe = terminal();
for (const byte of Buffer.from('…')) probe._core._inputHandler.parse(Uint8Array.of(byte));
console.log('U+2026 a byte at a time:', JSON.stringify(first(probe).translateToString(true)));

probe = terminal(10, 3, 5);
try {
  write(probe, '\x1b[3;10H\x1b[1J');
  console.log('ED 1 in the last corner, scrollback 5: fine');
} catch (error) {
  console.log('ED 1 in the last corner, scrollback 5: throws', error.message);
}

probe = terminal(3, 3);
write(probe, '\x1b#8\x1b[0E');
probe.resize(2, 3);
probe.resize(2, 4);
console.log('full of E, 3x3, then 2x3, then 2x4: lines', inside(probe).lines.length, 'of', probe.rows);

probe = terminal();
for (let i = 0; i < 10_000; i++) write(probe, '\r\x1b]8;;http://a\x07x\x1b]8;;\x07');
console.log('the same link 10000 times on one line: markers', inside(probe).markers.length);

let start = performance.now();
write(terminal(), '\x1b[1000000S');
console.log('SU 1000000: ms', Math.round(performance.now() - start));

probe = terminal(10, 3, 100);
write(probe, '\x1b[2;2H\x1b7\x1b[3;1H\n\n\x1b8');
console.log('DECSC in row 2, two lines scrolled, DECRC: row', probe.buffer.active.cursorY + 1);

probe = terminal();
write(probe, '\x1b[2;3r\x1b[?1049h');
console.log('margins 2;3, then 1049:', inside(probe).scrollTop + 1, inside(probe).scrollBottom + 1);

probe = terminal();
write(probe, '\x1b[4;58:2::1:2:3m\x1b[59m');
console.log(
  'underline colour after SGR 59:',
  probe._core._inputHandler._curAttrData.extended.underlineColor.toString(16),
);

probe = terminal();
write(probe, 'ab\x1b[1;2H\u0301');
console.log(
  'a mark after CUP:',
  JSON.stringify(first(probe).translateToString(true)),
  'column',
  probe.buffer.active.cursorX,
);

probe = terminal();
write(probe, '中\x1b[1;2H\x1b[@');
console.log('ICH within a wide character, widths:', [0, 1, 2, 3].map(x => first(probe).getCell(x).getWidth()).join());

probe = terminal(5, 2);
write(probe, '\x1b[?1049habcde');
probe.resize(3, 2);
console.log('alternate screen from 5 to 3 columns, cells in a line:', first(probe).length);

probe = terminal(5, 3);
write(probe, '\x1b[44;7mabcd中');
console.log(
  'the cell that a wide character left for the next line: inverse',
  first(probe).getCell(4).isInverse() !== 0,
);

probe = terminal();
write(probe, '\x1b[20h\x1bc');
console.log('line feed mode after RIS:', probe.options.convertEol);

start = performance.now();
for (let i = 0; i < 100; i++) terminal(120, 40);
console.log('creation, 120x40: ms', ((performance.now() - start) / 100).toFixed(2));
