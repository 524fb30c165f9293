import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lookUpAccount, mustChangeTo, SpawnError } from '../../src/daemon/accounts.ts';
import { tempDir } from '../support/world.ts';

function files() {
  const dir = tempDir();
  const [passwd, group] = [join(dir, 'passwd'), join(dir, 'group')];
  writeFileSync(passwd, 'root:x:0:0:root:/root:/bin/sh\nweb:x:1001:1002::/srv/web:/bin/false\n');
  writeFileSync(group, 'root:x:0:\nweb:x:1002:\nlogs:x:1003:other,web\ndisk:x:6:other\n');
  return { passwd, group };
}

test('a name has its ids, its home and its groups', () => {
  expect(lookUpAccount({ user: 'web' }, files())).toEqual({
    uid: 1001,
    gid: 1002,
    name: 'web',
    home: '/srv/web',
    groups: [1002, 1003],
  });
  expect(lookUpAccount({ user: 'web', group: 'disk' }, files())).toMatchObject({ gid: 6, groups: [6, 1003] });
  expect(lookUpAccount({ user: '1001' }, files())).toMatchObject({ uid: 1001, name: 'web' });
});

test('a number that no account has is itself, with no groups', () => {
  expect(lookUpAccount({ user: '77' }, files())).toEqual({
    uid: 77,
    gid: 77,
    name: undefined,
    home: undefined,
    groups: [77],
  });
});

test('what does not exist is told', () => {
  expect(() => lookUpAccount({ user: 'nosuch' }, files())).toThrow(/^no such user: nosuch/);
  expect(() => lookUpAccount({ user: 'web', group: 'nosuch' }, files())).toThrow(SpawnError);
});

test('to become what it is, the daemon need not change', () => {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  const account = { uid, gid, name: undefined, home: undefined, groups: [] };
  expect(mustChangeTo(account)).toBe(false);
  if (uid === 0) expect(mustChangeTo({ ...account, uid: 1 })).toBe(true);
  else expect(() => mustChangeTo({ ...account, uid: uid + 1 })).toThrow(/only root may/);
});
