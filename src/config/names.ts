/** Names that people type: of programs, groups and processes. */

/** Bytes. Names go into file names and columns. */
const MAX_NAME = 128;

/** What forbids a name, or undefined. `what` is `program`, `group` or `process`. */
export function nameProblem(what: string, name: string): string | undefined {
  const cannot = `the ${what} name \`${name}\` cannot`;
  if (name === '') return `a ${what} name cannot be empty`;
  if (name === 'all') return `${cannot} be used: \`all\` selects everything`;
  if (/\s/.test(name)) return `${cannot} hold a space`;
  const taken = /[:/*?[\]]/.exec(name)?.[0];
  if (taken === ':') return `${cannot} hold a colon, which stands between group and process`;
  if (taken !== undefined) return `${cannot} hold \`${taken}\``;
  if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(name))
    return `${cannot.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '?')} hold control characters`;
  if (name.startsWith('-')) return `${cannot} begin with \`-\`, as options do`;
  if (Buffer.byteLength(name) > MAX_NAME) return `${cannot} be longer than ${MAX_NAME} bytes`;
  return undefined;
}

/** Whether a program can find a variable of this name in its environment. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
