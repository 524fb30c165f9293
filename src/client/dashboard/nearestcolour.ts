/** Colours that a terminal has, in place of those that it has not. */

type Rgb = readonly [red: number, green: number, blue: number];

/** xterm's colour cube: six steps of each part, from colour 16 on; then 24 greys. */
const CUBE_STEPS = [0, 95, 135, 175, 215, 255] as const;
const CUBE_FROM = 16;
const GREYS_FROM = 232;
const GREYS = 24;

/** xterm's sixteen. Users change theirs, so that these are only what they are meant to be. */
const SIXTEEN: readonly Rgb[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

/** Found before: programs use few colours, gradients some thousands. */
const found = { many: new Map<string, number>(), few: new Map<ColourKey, number>() };
type ColourKey = string | number;
const MOST_FOUND = 4096;

/** The nearest of colours 16 to 255 to `#rrggbb`: the first sixteen are their user's own and could be anything. */
export function nearestOf256(colour: string): number {
  return remembered(found.many, colour, () => {
    const rgb = parse(colour);
    const cube = rgb.map(stepOf) as [number, number, number]; // three in, three out
    const [r, g, b] = cube;
    const grey = Math.min(GREYS - 1, Math.max(0, Math.round(((rgb[0] + rgb[1] + rgb[2]) / 3 - 8) / 10)));
    const cubeDistance = distance(rgb, cube.map(step => CUBE_STEPS[step] ?? 0) as [number, number, number]); // as above
    const value = 8 + 10 * grey;
    if (distance(rgb, [value, value, value]) < cubeDistance) return GREYS_FROM + grey;
    return CUBE_FROM + 36 * r + 6 * g + b;
  });
}

/** The nearest of the sixteen to `#rrggbb` or to one of 256. */
export function nearestOf16(colour: string | number): number {
  return remembered(found.few, colour, () => {
    const rgb = typeof colour === 'string' ? parse(colour) : rgbOf256(colour);
    let best = 0;
    for (const [i, other] of SIXTEEN.entries()) {
      if (distance(rgb, other) < distance(rgb, SIXTEEN[best] ?? [0, 0, 0])) best = i;
    }
    return best;
  });
}

function remembered<K extends ColourKey>(known: Map<K, number>, key: K, find: () => number): number {
  let value = known.get(key);
  if (value === undefined) {
    value = find();
    if (known.size >= MOST_FOUND) known.clear();
    known.set(key, value);
  }
  return value;
}

function parse(colour: string): Rgb {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}

function rgbOf256(colour: number): Rgb {
  if (colour < CUBE_FROM) return SIXTEEN[colour] ?? [0, 0, 0];
  if (colour >= GREYS_FROM) {
    const value = 8 + 10 * (colour - GREYS_FROM);
    return [value, value, value];
  }
  const at = colour - CUBE_FROM;
  return [CUBE_STEPS[Math.floor(at / 36)] ?? 0, CUBE_STEPS[Math.floor(at / 6) % 6] ?? 0, CUBE_STEPS[at % 6] ?? 0];
}

function stepOf(part: number): number {
  let best = 0;
  for (const [i, value] of CUBE_STEPS.entries()) {
    if (Math.abs(part - value) < Math.abs(part - (CUBE_STEPS[best] ?? 0))) best = i;
  }
  return best;
}

/** Weighted as the eye does, roughly. */
function distance(a: Rgb, b: Rgb): number {
  return 3 * (a[0] - b[0]) ** 2 + 4 * (a[1] - b[1]) ** 2 + 2 * (a[2] - b[2]) ** 2;
}
