/** Kinds of scalars that are more than text: numbers, times, sizes, modes, words of a few. */
import { parseChord } from '../core/chord.ts';
import type { SignalName } from '../core/program.ts';
import { parseSignal, SIGNAL_NAMES } from '../core/signals.ts';
import { type Json, type JsonSchema, type Kind, mustBe } from './kind.ts';
import { didYouMean, isNothing, quoted } from './node.ts';
import { expandNode, isVariable } from './scope.ts';

/** Editors must let a variable stand where the value will be a number. */
export const VARIABLE_SCHEMA: JsonSchema = {
  description: 'A value that a variable gives: ${NAME} or ${NAME:-default}',
  type: 'string',
  pattern: '\\$\\{',
};

const VARIABLE_REF: JsonSchema = { $ref: '#/definitions/variable' };

const SECOND = 1000;
const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: 60 * SECOND, h: 3600 * SECOND };

/** 24 days: what fits into the 32 bits of a timer's milliseconds. */
const MAX_DURATION = 24 * 24 * 3600 * SECOND;

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

const MAX_MODE = 0o777;

type Parsed<T> = { readonly value: T } | { readonly hint: string | undefined };

export function boolean(): Kind<boolean> {
  return typed({
    label: 'true or false',
    schema: { type: 'boolean' },
    quotes: false,
    parse: text => {
      if (/^(?:true|True|TRUE)$/.test(text)) return { value: true };
      if (/^(?:false|False|FALSE)$/.test(text)) return { value: false };
      const meant = /^(?:yes|on|y|1)$/i.test(text) ? 'true' : /^(?:no|off|n|0)$/i.test(text) ? 'false' : undefined;
      return { hint: meant === undefined ? undefined : `write \`${meant}\`: YAML 1.2 has no other words for it` };
    },
  });
}

export function integer({ min, max }: { min: number; max: number }): Kind<number> {
  return typed({
    label: `an integer from ${min} to ${max}`,
    schema: { type: 'integer', minimum: min, maximum: max },
    quotes: false,
    parse: text => {
      const value = /^[-+]?[0-9]+$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? { value } : { hint: undefined };
    },
  });
}

/** In seconds, or with a unit; read as milliseconds. */
export function duration(): Kind<number> {
  return typed({
    label: 'a duration such as 5, 0.5, 500ms, 2m or 1h',
    schema: {
      anyOf: [
        { type: 'number', minimum: 0, maximum: MAX_DURATION / SECOND },
        { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?(ms|s|m|h)?$' },
      ],
    },
    quotes: true,
    parse: text => {
      const [, amount, unit = 's'] = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)?$/.exec(text) ?? [];
      if (amount === undefined) return { hint: text.startsWith('-') ? 'it cannot be negative' : undefined };
      const value = Math.round(Number(amount) * (DURATION_UNITS[unit] ?? SECOND));
      return value <= MAX_DURATION ? { value } : { hint: 'it cannot be longer than 24 days' };
    },
  });
}

/** In bytes, or with a unit of 1024s as supervisord counts. */
export function size({ min, max }: { min: number; max: number }): Kind<number> {
  return typed({
    label: `a size such as 65536, 64KB, 1MB or 1GB${min > 0 ? `, at least ${min}` : ''}, at most ${max / 2 ** 30}GB`,
    schema: {
      anyOf: [
        { type: 'integer', minimum: min, maximum: max },
        { type: 'string', pattern: '^[0-9]+ ?([KMGkmg]i?)?[Bb]?$' },
      ],
    },
    quotes: true,
    parse: text => {
      const [, amount, unit = ''] = /^([0-9]+) ?(?:([KMG])I?)?B?$/.exec(text.toUpperCase()) ?? [];
      const value = Number(amount ?? Number.NaN) * (SIZE_UNITS[unit] ?? 1);
      return value >= min && value <= max ? { value } : { hint: undefined };
    },
  });
}

/** A file mode, octal however it is written: `022`, `22`, `"022"` and `0o22` are one. */
export function octal(): Kind<number> {
  return typed({
    label: 'an octal file mode such as 022, at most 0777',
    schema: {
      anyOf: [
        { type: 'integer', minimum: 0, maximum: 777 },
        { type: 'string', pattern: '^(0o?)?[0-7]{1,3}$' },
      ],
    },
    quotes: true,
    parse: text => {
      const digits = /^(?:0o)?([0-9]+)$/.exec(text)?.[1];
      const bad = digits?.match(/[89]/)?.[0];
      if (bad !== undefined) return { hint: `it is octal however it is written, and ${bad} is no octal digit` };
      const value = digits === undefined ? Number.NaN : Number.parseInt(digits, 8);
      return value <= MAX_MODE ? { value } : { hint: undefined };
    },
  });
}

/** One of some words; `spellings` are what else means one of them. */
export function oneOf<const T extends string>(
  words: readonly T[],
  spellings: Readonly<Record<string, T>> = {},
): Kind<T> {
  const last = words.at(-1) ?? '';
  const all = [...words, ...Object.keys(spellings)].map(word =>
    word === 'true' || word === 'false' ? word === 'true' : word,
  );
  return typed({
    label: `${words.slice(0, -1).join(', ')} or ${last}`,
    schema: { enum: all },
    quotes: true,
    parse: text => {
      const value = words.find(word => word === text) ?? (Object.hasOwn(spellings, text) ? spellings[text] : undefined);
      return value === undefined ? { hint: didYouMean(text, words) } : { value };
    },
  });
}

export function signal(): Kind<SignalName> {
  const short = SIGNAL_NAMES.map(name => name.slice('SIG'.length));
  const numbers = Array.from({ length: 64 }, (_, number) => number).filter(number => parseSignal(`${number}`));
  return typed({
    label: 'a signal such as TERM, INT, HUP or QUIT',
    schema: { enum: [...short, ...SIGNAL_NAMES, ...numbers] },
    quotes: true,
    parse: text => {
      const value = parseSignal(text);
      const known = text.toUpperCase().startsWith('SIG') ? SIGNAL_NAMES : short;
      return value === undefined ? { hint: didYouMean(text, known) } : { value };
    },
  });
}

/** Keys in docker's notation, as they were written. */
export function keys(): Kind<string> {
  return typed({
    label: 'keys such as ctrl-b,d',
    schema: { type: ['string', 'integer'] },
    quotes: true,
    parse: text => {
      const parsed = parseChord(text);
      return 'problem' in parsed ? { hint: parsed.problem } : { value: text };
    },
  });
}

interface TypedSpec<T> {
  readonly label: string;
  readonly schema: JsonSchema;
  /** Whether quotes change nothing: they make a text of a number, which a size may be and a count may not. */
  readonly quotes: boolean;
  parse(text: string): Parsed<T>;
}

/** A scalar that is more than text. */
function typed<T>({ label, schema, quotes, parse }: TypedSpec<T>): Kind<T> {
  return {
    label,
    schema: { anyOf: [...alternatives(schema), VARIABLE_REF] },
    read: (node, reading) => {
      if (node.kind !== 'scalar' || isNothing(node)) return mustBe(label, node, reading);
      const variable = isVariable(node);
      const written = variable ? expandNode(node, reading.scope, reading.report) : node.text;
      if (written === undefined) return undefined;
      const parsed = parse(written);
      if (!('value' in parsed)) {
        const shownNode = variable ? { ...node, text: written } : node;
        return mustBe(
          label,
          shownNode,
          reading,
          variable ? `that is what ${quoted(node.text)} stands for here` : parsed.hint,
        );
      }
      if (!node.plain && !quotes && !variable) {
        reading.report.error(
          node.place,
          `\`${reading.name}\` must be ${label}, not a text in quotes`,
          `write \`${node.text}\``,
        );
        return undefined;
      }
      return parsed.value;
    },
  };
}

function alternatives(schema: JsonSchema): readonly Json[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf : [schema];
}
