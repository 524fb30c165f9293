/** Whose client this is, as it tells the daemon: what people look for when they ask who stopped a program. */
import { readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { CLIENT_HEADER, clientHeader } from '../protocol/asker.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The header that says so. */
export function identityHeaders(env: Environment): Readonly<Record<string, string>> {
  return { [CLIENT_HEADER]: clientHeader({ who: whoIs(env), client: 'taskmasterctl', origin: originOf(env) }) };
}

/** `ada@host pts/3`, `root@host pts/3, sudo by ada`. */
function whoIs(env: Environment): string {
  const who = [`${userOf(env)}@${hostname()}`, terminalName()].filter(part => part !== '').join(' ');
  return env.SUDO_USER ? `${who}, sudo by ${env.SUDO_USER}` : who;
}

/** The user's name as the environment has it, else the account's. */
export function userOf(env: Environment): string {
  const named = env.USER || env.LOGNAME;
  if (named) return named;
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`; // an account without an entry in /etc/passwd, as in a container
  }
}

/** Where its user came from, as sshd(8) says it. */
function originOf({ SSH_CONNECTION: connection }: Environment): string | undefined {
  return connection?.split(' ')[0] || undefined;
}

/** The terminal that it was typed at, `pts/3`, where one of its standard streams is one. */
function terminalName(): string {
  for (const fd of [0, 1, 2]) {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      if (/^\/dev\/(?:pts\/|tty)/.test(path)) return path.slice('/dev/'.length);
    } catch {
      return ''; // no /proc: it is left out
    }
  }
  return '';
}
