import { SIGNAL_NAMES } from '../../core/signals.ts';
import { longOf, shortOf } from '../options.ts';
import { findVerb, type Option, type ParameterKind, type Verb } from '../verb.ts';
import { filesAt } from './files.ts';
import { alertsAt, countsAt, namesAt, programsAt, selectorsAt } from './names.ts';
import { type Argument, choicesOf, type Slot } from './slot.ts';
import { type Suggestion, whole } from './suggestion.ts';
import type { World } from './world.ts';

/** All that `word` may become in this slot, best first. */
export function suggest(slot: Slot, word: string, world: World): readonly Suggestion[] {
  switch (slot.kind) {
    case 'verb':
      return verbsFor(word, world);
    case 'options':
      return optionsFor(word, slot.options);
    case 'value': {
      const value = word.slice(slot.prefix.length);
      const { value: kind } = slot.option;
      const values = kind === undefined ? [] : ofKind(kind, value, { world, verb: undefined, given: [] });
      return values.map(suggestion => ({ ...suggestion, word: `${slot.prefix}${suggestion.word}` }));
    }
    case 'argument':
      return argumentsFor(slot, word, world);
    case 'nothing':
      return [];
  }
}

function argumentsFor(slot: Argument, word: string, world: World): readonly Suggestion[] {
  const { verb, parameter, given } = slot;
  const choices = choicesOf(slot).map(choice => whole(choice.word, choice.help));
  return [...ofKind(parameter.kind, word, { world, verb, given }), ...startingWith(word, choices)];
}

/** What is known beside the word itself. */
interface Around {
  readonly world: World;
  readonly verb: Verb | undefined;
  /** What was given already of this kind. */
  readonly given: readonly string[];
}

function ofKind(kind: ParameterKind, word: string, { world, verb, given }: Around): readonly Suggestion[] {
  switch (kind) {
    case 'selector':
      return selectorsAt(word, world, { verb: verb?.name, given });
    case 'name':
      return namesAt(word, world, { verb: verb?.name, given });
    case 'program':
      return programsAt(word, world, { verb: verb?.name, given });
    case 'count':
      return countsAt(word, world);
    case 'alert':
      return alertsAt(word, world);
    case 'signal':
      return signalsFor(word);
    case 'verb':
      return verbsFor(word, world);
    case 'file':
      return filesAt(word, world);
    case 'choice':
    case 'text':
      return [];
  }
}

/** Names before aliases, which are offered once something is typed: they say nothing new. */
function verbsFor(word: string, { verbs, aliases = [] }: World): readonly Suggestion[] {
  const names = verbs.map(({ name, summary }) => whole(name, summary));
  const others = verbs.flatMap(verb => verb.aliases.map(alias => whole(alias, `${verb.name}: ${verb.summary}`)));
  const own = aliases.filter(({ name }) => findVerb(verbs, name) === undefined);
  const defined = own.map(({ name, help }) => whole(name, help));
  return startingWith(word, [...names, ...defined, ...(word === '' ? [] : others)]);
}

/** Long forms, which explain themselves; a short one when it alone is typed, so that the line can go on. */
function optionsFor(word: string, options: readonly Option[]): readonly Suggestion[] {
  const short = options.find(({ flags }) => shortOf(flags) === word);
  if (short !== undefined) return [whole(word, short.help)];
  return startingWith(
    word,
    options.map(({ flags, help }) => whole(longOf(flags), help)),
  );
}

/** The names as people say them; with `SIG` only when that is typed. The case is of no matter, as it is not to `signal`. */
function signalsFor(word: string): readonly Suggestion[] {
  const typed = word.toUpperCase();
  const isLong = typed.length > 2 && typed.startsWith('SIG');
  const names = SIGNAL_NAMES.map(name => (isLong ? name : name.slice('SIG'.length)));
  const common = COMMON_SIGNALS.map(([name, help]) => [isLong ? `SIG${name}` : name, help] as const);
  const helps = new Map<string, string>(common);
  const ordered = [...common.map(([name]) => name), ...names.filter(name => !helps.has(name))];
  return ordered.filter(name => name.startsWith(typed)).map(name => whole(name, helps.get(name) ?? ''));
}

/** What is sent to services most, with what it mostly means to them. */
const COMMON_SIGNALS = [
  ['HUP', 'mostly: read the config again'],
  ['TERM', 'end in order'],
  ['INT', 'as Ctrl-C'],
  ['KILL', 'end at once; cannot be refused'],
  ['USR1', "the program's own meaning"],
  ['USR2', "the program's own meaning"],
] as const;

function startingWith(word: string, suggestions: readonly Suggestion[]): readonly Suggestion[] {
  return suggestions.filter(suggestion => suggestion.word.startsWith(word));
}
