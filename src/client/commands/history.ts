import { EXIT, type Run, UsageError } from '../verb.ts';

export const run: Run = async ({ shell, out }, { words: [count] }) => {
  if (count !== undefined && !/^\d{1,9}$/.test(count)) throw new UsageError(`history takes a number, not "${count}"`);
  const lines = shell?.history() ?? [];
  const width = String(lines.length).length + 1;
  const numbered = lines.map((line, i) => `${String(i + 1).padStart(width)}  ${line}\n`);
  await out(numbered.slice(count === undefined ? 0 : -Number(count) || numbered.length).join(''));
  return EXIT.done;
};
