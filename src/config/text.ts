/** Kinds of text, whose variables are expanded later, where they are known: so their values are nodes. */
import { type Kind, mustBe, type Reading } from './kind.ts';
import { isNothing, type ListNode, type ScalarNode } from './node.ts';

/** YAML 1.2's plain scalars that are no text. */
const NOT_TEXT =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))?$/;

/** A text whose variables are expanded later, where they are known: so its value is the node. */
export function text(label: string): Kind<ScalarNode> {
  return {
    label,
    schema: { type: 'string' },
    read: (node, reading) => {
      if (node.kind !== 'scalar' || isNothing(node)) return mustBe(label, node, reading);
      if (node.plain && NOT_TEXT.test(node.text)) {
        const hint = node.isSecret ? 'write it in quotes' : `write it in quotes if it is meant: "${node.text}"`;
        return mustBe(label, node, reading, hint);
      }
      return withoutNul(node, reading);
    },
  };
}

/** The same for what may well look like a number: an argument, a user id. */
export function anyText(label: string): Kind<ScalarNode> {
  return {
    label,
    schema: { type: ['string', 'number', 'boolean'] },
    read: (node, reading) =>
      node.kind !== 'scalar' || isNothing(node) ? mustBe(label, node, reading) : withoutNul(node, reading),
  };
}

/** One value, or a list of them; nothing is an empty list. */
export function oneOrMany<T>(kind: Kind<T>): Kind<readonly T[]> {
  return {
    label: `${kind.label}, or a list of such`,
    schema: { anyOf: [kind.schema, { type: 'array', items: kind.schema }, { type: 'null' }] },
    read: (node, reading) => {
      if (isNothing(node)) return [];
      return node.kind === 'list'
        ? readItems(node, kind, reading)
        : readItems({ ...node, kind: 'list', items: [node] }, kind, reading);
    },
  };
}

/** A command: a line that is split into words, or the words. */
export type Command =
  | { readonly kind: 'line'; readonly node: ScalarNode }
  | { readonly kind: 'words'; readonly node: ListNode; readonly words: readonly ScalarNode[] };

export function command(): Kind<Command> {
  const label = 'a command line, or a list of words';
  const line = text(label);
  const word = anyText('made of words');
  return {
    label,
    schema: { anyOf: [line.schema, { type: 'array', minItems: 1, items: word.schema }] },
    read: (node, reading) => {
      if (node.kind !== 'list') {
        const read = line.read(node, reading);
        return read === undefined ? undefined : { kind: 'line', node: read };
      }
      const words = readItems(node, word, reading);
      return words === undefined ? undefined : { kind: 'words', node, words };
    },
  };
}

function readItems<T>(list: ListNode, kind: Kind<T>, reading: Reading): readonly T[] | undefined {
  const values = list.items.map(item => kind.read(item, reading));
  const read = values.filter(value => value !== undefined);
  return read.length === values.length ? read : undefined;
}

/** No system call takes a text beyond a NUL. */
function withoutNul(node: ScalarNode, { name, report }: Reading): ScalarNode | undefined {
  if (!node.text.includes('\0')) return node;
  report.error(node.place, `\`${name}\` cannot hold a NUL character`);
  return undefined;
}
