/** What variables stand for at some place of a config, and what to say of those that stand for nothing. */
import { type ExpansionProblem, expand, holdsVariable, type Lookup } from './expand.ts';
import { didYouMean, type ScalarNode } from './node.ts';
import { placeWithin } from './origin.ts';
import type { Environment } from './paths.ts';
import type { Report } from './report.ts';
import type { Place } from './source.ts';

export interface Scope {
  readonly lookup: Lookup;
  /** Names to suggest for an unset one, nearest first when equally near. */
  readonly names: readonly string[];
}

/** Built-ins that exist for a process; elsewhere only `here` and `host` do. */
export const PROCESS_BUILTINS = ['program', 'process', 'num', 'numprocs', 'group'] as const;

export const BUILTINS = [...PROCESS_BUILTINS, 'here', 'host'] as const;

/** Built-ins, then the daemon's environment. */
export function scopeOf(builtins: Readonly<Record<string, string>>, env: Environment): Scope {
  return {
    lookup: name => (Object.hasOwn(builtins, name) ? builtins[name] : Object.hasOwn(env, name) ? env[name] : undefined),
    names: [...Object.keys(builtins), ...Object.keys(env)],
  };
}

/** The value with its variables expanded; undefined when one has a problem, which is reported at its place. */
export function expandNode(node: ScalarNode, scope: Scope, report: Report): string | undefined {
  return expandText(node.text, scope, {
    report,
    isSecret: node.isSecret ?? false,
    placeOf: offset => placeWithin(node, offset),
  });
}

/** The same for a part of a value, such as a word of a command. */
export function expandText(
  text: string,
  scope: Scope,
  { report, placeOf, isSecret = false }: { report: Report; placeOf(offset: number): Place; isSecret?: boolean },
): string | undefined {
  const { text: expanded, problems } = expand(text, scope.lookup);
  for (const problem of problems) {
    const [message, hint] = explain(
      isSecret && problem.kind === 'bad name' ? { ...problem, name: '…' } : problem,
      scope,
    );
    report.error(placeOf(problem.offset), message, hint);
  }
  return problems.length > 0 ? undefined : expanded;
}

/** Whether a value is known only once its variables are expanded. */
export function isVariable(node: ScalarNode): boolean {
  return holdsVariable(node.text);
}

function explain({ kind, name }: ExpansionProblem, scope: Scope): [message: string, hint: string] {
  switch (kind) {
    case 'unset':
      return [`\${${name}} is not set`, didYouMean(name, scope.names) ?? unsetHint(name)];
    case 'unterminated':
      return [
        '`${` has no closing `}`',
        'write `$${` for the two characters themselves; quote a default that holds spaces',
      ];
    case 'bad name':
      return [`\`\${${name}}\` is no variable`, 'write `${NAME}` or `${NAME:-default}`, and `$${` for `${` itself'];
    case 'too deep':
      return ['too many defaults inside each other', 'set one of these variables, or write the value'];
  }
}

function unsetHint(name: string): string {
  const known: readonly string[] = PROCESS_BUILTINS;
  if (known.includes(name)) return `only the texts of a program, such as \`cmd\` and \`env\`, know \`${name}\``;
  return `set it in the environment of the daemon, or give it a default: \${${name}:-…}`;
}
