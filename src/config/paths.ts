/**
 * Where things lie: the config file, and from its path alone the socket at which daemon and client meet. The client
 * imports this file on every command, so it knows no YAML and no schema.
 */
import { existsSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Bytes that fit into `sun_path` before its closing NUL. */
export const MAX_SOCKET_PATH = process.platform === 'linux' ? 107 : 103;

/** Hex digits of the hash in a socket's name: 48 bits, far beyond chance for the few configs of one user. */
const HASH_DIGITS = 12;

/** `/`, the hash, `.sock`. */
const SOCKET_NAME_BYTES = 1 + HASH_DIGITS + '.sock'.length;

const FILE_NAME = 'taskmaster.yaml';

/**
 * The config file: `explicit` (a `-c` option, against `cwd`) whether it exists or not, else the first that exists of
 * the usual places. `tried` names those places when there is none.
 */
export function findConfig(
  explicit: string | undefined,
  env: Environment,
  cwd: string,
): { path: string } | { tried: string[] } {
  if (explicit !== undefined) return { path: resolve(cwd, explicit) };
  const home = absolute(env.HOME);
  const configHome = absolute(env.XDG_CONFIG_HOME) ?? (home === undefined ? undefined : join(home, '.config'));
  const places = [join(cwd, FILE_NAME), join(cwd, 'config', FILE_NAME)];
  if (configHome !== undefined) places.push(join(configHome, 'taskmaster', FILE_NAME));
  places.push(join('/etc/taskmaster', FILE_NAME));
  const path = places.find(place => existsSync(place));
  return path === undefined ? { tried: places } : { path };
}

/** Names a config by its absolute path, links not resolved: two links to one file are two configs. */
export function configHash(absolutePath: string): string {
  return fnv1a(resolve(absolutePath)).toString(16).padStart(16, '0').slice(-HASH_DIGITS);
}

/**
 * FNV-1a, 64 bits, of the text in UTF-8. It only has to tell a user's own configs apart, in a directory that nobody else
 * can write to; loading node:crypto for more would cost every client command 2 ms.
 */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

/** The directories that may hold sockets, best first. The client tries all: the variable differs under sudo and cron. */
export function runtimeDirs(env: Environment, uid: number): string[] {
  const dirs: string[] = [];
  const runtime = absolute(env.XDG_RUNTIME_DIR);
  if (runtime !== undefined) dirs.push(join(runtime, 'taskmaster'));
  if (uid === 0) dirs.push('/run/taskmaster');
  dirs.push(`/tmp/taskmaster-${uid}`);
  return dirs;
}

/** Where the daemon of this config may listen, best first. */
export function socketCandidates(configPath: string, env: Environment, uid: number): string[] {
  const name = `${configHash(configPath)}.sock`;
  return runtimeDirs(env, uid).map(dir => join(dir, name));
}

/**
 * What forbids to trust a directory with a socket, or undefined when it is ours alone. Anybody can make a directory in
 * `/tmp`, and whoever owns it can put a daemon of theirs in place of ours.
 */
export function privateDirProblem(dir: string, uid: number): string | undefined {
  const stats = lstatSync(dir, { throwIfNoEntry: false });
  if (stats === undefined) return 'does not exist';
  if (stats.isSymbolicLink()) return 'is a symbolic link';
  if (!stats.isDirectory()) return 'is not a directory';
  if (stats.uid !== uid) return `belongs to user ${stats.uid}, not to ${uid}`;
  const mode = stats.mode & 0o777;
  if ((mode & 0o077) !== 0) return `is open to other users (mode 0${mode.toString(8)}; \`chmod 700\` it)`;
  return undefined;
}

/**
 * Makes the first runtime directory that works, with mode 0700, and returns it. Throws with a sentence for each
 * candidate when none does.
 */
export function prepareRuntimeDir(env: Environment, uid: number): string {
  const problems: string[] = [];
  for (const dir of runtimeDirs(env, uid)) {
    const isTooLong = Buffer.byteLength(dir) + SOCKET_NAME_BYTES > MAX_SOCKET_PATH;
    const problem = isTooLong ? 'is too long for a UNIX socket in it' : makePrivateDir(dir, uid);
    if (problem === undefined) return dir;
    problems.push(`${dir} ${problem}`);
  }
  throw new Error(
    `cannot find a private directory for the socket: ${problems.join('; ')}. ` +
      'Set XDG_RUNTIME_DIR to a directory of yours, or remove what is in the way',
  );
}

function makePrivateDir(dir: string, uid: number): string | undefined {
  const parent = dirname(dir);
  // A parent of somebody else's (sudo keeps the variable) could be renamed under us; /run and /tmp are root's.
  const owner = statSync(parent, { throwIfNoEntry: false })?.uid;
  if (owner === undefined) return `cannot be made: ${parent} does not exist`;
  if (owner !== uid && owner !== 0) return `cannot be trusted: ${parent} belongs to user ${owner}, not to ${uid}`;
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') return `cannot be made: ${errorCode(error) ?? String(error)}`;
  }
  return privateDirProblem(dir, uid);
}

/** Where the daemon keeps what must outlive it. As with the runtime directory, one in a directory of somebody else's is not used. */
export function stateDir(env: Environment, uid: number, home: string): string {
  const state = absolute(env.XDG_STATE_HOME);
  if (state !== undefined && isSafe(state, uid)) return join(state, 'taskmaster');
  return uid === 0 ? '/var/lib/taskmaster' : join(home, '.local', 'state', 'taskmaster');
}

/** Whether nobody but us and root owns it, where it is there at all. */
function isSafe(dir: string, uid: number): boolean {
  const owner = statSync(dir, { throwIfNoEntry: false })?.uid;
  return owner === undefined || owner === uid || owner === 0;
}

/**
 * Makes the directory of one config below `base`, private, and returns it. Throws when one of the two is not ours alone to
 * write to: whoever else could would say which files a root daemon writes, and whom it ends.
 */
export function prepareStateDir(
  base: string,
  hash: string,
  { uid, make }: { readonly uid: number; readonly make: (path: string) => void },
): string {
  const dir = join(base, hash);
  for (const path of [base, dir]) {
    make(path);
    const problem = stateDirProblem(path, uid);
    if (problem !== undefined) {
      throw new Error(`cannot keep anything in ${path}: it ${problem}; move it away, or set XDG_STATE_HOME`);
    }
  }
  return dir;
}

function stateDirProblem(path: string, uid: number): string | undefined {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return 'is a symbolic link';
  if (stats.uid !== uid) return `belongs to user ${stats.uid}, not to ${uid}`;
  return (stats.mode & 0o022) === 0 ? undefined : 'can be written to by others';
}

/** Throws when the kernel could not bind this path; it would cut it off or answer EINVAL, which says nothing. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_SOCKET_PATH) {
    throw new Error(
      `cannot use the socket path ${path}: it is ${bytes} bytes long and UNIX sockets take at most ` +
        `${MAX_SOCKET_PATH}; set daemon.socket.path to something shorter`,
    );
  }
}

/** The XDG rules have relative paths in these variables ignored. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
