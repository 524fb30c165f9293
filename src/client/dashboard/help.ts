import { BINDINGS, type Binding, type KeyMode } from './bindings.ts';
import type { Page } from './model.ts';

/** Where keys mean something else, as the help names it. */
const SECTIONS: readonly { readonly mode: KeyMode; readonly title: string }[] = [
  { mode: 'normal', title: 'Table and tiles' },
  { mode: 'history', title: "A console's history" },
  { mode: 'page', title: 'Pages' },
];

/** What no key of the table tells. */
const NOTES: readonly string[] = [
  'While you type into a console (i), all keys go to the program; the keys that detach (Ctrl-B d,',
  'if the config does not name others) end it. They also bring you back from a program that you attached to.',
  'The mouse selects, scrolls with the wheel, and drags the lines between panes; with Shift held,',
  'most terminals select text by themselves.',
];

const KEYS_WIDTH = 16;

/** All keys, printed from their table. */
export function helpPage(): Page {
  const lines = SECTIONS.flatMap(({ mode, title }) => [`\x1b[1m${title}\x1b[m`, ...linesFor(mode), '']);
  return { title: 'Keys', lines: [...lines, ...NOTES], top: 0, isFollowed: false };
}

function linesFor(mode: KeyMode): string[] {
  return BINDINGS.filter(({ modes }) => modes.includes(mode)).map(
    binding => `  ${keysOf(binding).padEnd(KEYS_WIDTH)} ${binding.help}`,
  );
}

function keysOf({ keys }: Binding): string {
  return keys.join(' ');
}
