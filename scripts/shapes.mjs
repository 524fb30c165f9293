// The exported types of a source file with their comments, as text: docs show the code's own words.
import { readFileSync } from 'node:fs';

/** Every exported interface and type of the file, without the `export`, in order. */
export function shapesOf(path) {
  return [...declarationsOf(path).values()].join('\n\n');
}

/** The same by name. */
export function declarationsOf(path) {
  const text = readFileSync(path, 'utf8');
  const declarations = text.matchAll(
    /(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export (?:interface|type) (\w+)[\s\S]*?\n(?=\n|$)/g,
  );
  return new Map([...declarations].map(([all, name]) => [name, all.replace(/^export /m, '').trimEnd()]));
}
