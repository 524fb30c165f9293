import { selects } from '../../core/selector.ts';
import type { ProcessInfo } from '../../protocol/messages.ts';

/** Letters of a state's word that are enough to mean it, so that `r` alone does not hide every name with an r. */
const STATE_LETTERS = 3;

type Filtered = Pick<ProcessInfo, 'name' | 'group' | 'process' | 'program' | 'state'>;

/**
 * Whether a process is shown: each word of the filter must fit, by being a part of its name, a state's word or its beginning
 * (`fatal`, `run`), or a selector (`web:*`); `!` before a word turns it round. Capitals do not count. Empty fits all.
 */
export function fitsFilter(filter: string, process: Filtered): boolean {
  const words = filter.split(/\s+/).filter(word => word !== '' && word !== '!');
  return words.every(word => (word.startsWith('!') ? !fits(word.slice(1), process) : fits(word, process)));
}

function fits(word: string, process: Filtered): boolean {
  const { name, group, program, state } = process;
  if (name.toLowerCase().includes(word.toLowerCase())) return true;
  if (word.length >= STATE_LETTERS && state.startsWith(word.toUpperCase())) return true;
  return selects(word, { fullname: name, group, name: process.process, program });
}
