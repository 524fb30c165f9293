/** What stands for a character where the terminal shows ASCII only: lines and blocks keep their shape, others are `?`. */
export function asciiOf(char: string): string {
  return ASCII.get(char) ?? (isCorner(char) ? '+' : '?');
}

const ASCII: ReadonlyMap<string, string> = new Map([
  ...[...'─━┄┅┈┉╌╍═╴╶╸╺'].map(char => [char, '-'] as const),
  ...[...'│┃┆┇┊┋╎╏║╵╷╹╻'].map(char => [char, '|'] as const),
  ...[...'░▒▓█▌▐■'].map(char => [char, '#'] as const),
  ...[...'▁▂'].map(char => [char, '_'] as const),
  ...[...'▃▄▅▆▇▀'].map(char => [char, '='] as const),
  ...[...'•·●∙'].map(char => [char, '*'] as const),
  ...[...'‐‑‒–—−'].map(char => [char, '-'] as const),
  ...[...'‘’'].map(char => [char, "'"] as const),
  ...[...'“”'].map(char => [char, '"'] as const),
  ['…', '~'],
  ['→', '>'],
  ['←', '<'],
  ['↑', '^'],
  ['↓', 'v'],
  ['×', 'x'],
  ['✓', 'v'],
  ['✔', 'v'],
  ['✗', 'x'],
  ['✘', 'x'],
  ['\u00a0', ' '],
]);

function isCorner(char: string): boolean {
  return char >= '\u250c' && char <= '\u2570';
}
