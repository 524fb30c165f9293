// Manual pages (man(7), for groff and mandoc alike) from Markdown: as much of it as our own texts use.

/** A whole page. `sections` is Markdown that begins with a `##` heading; `summary` is the line for whatis(1). */
export function manPage({ name, section, summary, version, sections }) {
  const title = `.TH "${name.toUpperCase()}" ${section} "" "taskmaster ${version}"`;
  return `${[
    '.\\" Printed by npm run generate. Do not edit.',
    title,
    '.SH NAME',
    `${literal(name)} \\- ${literal(summary)}`,
    ...roffOf(sections),
  ].join('\n')}\n`;
}

/** Markdown, as lines of man(7). */
export function roffOf(markdown) {
  const out = [];
  for (const block of blocksOf(markdown)) {
    const lines = roffOfBlock(block);
    const isFirst = out.at(-1)?.startsWith('.SH') || out.at(-1)?.startsWith('.SS'); // which begins a paragraph itself
    out.push(...(isFirst && lines[0] === '.PP' ? lines.slice(1) : lines));
  }
  return out;
}

/** Paragraphs, lists, headings and code, each with its lines. */
function blocksOf(markdown) {
  const blocks = [];
  let block;
  let isCode = false;
  for (const line of markdown.replaceAll(/<!--.*?-->/gs, '').split('\n')) {
    if (line.startsWith('```')) {
      isCode = !isCode;
      block = isCode ? { kind: 'code', lines: [] } : undefined;
      if (block) blocks.push(block);
    } else if (isCode) block.lines.push(line);
    else if (line.trim() === '') block = undefined;
    else if (line.startsWith('#')) {
      blocks.push({ kind: line.startsWith('###') ? 'subheading' : 'heading', lines: [line.replace(/^#+ /, '')] });
      block = undefined;
    } else {
      const kind = line.startsWith('- ') ? 'item' : line.startsWith('|') ? 'row' : undefined;
      if (kind !== undefined || block === undefined) {
        block = { kind: kind ?? 'paragraph', lines: [] };
        blocks.push(block);
      }
      block.lines.push(kind === 'item' ? line.slice(2) : line.trim());
    }
  }
  return blocks;
}

function roffOfBlock({ kind, lines }) {
  switch (kind) {
    case 'heading':
      return [`.SH "${literal(lines[0].replaceAll('`', '').toUpperCase())}"`];
    case 'subheading':
      return [`.SS "${literal(lines[0].replaceAll('`', ''))}"`];
    case 'code':
      return ['.PP', '.in +4n', '.nf', ...lines.map(line => guard(literal(line))), '.fi', '.in'];
    case 'item':
      return itemOf(lines.join(' '));
    case 'row':
      return rowOf(lines[0]);
    default:
      return ['.PP', ...textOf(lines.join(' '))];
  }
}

/** `- `--flag <value>`: what it does` is a term with its explanation; any other item has a bullet. */
function itemOf(text) {
  const [, term, rest] = /^(`-[^`]*`): (.*)$/s.exec(text) ?? [];
  return term === undefined ? ['.IP \\(bu 2', ...textOf(text)] : ['.TP', ...textOf(term), ...textOf(rest)];
}

/** A row of a table of two columns; its heading and the line under it say nothing. */
function rowOf(line) {
  const [first = '', second = ''] = line
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim());
  if (/^-+$/.test(first) || second === 'meaning') return [];
  return ['.TP', ...textOf(`**${first}**`), ...textOf(second)];
}

/** Text with its marks, a sentence a line so that a change is a small one. */
function textOf(text) {
  const marked = text
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .map((part, i) => (i % 2 === 0 ? literal(part) : strong(part)));
  return marked
    .join('')
    .split(/(?<=[.:;]) +(?=\S)/)
    .map(guard);
}

/** What is typed is bold, and a `<value>` in it is to be replaced. */
function strong(part) {
  const typed = part.replaceAll(/^(`|\*\*)|(`|\*\*)$/g, '');
  const values = typed
    .split(/<([\w-]+)>/)
    .map((piece, i) => (i % 2 === 0 ? `\\fB${literal(piece)}` : `\\fI${literal(piece)}`));
  return `${values.join('')}\\fR`;
}

const NAMED = { '\\': '\\e', '-': '\\-', '`': '\\(ga', "'": '\\(aq', '^': '\\(ha', '~': '\\(ti', '"': '\\(dq' };

/** Nothing of the text means anything to a formatter, nor is it made typographic: it is to be copied. */
function literal(text) {
  return text.replaceAll(
    /[\\\-`'^~"]|[^\x00-\x7f]/gu,
    char => NAMED[char] ?? `\\[u${char.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
  );
}

/** A line that begins with a dot would be a request. */
function guard(line) {
  return line.startsWith('.') ? `\\&${line}` : line;
}
