import { EXIT, type Run } from '../verb.ts';

export const run: Run = async (context, { words: [name = '', ...text], options }) => {
  const typed = keystrokes(text.join(' '), { enter: options.enter === true });
  await context.api.call('input', new TextEncoder().encode(typed), { name });
  return EXIT.done;
};

/** What a keyboard would send for this text: its Enter key is CR, which the terminal turns into the program's newline. */
export function keystrokes(text: string, { enter }: { readonly enter: boolean }): string {
  return text.replaceAll(/\r?\n/g, '\r') + (enter ? '\r' : '');
}
