/** Arbitrary terminal streams, nasty on purpose, for properties about screens. */
import fc from 'fast-check';

const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 14 }) },
  { weight: 1, arbitrary: fc.constantFrom(20, 21, 40, 99, 99_999_999) },
);
const small = fc.integer({ min: 1, max: 5 });
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'abcxyz   QWq#|~'), minLength: 1, maxLength: 30 }),
  fc.constantFrom(
    '中',
    '文字漢',
    '😀',
    '✅',
    'e\u0301',
    '\u0301',
    '\u0302\u0303',
    '👨\u200d👩',
    '❤\ufe0f',
    '한글',
    'ｱ',
    '\u200b',
    '🇫🇷',
    '½─│',
    '　',
  ),
);
const sgr = fc
  .array(
    fc.constantFrom(
      ...[
        '0',
        '1',
        '2',
        '3',
        '4',
        '4:3',
        '4:2',
        '21',
        '5',
        '7',
        '8',
        '9',
        '53',
        '22',
        '23',
        '24',
        '27',
        '39',
        '49',
        '59',
      ],
      ...[
        '31',
        '42',
        '94',
        '105',
        '38;5;3',
        '38;5;200',
        '48;5;17',
        '38;2;1;2;3',
        '48;2;250;128;1',
        '58;5;9',
        '58:2::1:2:3',
      ],
    ),
    { maxLength: 3 },
  )
  .map(params => `\x1b[${params.join(';')}m`);
const csi = (final: string) => number.map(n => `\x1b[${n}${final}`);
const two = (final: string) => fc.tuple(number, number).map(([a, b]) => `\x1b[${a};${b}${final}`);
const one = (...choices: string[]) => fc.constantFrom(...choices);

/** A piece of a stream: text, or one control function. */
export const piece: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: text },
  { weight: 6, arbitrary: sgr },
  { weight: 6, arbitrary: two('H') },
  { weight: 4, arbitrary: one('\r', '\n', '\r\n', '\b', '\t', '\x0b', '\r\n\r\n\r\n') },
  { weight: 5, arbitrary: fc.oneof(...[...'@ABCDEFGIJKLMPSTXZ`abde'].map(csi)) },
  {
    weight: 2,
    arbitrary: fc.oneof(
      ...['0J', '1J', '2J', '3J', '0K', '1K', '2K', '?0J', '?1J', '?2J', '?K', '?1K', '?2K'].map(s =>
        fc.constant(`\x1b[${s}`),
      ),
    ),
  },
  { weight: 2, arbitrary: fc.oneof(csi(' @'), csi(' A'), csi("'}"), csi("'~")) },
  { weight: 3, arbitrary: two('r') },
  { weight: 1, arbitrary: one('\x1b[r') },
  { weight: 4, arbitrary: one('\x1b7', '\x1b8', '\x1b[s', '\x1b[u', '\x1b[?1048h', '\x1b[?1048l') },
  { weight: 3, arbitrary: one('\x1b[?1049h', '\x1b[?1049l', '\x1b[?47h', '\x1b[?47l', '\x1b[?1047h', '\x1b[?1047l') },
  {
    weight: 4,
    arbitrary: one(
      '\x1b[?6h',
      '\x1b[?6l',
      '\x1b[?7h',
      '\x1b[?7l',
      '\x1b[4h',
      '\x1b[4l',
      '\x1b[20h',
      '\x1b[20l',
      '\x1b[?45h',
      '\x1b[?45l',
    ),
  },
  {
    weight: 3,
    arbitrary: one(
      '\x1b(0',
      '\x1b(B',
      '\x1b)0',
      '\x1b)B',
      '\x1b*A',
      '\x1b+K',
      '\x1b-A',
      '\x0e',
      '\x0f',
      '\x1bn',
      '\x1bo',
      '\x1b~',
      '\x1b}',
      '\x1b%G',
    ),
  },
  { weight: 2, arbitrary: one('\x1bD', '\x1bE', '\x1bM', '\x1bH', '\x1b[g', '\x1b[3g') },
  { weight: 1, arbitrary: one('\x1b[1"q', '\x1b[0"q', '\x1b[2"q') },
  { weight: 1, arbitrary: one('\x1b]8;;http://a/\x07', '\x1b]8;id=1;http://b/;x\x1b\\', '\x1b]8;;\x07') },
  { weight: 1, arbitrary: one('\x1bc', '\x1b[!p', '\x1b#8') },
  { weight: 2, arbitrary: small.map(n => `w\x1b[${n}b`) },
  // A line that is just full, or one too much.
  { weight: 2, arbitrary: fc.integer({ min: 6, max: 14 }).map(n => `\r${'0123456789abcdefgh'.slice(0, n)}`) },
);

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export type Step = { readonly bytes: string } | { readonly size: Size };

export const size: fc.Arbitrary<Size> = fc.record({
  cols: fc.integer({ min: 2, max: 14 }),
  rows: fc.integer({ min: 1, max: 7 }),
});

/** Steps in the life of a terminal: mostly bytes, now and then a resize. */
export const steps = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 30, arbitrary: piece.map(bytes => ({ bytes })) },
      { weight: 1, arbitrary: size.map(value => ({ size: value })) },
    ),
    { maxLength, size: 'max' },
  );
