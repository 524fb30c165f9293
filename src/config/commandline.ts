/** A `cmd` as the words that are run. */
import { isShellOperator, splitWords, type Word } from '../core/words.ts';
import type { ScalarNode } from './node.ts';
import { placeWithin } from './origin.ts';
import type { Report } from './report.ts';
import { expandNode, expandText, type Scope } from './scope.ts';
import type { Command } from './text.ts';

/** A command that is checked but not expanded, as that differs by process. */
export type CommandLine =
  | { readonly kind: 'shell'; readonly text: string }
  | { readonly kind: 'split'; readonly node: ScalarNode; readonly words: readonly Word[] }
  | { readonly kind: 'words'; readonly words: readonly ScalarNode[] }
  | { readonly kind: 'none' };

/** Splits a command, and reports what is wrong with it. */
export function readCommand(
  command: Command | undefined,
  { shell, key = 'cmd' }: { readonly shell: boolean; readonly key?: string },
  report: Report,
): CommandLine {
  if (command === undefined) return { kind: 'none' };
  const { node } = command;
  if (command.kind === 'words') {
    if (command.words.length === 0) report.error(node.place, `\`${key}\` is empty`);
    if (shell) report.error(node.place, 'with `shell: true`, `cmd` must be one text for the shell, not a list');
    return { kind: 'words', words: command.words };
  }
  const line = command.node;
  if (line.text.trim() === '') report.error(node.place, `\`${key}\` is empty`);
  if (shell) return { kind: 'shell', text: line.text };
  const split = splitWords(line.text);
  if (!split.ok) {
    report.error(placeWithin(line, split.offset), `cannot split \`${key}\` into words: ${split.problem}`);
    return { kind: 'none' };
  }
  for (const word of split.words.filter(isShellOperator)) {
    report.warning(
      placeWithin(line, word.start),
      `the program gets \`${word.text}\` as an argument, as no shell runs this command`,
      key === 'cmd'
        ? '`shell: true` runs it by a shell; put it in quotes if it is meant as it stands'
        : 'put it in quotes if it is meant as it stands',
    );
  }
  return { kind: 'split', node: line, words: split.words };
}

/** The words of one process. */
export function argvOf(
  command: CommandLine,
  { scopeAt, report }: { scopeAt(node: ScalarNode): Scope; report: Report },
): readonly string[] {
  switch (command.kind) {
    case 'none':
      return [];
    case 'shell':
      return ['/bin/sh', '-c', command.text];
    case 'words':
      return command.words.map(node => expandNode(node, scopeAt(node), report) ?? '');
    case 'split': {
      const { node } = command;
      const scope = scopeAt(node);
      return command.words.map(word => {
        const placeOf = (offset: number) => placeWithin(node, word.origins[offset] ?? word.start);
        return expandText(word.text, scope, { report, placeOf }) ?? '';
      });
    }
  }
}
