// The exported types of a source file with their comments, as text: docs show the code's own words.
import { readFileSync } from 'node:fs';

/** Every exported interface and type of the file, without the `export`, in order. */
export function shapesOf(path) {
  const text = readFileSync(path, 'utf8');
  const declarations = text.matchAll(
    /(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export (?:interface|type) [\s\S]*?\n(?=\n|$)/g,
  );
  return [...declarations].map(([declaration]) => declaration.replace(/^export /m, '').trimEnd()).join('\n\n');
}
