import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Modes } from '../../src/core/modes.ts';
import {
  answerTo,
  askedBy,
  driverDefault,
  type Query,
  questionOf,
  requestOf,
  type TerminalState,
} from '../../src/core/queries.ts';
import { HELD_LIMIT, SequenceScanner } from '../../src/core/sequences.ts';

const ST = '\x1b\\';

/** The questions of a stream, each with what the daemon answers at that place. */
function asked(stream: string): { queries: Query[]; answers: string[] } {
  const modes = new Modes();
  const queries: Query[] = [];
  const answers: string[] = [];
  new SequenceScanner().scan(new TextEncoder().encode(stream), 0, sequence => {
    modes.apply(sequence);
    const query = questionOf(sequence);
    if (query === undefined) return;
    const state: TerminalState = {
      cursor: { x: 7, y: 3 },
      size: { cols: 120, rows: 40 },
      region: { top: 2, bottom: 39 },
      pen: '0;1;31',
      modes,
      version: '1.2.3',
    };
    queries.push(query);
    answers.push(answerTo(query, state));
  });
  return { queries, answers };
}

const ANSWERED: readonly (readonly [name: string, question: string, answer: string])[] = [
  ['DA1', '\x1b[c', '\x1b[?62;22c'],
  ['DA1 with 0', '\x1b[0c', '\x1b[?62;22c'],
  ['DECID', '\x1bZ', '\x1b[?62;22c'],
  ['DA1 by C1', '\u009bc', '\x1b[?62;22c'],
  ['DA2', '\x1b[>c', '\x1b[>1;277;0c'],
  ['DA2 with 0', '\x1b[>0c', '\x1b[>1;277;0c'],
  ['DA3', '\x1b[=c', `\x1bP!|00000000${ST}`],
  ['DSR', '\x1b[5n', '\x1b[0n'],
  ['CPR', '\x1b[6n', '\x1b[3;7R'],
  ['DECXCPR', '\x1b[?6n', '\x1b[?3;7R'],
  ['printer', '\x1b[?15n', '\x1b[?13n'],
  ['user-defined keys', '\x1b[?25n', '\x1b[?20n'],
  ['keyboard', '\x1b[?26n', '\x1b[?27;1;0;0n'],
  ['locator', '\x1b[?53n\x1b[?55n', '\x1b[?50n\x1b[?50n'],
  ['kind of locator', '\x1b[?56n', '\x1b[?57;0n'],
  ['macro space', '\x1b[?62n', '\x1b[0*{'],
  ['integrity', '\x1b[?75n', '\x1b[?70n'],
  ['sessions', '\x1b[?85n', '\x1b[?83n'],
  ['XTVERSION', '\x1b[>q\x1b[>0q', `\x1bP>|taskmaster 1.2.3${ST}\x1bP>|taskmaster 1.2.3${ST}`],
  ['kitty’s flags', '\x1b[?u\x1b[>5u\x1b[?u', '\x1b[?0u\x1b[?5u'],
  ['modes, set', '\x1b[?1h\x1b[?1$p\x1b[?2004$p\x1b[?7$p', '\x1b[?1;1$y\x1b[?2004;2$y\x1b[?7;1$y'],
  ['synchronised updates', '\x1b[?2026$p', '\x1b[?2026;2$y'],
  ['modes of the mouse', '\x1b[?1000;1002h\x1b[?1000$p\x1b[?1002$p', '\x1b[?1000;2$y\x1b[?1002;1$y'],
  ['the alternate screen', '\x1b[?1049h\x1b[?47$p\x1b[?1049$p', '\x1b[?47;1$y\x1b[?1049;1$y'],
  ['modes, unknown', '\x1b[?7777$p\x1b[?2027$p\x1b[99$p', '\x1b[?7777;0$y\x1b[?2027;0$y\x1b[99;0$y'],
  ['modes that stay', '\x1b[?8$p\x1b[?67$p', '\x1b[?8;3$y\x1b[?67;4$y'],
  ['ANSI modes', '\x1b[4h\x1b[4$p\x1b[20$p\x1b[12$p\x1b[2$p', '\x1b[4;1$y\x1b[20;2$y\x1b[12;3$y\x1b[2;4$y'],
  ['DECRQSS of the pen', `\x1bP$qm${ST}`, `\x1bP1$r0;1;31m${ST}`],
  ['DECRQSS of the region', `\x1bP$qr${ST}`, `\x1bP1$r2;39r${ST}`],
  ['DECRQSS of the cursor', `\x1b[5 q\x1bP$q q${ST}\x1b[99 q\x1bP$q q${ST}`, `\x1bP1$r5 q${ST}\x1bP1$r0 q${ST}`],
  ['DECRQSS of DECSCA', `\x1b[1"q\x1bP$q"q${ST}`, `\x1bP1$r1"q${ST}`],
  ['DECRQSS of the level', `\x1bP$q"p${ST}`, `\x1bP1$r62;1"p${ST}`],
  [
    'DECRQSS of sizes',
    `\x1bP$qt${ST}\x1bP$q$|${ST}\x1bP$q*|${ST}`,
    `\x1bP1$r40t${ST}\x1bP1$r120$|${ST}\x1bP1$r40*|${ST}`,
  ],
  ['DECRQSS of something', `\x1bP$qrm -rf${ST}`, `\x1bP0$r${ST}`],
  ['XTGETTCAP', `\x1bP+q544e;436F${ST}`, `\x1bP1+r544E=787465726D2D323536636F6C6F72${ST}\x1bP1+r436F=323536${ST}`],
  ['XTGETTCAP without a value', `\x1bP+q5463${ST}`, `\x1bP1+r5463${ST}`],
  ['XTGETTCAP of something', `\x1bP+q4d73;zz${ST}`, `\x1bP0+r${ST}\x1bP0+r${ST}`],
  ['sizes in cells', '\x1b[18t\x1b[19t', '\x1b[8;40;120t\x1b[9;40;120t'],
  ['window state', '\x1b[11t', '\x1b[1t'],
  ['displayed extent', '\x1b["v', '\x1b[40;120;1;1;1"w'],
  ['XTQMODKEYS', '\x1b[?4m\x1b[>4;2m\x1b[?4m\x1b[?1m', '\x1b[>4;0m\x1b[>4;2m\x1b[>1;2m'],
  ['XTQFMTKEYS', '\x1b[?4g\x1b[>4;1f\x1b[?4g', '\x1b[>4;0f\x1b[>4;1f'],
  ['DECREQTPARM', '\x1b[x\x1b[1x', '\x1b[2;1;1;128;128;1;0x\x1b[3;1;1;128;128;1;0x'],
  ['locator position', "\x1b['|", '\x1b[0&w'],
  ['sixel colours', '\x1b[?1;1;0S', '\x1b[?1;3;0S'],
];

const SILENT: readonly (readonly [name: string, question: string])[] = [
  ['the title', '\x1b]2;rm -rf ~\x07\x1b[21t\x1b[20t'],
  ['sizes in pixels', '\x1b[14t\x1b[14;2t\x1b[15t\x1b[16t'],
  ['the window’s place', '\x1b[13t'],
  ['the clipboard', '\x1b]52;c;?\x07\x1b]52;;?\x07'],
  ['kitty’s clipboard', '\x1b]5522;type=read;dGV4dA==\x07'],
  ['kitty’s colours', '\x1b]21;foreground=?;cursor=?\x07'],
  ['kitty’s graphics', `\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA${ST}`],
  ['kitty’s pointer and notifications', '\x1b]22;?__current__\x07\x1b]99;i=1:p=?;\x07'],
  ['font, X property, features', '\x1b]50;?\x07\x1b]3;?WM_NAME\x07\x1b]60\x07\x1b]61;allowTitleOps\x07'],
  ['iTerm2’s reports', '\x1b]1337;ReportCellSize\x07'],
  ['ENQ', '\x05'],
  ['checksums', '\x1b[1;1;1;1;5;5*y\x1b[?63;1n'],
  ['SGR, colour, presentation reports', '\x1b[1;1;2;2#|\x1b[#R\x1b[1$w\x1b[1$u\x1b[&u\x1b[#S'],
  ['resources', `\x1bP+Q41${ST}`],
];

const NO_QUESTIONS: readonly string[] = [
  ...[
    '\x1b[m',
    '\x1b[1;31m',
    '\x1b[?25h',
    '\x1b[u',
    '\x1b[s',
    '\x1b[>1u',
    '\x1b[2 q',
    '\x1b[8;40;120t',
    '\x1b[22;0t',
    '\x1b[23t',
  ],
  ...[
    '\x1b]0;?\x07',
    '\x1b]4;1;red\x07',
    '\x1b]11;#000\x07',
    '\x1b]52;c;aGk=\x07',
    '\x1b]8;;http://?\x07',
    '\x1b]22;hand\x07',
  ],
  ...[
    `\x1b_Ga=T,f=100;AAAA${ST}`,
    `\x1b_Gf=24;a=q${ST}`,
    `\x1bPq#0~${ST}`,
    '\x1b[5c',
    '\x1b[4n',
    '\x1b[>4;2m',
    '\x1b[!p',
    '\x1b7',
  ],
  ...['\x1b]21;cursor=red\x07', '\x1b]1337;SetMark\x07', '\x1b]99;i=1;Hello?\x07', '\x1b[?5W', '\x1b[2x'],
];

describe('questions', () => {
  test.each(ANSWERED)('%s is answered', (_name, question, answer) => {
    expect(asked(question).answers.join('')).toBe(answer);
  });

  test.each(SILENT)('%s is cut out, and not answered', (_name, question) => {
    const { queries, answers } = asked(question);
    expect(answers.join('')).toBe('');
    expect(new Set(queries.map(query => query.type))).toEqual(new Set(['none']));
  });

  test.each(NO_QUESTIONS)('%j is none', stream => {
    expect(asked(stream).queries).toEqual([]);
  });

  test('every part of what is cut out is found', () => {
    for (const [, question] of SILENT) {
      const count = question.split(/(?=\x1b[^\\]|\x05)/).filter(part => !part.startsWith('\x1b]2;')).length;
      expect([question, asked(question).queries.length]).toEqual([question, count]);
    }
  });

  test('one that viewers have seen a part of is none', () => {
    expect(asked(`\x1bP+q${'00'.repeat(HELD_LIMIT)}${ST}`).queries).toEqual([]);
  });

  test('no answer has a word of the program’s', () => {
    const word = fc.constantFrom('secret', '736563726574', ';', '?', '$', '+', '"', ' ', 'q', 'm', '=', ',', '4', '11');
    const frame = fc.constantFrom(
      ['\x1bP$q', ST],
      ['\x1bP+q', ST],
      ['\x1b]', '\x07'],
      ['\x1b]4;1;', '\x07'],
      ['\x1b]11;', `;?${ST}`],
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(frame, fc.array(word, { maxLength: 6 })), { maxLength: 4 }), parts => {
        const stream = parts.map(
          ([[before, after], words]) => `\x1b]2;secret\x07${before}${words.join('')}${after}\x1b]11;?\x07\x1b[21t`,
        );
        for (const answer of asked(stream.join('')).answers) expect(answer).not.toMatch(/secret|736563726574/i);
      }),
    );
  });
});

type DriverQuery = Query & { readonly type: 'driver' };

/** The one question of this stream, which only a real terminal answers. */
function driverQuestion(stream: string): DriverQuery {
  const [query] = asked(stream).queries;
  if (query?.type !== 'driver') throw new Error(`${JSON.stringify(stream)} is no question for the driver`);
  return query;
}

describe('questions for the driver', () => {
  const USUAL: readonly (readonly [question: string, answer: string])[] = [
    ['\x1b]10;?\x07', '\x1b]10;rgb:e5e5/e5e5/e5e5\x07'],
    [`\x1b]11;?${ST}`, `\x1b]11;rgb:0000/0000/0000${ST}`],
    ['\x1b]10;?;?;?\x07', '\x1b]10;rgb:e5e5/e5e5/e5e5\x07\x1b]11;rgb:0000/0000/0000\x07\x1b]12;rgb:e5e5/e5e5/e5e5\x07'],
    ['\x1b]4;1;?;8;?\x07', '\x1b]4;1;rgb:cdcd/0000/0000\x07\x1b]4;8;rgb:7f7f/7f7f/7f7f\x07'],
    [
      '\x1b]4;16;?;196;?;231;?\x07',
      '\x1b]4;16;rgb:0000/0000/0000\x07\x1b]4;196;rgb:ffff/0000/0000\x07\x1b]4;231;rgb:ffff/ffff/ffff\x07',
    ],
    [
      '\x1b]4;067;?;232;?;255;?\x07',
      '\x1b]4;67;rgb:5f5f/8787/afaf\x07\x1b]4;232;rgb:0808/0808/0808\x07\x1b]4;255;rgb:eeee/eeee/eeee\x07',
    ],
    ['\x1b]5;0;?\x07', '\x1b]5;0;rgb:e5e5/e5e5/e5e5\x07'],
    ['\x1b[?996n', '\x1b[?997;1n'],
    ['\x1b]11;#123456\x07\x1b]11;?\x07', '\x1b]11;rgb:1212/3434/5656\x07'],
    ['\x1b]11;#f08\x07\x1b]11;?\x07', '\x1b]11;rgb:f0f0/0000/8080\x07'],
    ['\x1b]4;1;rgb:f/80/ffff\x07\x1b]4;1;?\x07', '\x1b]4;1;rgb:ffff/8080/ffff\x07'],
    ['\x1b]11;#123412341234\x07\x1b]11;?\x07', '\x1b]11;rgb:1212/1212/1212\x07'],
    ['\x1b]11;secret\x07\x1b]11;?\x07', '\x1b]11;rgb:0000/0000/0000\x07'],
  ];

  test.each(USUAL)('%j has a usual answer', (question, answer) => {
    expect(asked(question).answers.join('')).toBe(answer);
  });

  test('the driver’s terminal is asked for each', () => {
    expect(requestOf(driverQuestion('\x1b]10;?;?\x07'))).toBe('\x1b]10;?\x07\x1b]11;?\x07');
    expect(requestOf(driverQuestion(`\x1b]4;007;?${ST}`))).toBe(`\x1b]4;7;?${ST}`);
    expect(requestOf(driverQuestion('\x1b[?996n'))).toBe('\x1b[?996n');
  });

  test('what answers it, and what does not', () => {
    const query = driverQuestion('\x1b]4;7;?;8;?\x07');
    expect(askedBy(query, '\x1b]4;7;rgb:ffff/ffff/ffff\x07')).toBe('4;7');
    expect(askedBy(query, `\x1b]4;8;rgba:ffff/ffff/ffff/ffff${ST}`)).toBe('4;8');
    expect(askedBy(query, '\x1b]4;9;rgb:ffff/ffff/ffff\x07')).toBe(undefined);
    expect(askedBy(query, '\x1b]4;7;rm -rf\x07')).toBe(undefined);
    expect(askedBy(query, '\x1b]11;rgb:ffff/ffff/ffff\x07')).toBe(undefined);
    expect(askedBy(driverQuestion('\x1b]11;?\x07'), '\x1b]11;rgb:ffff/ffff/ffff\x07')).toBe('11');
    expect(askedBy(driverQuestion('\x1b[?996n'), '\x1b[?997;2n')).toBe('scheme');
    expect(askedBy(driverQuestion('\x1b[?996n'), '\x1b[?997;2nx')).toBe(undefined);
  });

  test('what is still lacking has its own usual answer', () => {
    const state = { modes: new Modes() } as TerminalState; // all that a colour needs
    expect(driverDefault(driverQuestion('\x1b]10;?;?\x07'), '11', state)).toBe('\x1b]11;rgb:0000/0000/0000\x07');
  });
});
