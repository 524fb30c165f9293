/** Options that stand before a verb, and behind it too where the verb has no option of that name. */
export const GLOBAL_OPTIONS = [
  { flags: '-c, --config <file>', help: 'the config of the daemon to talk to' },
  { flags: '-s, --socket <path>', help: 'its socket, in place of a config' },
  { flags: '--json', help: 'print JSON where the command knows it' },
  { flags: '--color', help: 'colours even when not on a terminal' },
  { flags: '--no-color', help: 'no colours (as does NO_COLOR in the environment)' },
  { flags: '-h, --help', help: 'explain the command' },
] as const;

/** Only before a verb. */
export const VERSION_OPTION = { flags: '--version', help: "print this client's version" } as const;
