import { readFileSync } from 'node:fs';
import type { UserSpec } from '../core/program.ts';

/** Whom a program becomes. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** Undefined for a bare number that /etc/passwd does not know; it then gets no supplementary groups. */
  readonly name: string | undefined;
  readonly home: string | undefined;
  /** Primary and supplementary, for the check whether it may run a file. */
  readonly groups: readonly number[];
}

/** A reason why a program cannot be started, in words for `status`. */
export class SpawnError extends Error {}

interface Files {
  readonly passwd: string;
  readonly group: string;
}

const FILES: Files = { passwd: '/etc/passwd', group: '/etc/group' };

/**
 * Looks up whom to become, anew at each start, as accounts change. Node has no getpwnam(3): this reads /etc/passwd and
 * /etc/group, so an account that only a directory service knows must be given by number.
 *
 * Throws `SpawnError` when there is no such user or group, or when the daemon may not become it.
 */
export function lookUpAccount(spec: UserSpec, files: Files = FILES): Account {
  const users = table(files.passwd);
  const groups = table(files.group);
  const entry = users.find(fields => fields[0] === spec.user) ?? users.find(fields => fields[2] === spec.user);
  if (!entry && !isNumber(spec.user)) throw new SpawnError(`no such user: ${spec.user} (not in ${files.passwd})`);
  const uid = Number(entry?.[2] ?? spec.user);
  const gid = spec.group === undefined ? Number(entry?.[3] ?? spec.user) : groupId(groups, spec.group, files);
  const name = entry?.[0];
  const supplementary = groups.filter(fields => name !== undefined && (fields[3] ?? '').split(',').includes(name));
  return {
    uid,
    gid,
    name,
    home: entry?.[5],
    groups: [gid, ...supplementary.map(fields => Number(fields[2]))],
  };
}

/** Whether this process must change to become the account. Throws `SpawnError` when it may not. */
export function mustChangeTo(account: Account): boolean {
  const uid = process.geteuid?.();
  if (account.uid === uid && account.gid === process.getegid?.()) return false;
  if (uid === 0) return true;
  throw new SpawnError(
    `cannot become uid ${account.uid}, gid ${account.gid}: the daemon runs as uid ${uid} and only root may; start it as root or remove \`user\``,
  );
}

function groupId(groups: readonly string[][], group: string, files: Files): number {
  const entry = groups.find(fields => fields[0] === group);
  if (!entry && !isNumber(group)) throw new SpawnError(`no such group: ${group} (not in ${files.group})`);
  return Number(entry?.[2] ?? group);
}

function table(path: string): string[][] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map(line => line.split(':'));
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

/** The numbers of those users that can be looked up. */
export function idsOf(users: readonly (UserSpec | undefined)[]): number[] {
  return users.flatMap(user => {
    if (user === undefined) return [];
    try {
      return [lookUpAccount(user).uid];
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      return []; // nothing runs as a user that does not exist
    }
  });
}
