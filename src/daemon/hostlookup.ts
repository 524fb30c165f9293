/**
 * The addresses of a host, looked up without getaddrinfo(3): that opens files on the thread pool, at any moment, and while
 * the daemon forks nothing else may (`fdtable.ts`). What a directory service or mDNS alone knows is not found.
 */
import type { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

/**
 * How long the first question to one name server waits for its answer, the second twice as long, and how often it is asked:
 * that none of two answers is known after 9 s, and told before the time of an attempt is over (`attempt.ts`).
 */
const ANSWER_WITHIN_MS = 1_500;
const TRIES = 2;

/** Names with so many dots are tried as they are first (resolv.conf(5)). */
const DEFAULT_NDOTS = 1;

/** How a name server says that there is no such host, or none with such an address. */
const NO_SUCH_HOST = ['ENOTFOUND', 'ENODATA', 'EBADNAME'];

export interface HostLookupOptions {
  readonly signal: AbortSignal;
  /** Where the system keeps what it knows; others in tests. */
  readonly files?: { readonly hosts: string; readonly resolv: string };
  /** Name servers in place of the system's, `127.0.0.1:5353`. */
  readonly servers?: readonly string[];
}

const SYSTEM = { hosts: '/etc/hosts', resolv: '/etc/resolv.conf' };

/**
 * The addresses of a host, at least one, those of IPv4 first: what has but one of them reaches most. Asked, in this order,
 * are the name itself, whether it is an address; /etc/hosts; and the name servers, with the search list of
 * /etc/resolv.conf. Rejects, in words, when none knows it.
 */
export async function lookUpHost(name: string, options: HostLookupOptions): Promise<readonly string[]> {
  const { files = SYSTEM } = options;
  if (isIP(name) !== 0) return [name];
  const known = addressesIn(textOf(files.hosts), name);
  if (known.length > 0) return known;
  if (/^(?:.+\.)?localhost\.?$/i.test(name)) return ['127.0.0.1', '::1']; // RFC 6761: it means nothing else
  return await askServers(name, searchIn(textOf(files.resolv), name), options);
}

/** Asks for each of these names until one is known. */
async function askServers(
  name: string,
  candidates: readonly string[],
  { signal, servers }: HostLookupOptions,
): Promise<readonly string[]> {
  const { Resolver } = process.getBuiltinModule('node:dns/promises'); // at the first need, as few have alerts
  const resolver = new Resolver({ timeout: ANSWER_WITHIN_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (const candidate of candidates) {
      const found = await ask(resolver, candidate);
      if (found.length > 0) return found;
    }
  } catch (error) {
    throw new Error(`cannot look up ${name}: ${explain(codeOf(error))}`);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  throw new Error(`cannot look up ${name}: there is no such host, neither in /etc/hosts nor by the name servers`);
}

/** All addresses of one name; none when there is no such name. Rejects when that cannot be known. */
async function ask(resolver: Resolver, name: string): Promise<readonly string[]> {
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const found = answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []));
  const failed = answers.find(answer => answer.status === 'rejected' && !NO_SUCH_HOST.includes(codeOf(answer.reason)));
  if (found.length === 0 && failed?.status === 'rejected') throw failed.reason;
  return found;
}

/** What /etc/hosts says of a name, IPv4 first. */
function addressesIn(hosts: string, name: string): readonly string[] {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  const found = hosts.split('\n').flatMap(line => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return isIP(address) !== 0 && names.some(known => known.toLowerCase() === wanted) ? [address] : [];
  });
  return [...found.filter(address => isIP(address) === 4), ...found.filter(address => isIP(address) === 6)];
}

/** The full names that a name may stand for, in the order in which they are tried. */
function searchIn(resolv: string, name: string): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  let search: readonly string[] = [];
  let ndots = DEFAULT_NDOTS;
  for (const line of resolv.split('\n')) {
    const [keyword, ...words] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'search' || keyword === 'domain') search = words; // the last one counts
    if (keyword !== 'options') continue;
    const option = words.map(word => /^ndots:(\d+)$/.exec(word)?.[1]).find(value => value !== undefined);
    if (option !== undefined) ndots = Number(option);
  }
  const longer = search.filter(domain => domain !== '.').map(domain => `${name}.${domain.replace(/\.$/, '')}`);
  return name.split('.').length > ndots ? [name, ...longer] : [...longer, name];
}

/** Read anew each time, and at once: they are small, and change while the daemon runs. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // a system without one goes by the name servers alone, or by the name as it is
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function explain(code: string): string {
  const words: Readonly<Record<string, string>> = {
    ETIMEOUT: 'no name server answers',
    ECONNREFUSED: 'no name server is there',
    ESERVFAIL: 'the name server fails to find out',
    EREFUSED: 'the name server refuses to answer',
    ECANCELLED: 'it took too long',
  };
  return words[code] ?? code;
}
