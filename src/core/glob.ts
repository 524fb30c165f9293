/**
 * Matches a whole name against `*`, `?` and sets (`[a-z]`, `[!a-z]`, a `]` first stands for itself). Names and patterns come
 * from strangers: the work is bounded by pattern × text, where a translated regular expression can take for ever.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  const tokens = tokensOf(pattern);
  // Where to go on when what follows the last star did not match.
  let retry: { token: number; char: number } | undefined;
  let token = 0;
  let char = 0;
  while (char < name.length) {
    const wanted = tokens[token];
    if (wanted === '*') {
      token++;
      retry = { token, char };
    } else if (typeof wanted === 'function' && wanted(name[char] ?? '')) {
      token++;
      char++;
    } else if (retry !== undefined) {
      retry.char++;
      ({ token, char } = retry);
    } else return false;
  }
  return tokens.slice(token).every(rest => rest === '*');
}

type Token = '*' | ((char: string) => boolean);

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    const set = char === '[' ? /\[([!^]?)(\]?[^\]]*)\]/y : undefined;
    if (set !== undefined) set.lastIndex = at;
    const found = set?.exec(pattern);
    if (char === '*') tokens.push('*');
    else if (char === '?') tokens.push(() => true);
    else if (found) {
      const inSet = setOf(found[2] ?? '');
      const negated = found[1] !== '';
      tokens.push(other => inSet(other) !== negated);
      at += found[0].length - 1;
    } else tokens.push(other => other === char);
  }
  return tokens;
}

/** Reads `a-z_` as a set of characters. */
function setOf(text: string): (char: string) => boolean {
  const ranges = [...text.matchAll(/(.)-(.)|(.)/gs)].map(([, from, to, single]) => [from ?? single, to ?? single]);
  return char => ranges.some(([from = '', to = '']) => from <= char && char <= to);
}
