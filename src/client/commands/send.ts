import { keystrokes } from '../../core/newlines.ts';
import { EXIT, type Run } from '../verb.ts';

export const run: Run = async (context, { words: [name = '', ...text], options }) => {
  const typed = keystrokes(text.join(' ')) + (options.enter === true ? '\r' : '');
  await context.api.call('input', new TextEncoder().encode(typed), { name });
  return EXIT.done;
};
