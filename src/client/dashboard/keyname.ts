import type { Key } from '../line/key.ts';

/** Names of keys as people write them, where the first letter is not merely made large. */
const NAMES: Readonly<Record<string, string>> = {
  pageup: 'PgUp',
  pagedown: 'PgDn',
  escape: 'Esc',
  delete: 'Del',
  insert: 'Ins',
};

/** A key as the table of bindings and the help write it: `j`, `G`, `Ctrl-D`, `Alt-x`, `PgUp`, `Shift-Tab`, `Space`. */
export function nameOfKey({ name, text, ctrl, meta, shift }: Key): string {
  if (name === 'text') return text === ' ' ? 'Space' : text;
  const isLetter = name.length === 1;
  const base = isLetter
    ? ctrl
      ? name.toUpperCase()
      : name
    : (NAMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1));
  return `${ctrl ? 'Ctrl-' : ''}${meta ? 'Alt-' : ''}${shift && !isLetter ? 'Shift-' : ''}${base}`;
}
