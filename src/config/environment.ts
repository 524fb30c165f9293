/** The `env` of a program: names to texts, where nothing unsets. */

import { DAEMON_VARIABLE, ID_VARIABLE } from '../core/mark.ts';
import type { Kind, Reading } from './kind.ts';
import { mustBe, noDashes } from './kind.ts';
import { isVariableName } from './names.ts';
import { type Entry, isNothing, type ScalarNode, shown } from './node.ts';
import { reportDuplicates } from './table.ts';

export interface Variable {
  readonly name: string;
  /** Undefined unsets the variable. */
  readonly node: ScalarNode | undefined;
}

/** The daemon's own marks on every process, by which it knows survivors again. */
const RESERVED: readonly string[] = [ID_VARIABLE, DAEMON_VARIABLE];

/** A map of variables; numbers and booleans are taken as they were written. */
export function environment(): Kind<readonly Variable[]> {
  const label = 'a map of variables';
  return {
    label,
    schema: {
      type: ['object', 'null'],
      propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$', not: { enum: RESERVED } },
      additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
    },
    // Only names in capitals: a misspelt key of the program is no variable that slipped out.
    accepts: key => /^[A-Z_][A-Z0-9_]*$/.test(key),
    read: (node, reading) => {
      if (isNothing(node)) return [];
      if (node.kind !== 'map') return mustBe(label, node, reading, noDashes(node));
      reportDuplicates(node, reading);
      const variables = node.entries.map(entry => readVariable(entry, reading));
      return variables.filter(variable => variable !== undefined);
    },
  };
}

function readVariable({ key, keyPlace, value }: Entry, { report }: Reading): Variable | undefined {
  if (RESERVED.includes(key)) report.error(keyPlace, `\`${key}\` is set by the daemon, and cannot be set here`);
  else if (!isVariableName(key)) {
    report.error(keyPlace, `\`${key}\` is no name of a variable`, 'use letters, digits and _, and no digit first');
  } else if (isNothing(value)) return { name: key, node: undefined };
  else if (value.kind !== 'scalar')
    report.error(value.place, `the variable \`${key}\` must be a text, not ${shown(value)}`);
  else if (value.text.includes('\0')) report.error(value.place, `the variable \`${key}\` cannot hold a NUL character`);
  else return { name: key, node: value };
  return undefined;
}
