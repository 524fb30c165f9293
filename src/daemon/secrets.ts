/** What of an alert's addresses must not be seen, and how it is taken out of what is. */
import type { AlertSpec, EmailSpec, HttpSpec } from '../core/alert.ts';

/** What stands in a text where a secret stood. */
const HIDDEN = '(hidden)';

/** Shorter words than this of a header or a URL are no secrets by themselves, and too likely to be part of what is none. */
const SHORTEST_WORD = 6;

/**
 * Takes an alert's secrets out of a text that leaves the daemon: a server may answer with what it was sent, and an error
 * name what failed. The longest goes first, so that none leaves a part of another behind.
 */
export function redact(text: string, via: AlertSpec['via']): string {
  let redacted = text;
  for (const secret of secretsOf(via)) redacted = redacted.replaceAll(secret, HIDDEN);
  return redacted;
}

/** All forms of all secrets, the longest first: whole, in parts, and as they stand within JSON. */
function secretsOf(via: AlertSpec['via']): readonly string[] {
  const found = via.kind === 'email' ? secretsOfMail(via) : via.kind === 'http' ? secretsOfHttp(via) : [];
  const forms = found.flatMap(secret => [secret, JSON.stringify(secret).slice(1, -1)]);
  return [...new Set(forms)].filter(form => form !== '').sort((a, b) => b.length - a.length);
}

/** The password, and as the ways of logging in encode it. */
function secretsOfMail({ smtp: { user = '', password } }: EmailSpec): string[] {
  if (password === undefined) return [];
  return [password, base64(password), base64(`\0${user}\0${password}`)];
}

function secretsOfHttp({ url, headers, secret }: HttpSpec): string[] {
  const [origin = ''] = /^[a-z]+:\/\/[^/?#]*/i.exec(url) ?? [];
  const login = origin.slice(origin.indexOf('//') + 2, Math.max(0, origin.lastIndexOf('@')));
  const texts = [login, base64(login), url.slice(origin.length), ...Object.values(headers)];
  const words = texts.flatMap(text => [text, ...text.split(/[\s/?#&=:]+/)]);
  const long = [...words, ...words.map(decoded)].filter(word => word.length >= SHORTEST_WORD);
  return secret === undefined ? long : [secret, ...long];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded: as it is
  }
}
