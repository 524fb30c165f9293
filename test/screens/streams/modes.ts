/** How text looks, and the terminal modes. */
import type { Case } from '../case.ts';
import { at, type Below, CSI, ESC, made, pick, repeat, ST, WORDS } from './made.ts';

export function modeCases(): Case[] {
  const filled = (below: Below): string => repeat(4, () => at(below) + pick(below, WORDS));
  const some = (below: Below, from: readonly string[]): string =>
    repeat(250, () => pick(below, from) + (below(3) === 0 ? filled(below) : ''));
  const flags = [1, 2, 3, 4, 5, 7, 9, 21, 22, 24, 27, 29, 53, 55];
  return [
    made('sgr', 'attributes, 16, 256 and true colours, and back', below =>
      repeat(1500, () => {
        const what = below(8);
        const channel = 30 + 10 * below(2) + 8;
        if (what === 0) return `${CSI}${pick(below, flags)}m`;
        if (what === 1) return `${CSI}${channel};5;${below(256)}m`;
        if (what === 2) return `${CSI}${channel};2;${below(256)};${below(256)};${below(256)}m`;
        if (what === 3) return `${CSI}${channel}:2::${below(256)}:${below(256)}:${below(256)}m`;
        if (what === 4) return `${CSI}${pick(below, [30, 40, 90, 100]) + below(8)};${pick(below, flags)}m`;
        if (what === 5) return `${CSI}${pick(below, ['', '0', '39', '49', '38;5', '38', '1;;4', '38:5:9'])}m`;
        return pick(below, WORDS) + (below(9) === 0 ? '\r\n' : ' ');
      }),
    ),
    made('underlines', 'underlines of each kind and colour', below =>
      repeat(
        700,
        () =>
          `${CSI}${pick(below, ['4', '4:0', '4:1', '4:2', '4:3', '4:4', '4:5', '21', '24', '58;5;9', '58:2::1:2:3', '58;2;9;8;7', '59', '0'])}m${pick(below, WORDS)}${below(9) === 0 ? at(below) : ' '}`,
      ),
    ),
    made('links', 'hyperlinks with and without ids, left open, overwritten', below =>
      repeat(400, n => {
        const end = pick(below, [ST, '\x07']);
        return `${ESC}]8;${pick(below, ['', `id=${below(5)}`, 'id=x:y=z'])};${pick(below, ['', `https://example.org/${n % 40}`, 'file:///etc/hosts', 'https://example.org/a;b'])}${end}${pick(below, WORDS)}${below(4) === 0 ? at(below) : '\r\n'}`;
      }),
    ),
    made('cursor', 'shapes, blinking, hidden', below =>
      some(below, [
        ...[0, 1, 2, 3, 4, 5, 6].map(n => `${CSI}${n} q`),
        `${CSI}?25l`,
        `${CSI}?25h`,
        `${CSI}?12h`,
        `${CSI}?12l`,
        `${CSI}34l`,
      ]),
    ),
    made('mouse', 'mouse, focus, paste and keypad modes', below =>
      some(
        below,
        [9, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 1016, 2004, 1, 66, 5, 8, 1034, 1036, 2031, 2048, 2027]
          .flatMap(n => [`${CSI}?${n}h`, `${CSI}?${n}l`])
          .concat(`${ESC}=`, `${ESC}>`, `${CSI}?1000;1006;2004h`, `${CSI}?1049h`, `${CSI}?1049l`),
      ),
    ),
    made(
      'sync',
      'synchronised updates, one left open',
      below =>
        `${repeat(150, () => `${CSI}?2026h${filled(below)}${below(6) === 0 ? '' : `${CSI}?2026l`}`)}${CSI}?2026h`,
    ),
    ...[false, true].map(isAlternate =>
      made(
        `kitty-keyboard${isAlternate ? '-alternate' : ''}`,
        `keyboard flags, stacked${isAlternate ? ', on both screens' : ''}, and modifyOtherKeys`,
        below =>
          (isAlternate ? `${CSI}=3;1u${CSI}>5u${CSI}?1049h` : '') +
          some(
            below,
            '>1u >31u <u <3u =5;1u =2;2u =4;3u ?u >4;2m >4m >4;1f >4n'.split(' ').map(keys => CSI + keys),
          ),
      ),
    ),
    made('titles', 'titles and their stack', below =>
      some(below, [
        `${ESC}]0;both ü\x07`,
        `${ESC}]2;window${ST}`,
        `${ESC}]1;icon\x07`,
        `${CSI}22t`,
        `${CSI}22;2t`,
        `${CSI}22;1t`,
        `${CSI}23t`,
        `${CSI}23;2t`,
        `${CSI}21t`,
        `${ESC}]2;\x07`,
        `${ESC}k old ${ST}`,
      ]),
    ),
    made('colours', 'palettes and default colours', below =>
      some(below, [
        `${ESC}]4;1;rgb:ff/00/00;2;#0f0\x07`,
        `${ESC}]104;1\x07`,
        `${ESC}]104\x07`,
        `${ESC}]10;#ffffff\x07`,
        `${ESC}]11;rgb:00/00/00${ST}`,
        `${ESC}]110\x07`,
        `${ESC}]111${ST}`,
        `${ESC}]12;red\x07`,
        `${ESC}]112\x07`,
        `${ESC}]10;?\x07`,
      ]),
    ),
    made('questions', 'questions between the words, which nobody is to see', below =>
      some(below, [
        `${CSI}c`,
        `${CSI}>c`,
        `${CSI}=c`,
        `${CSI}\t6\nn`,
        `${CSI}6n`,
        `${CSI}5n`,
        `${CSI}?6n`,
        `${CSI}>q`,
        `${CSI}?u`,
        `${ESC}]11;?${ST}`,
        `${ESC}P+q544e${ST}`,
        `${ESC}P$qm${ST}`,
        `${CSI}?2026$p`,
        `${CSI}18t`,
        '\x05',
        `${ESC}Z`,
        `${ESC}_Gi=1,a=q;AAAA${ST}`,
      ]),
    ),
    made('marks', 'shell integration, working directories, notifications', below =>
      some(below, [
        `${ESC}]133;A${ST}`,
        `${ESC}]133;C\x07`,
        `${ESC}]7;file://box/tmp\x07`,
        `${ESC}]9;done\x07`,
        `${ESC}]777;notify;a;b\x07`,
        `${ESC}]1337;CurrentDir=/\x07`,
        `${ESC}]52;c;aGVsbG8=\x07`,
      ]),
    ),
  ];
}
