import { longOf, nameOf, optionsOf, shortOf, takesValue } from '../options.ts';
import { type Choice, findVerb, type Option, type Parameter, type Verb } from '../verb.ts';
import type { World } from './world.ts';

/** What belongs where the cursor is. */
export type Slot =
  | { readonly kind: 'verb' }
  | { readonly kind: 'options'; readonly options: readonly Option[] }
  /** The value of an option; `prefix` is the `--option=` before it in the same word. */
  | { readonly kind: 'value'; readonly option: Option; readonly prefix: string }
  | Argument
  | { readonly kind: 'nothing' };

export interface Argument {
  readonly kind: 'argument';
  readonly verb: Verb;
  readonly parameter: Parameter;
  /** The arguments before it. */
  readonly given: readonly string[];
}

/** Finds what `word` is to be, behind the words `before`. */
export function slotOf(before: readonly string[], word: string, world: World): Slot {
  const { start, verb, rest } = readBefore(before, world);
  if (start.open !== undefined) return { kind: 'value', option: start.open, prefix: '' };
  if (start.at === before.length) return optionSlot(word, world.options ?? [], start) ?? { kind: 'verb' };
  if (verb === undefined) return { kind: 'nothing' };
  if (rest.open !== undefined) return { kind: 'value', option: rest.open, prefix: '' };
  if (!rest.isOver) {
    const slot = optionSlot(word, optionsOf(verb), rest);
    if (slot !== undefined) return slot;
  }
  const { parameters } = verb;
  const last = parameters.at(-1);
  const parameter = parameters[rest.words.length] ?? (last?.many === true ? last : undefined);
  return parameter === undefined
    ? { kind: 'nothing' }
    : { kind: 'argument', verb, parameter, given: rest.words.slice(parameters.indexOf(parameter)) };
}

/** What `-c` and `-s` say there: which daemon the line is for. */
export function whereabouts(before: readonly string[], world: World): { config?: string; socket?: string } {
  const { start, rest } = readBefore(before, world);
  return Object.fromEntries(
    [...start.values, ...rest.values].flatMap(([{ flags }, value]) => {
      const name = nameOf(flags);
      return name === 'config' || name === 'socket' ? [[name, value]] : [];
    }),
  );
}

function readBefore(before: readonly string[], { verbs, options = [] }: World) {
  const start = walk(before, options, true);
  const verb = findVerb(verbs, before[start.at] ?? '');
  const rest = walk(before.slice(start.at + 1), verb === undefined ? [] : optionsOf(verb), false);
  return { start, verb, rest };
}

interface Walked {
  /** The words that are no options. */
  readonly words: readonly string[];
  /** The options that were given; with '' where nothing follows. */
  readonly values: ReadonlyMap<Option, string>;
  /** The option whose value comes next. */
  readonly open: Option | undefined;
  /** `--` has ended the options. */
  readonly isOver: boolean;
  /** How many words were read. */
  readonly at: number;
}

function walk(words: readonly string[], options: readonly Option[], untilWord: boolean): Walked {
  const rest: string[] = [];
  const values = new Map<Option, string>();
  let open: Option | undefined;
  let isOver = false;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (open !== undefined) {
      values.set(open, word);
      open = undefined;
    } else if (isOver || !word.startsWith('-') || word === '-') {
      if (untilWord) break;
      rest.push(word);
    } else if (word === '--') isOver = true;
    else {
      const [flag = ''] = word.split('=', 1);
      const value = flag === word ? undefined : word.slice(flag.length + 1);
      const option = options.find(({ flags }) => flag === shortOf(flags) || flag === longOf(flags));
      if (option !== undefined) values.set(option, value ?? '');
      if (option !== undefined && value === undefined && takesValue(option.flags)) open = option;
    }
  }
  return { words: rest, values, open, isOver, at };
}

function optionSlot(word: string, options: readonly Option[], { values }: Walked): Slot | undefined {
  if (!word.startsWith('-')) return undefined;
  const [flag = ''] = word.split('=', 1);
  if (flag === word) return { kind: 'options', options: options.filter(option => !values.has(option)) };
  const option = options.find(({ flags }) => longOf(flags) === flag && takesValue(flags));
  return option === undefined ? { kind: 'nothing' } : { kind: 'value', option, prefix: `${flag}=` };
}

/** What kind of thing is wanted there, so that only that is asked of the daemon. */
export function kindOf(slot: Slot): string | undefined {
  if (slot.kind === 'argument') return slot.parameter.kind;
  return slot.kind === 'value' ? slot.option.value : undefined;
}

/** What an argument may be beside what its kind says; a choice is its kind. */
export function choicesOf({ parameter, given }: Argument): readonly Choice[] {
  const { choices = [], kind } = parameter;
  return kind === 'choice' || given.length > 0 ? choices : [];
}
