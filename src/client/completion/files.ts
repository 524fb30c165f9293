import type { Suggestion } from './suggestion.ts';
import type { World } from './world.ts';

/** Files whose path begins so; hidden ones when the dot is typed. A directory is no whole word: what is in it may follow. */
export function filesAt(word: string, { files }: World): readonly Suggestion[] {
  if (files === undefined) return [];
  const slash = word.lastIndexOf('/') + 1;
  const [directory, start] = [word.slice(0, slash), word.slice(slash)];
  return files(directory)
    .filter(name => name.startsWith(start) && (start !== '' || !name.startsWith('.')))
    .map(name => ({ word: `${directory}${name}`, help: '', isWhole: !name.endsWith('/') }));
}
