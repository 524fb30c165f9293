import { Command, CommanderError } from 'commander';
import type { Grammar } from './options.ts';
import { type Arguments, UsageError } from './verb.ts';

/**
 * Reads any options by commander, which throws here in place of printing and leaving, and takes any words: the table of
 * verbs says how many are right. Throws UsageError.
 */
export function readOptions(words: readonly string[], { name, flags, passThrough }: Grammar): Arguments {
  const command = new Command(name).exitOverride().helpOption(false).argument('[words...]');
  command.configureOutput({ writeOut: () => {}, writeErr: () => {} }).passThroughOptions(passThrough);
  for (const flag of flags) command.option(flag);
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(error.message.replace(/^error: /, '').replaceAll('\n', ' '));
  }
  return { options: command.opts<Record<string, string | boolean>>(), words: command.args };
}
