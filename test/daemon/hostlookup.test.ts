/** Hosts by a name server of the test's own, and files of its own. */
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lookUpHost } from '../../src/daemon/hostlookup.ts';
import { onCleanup, tempDir } from '../support/world.ts';

const A = 1;
const AAAA = 28;
const NO_SUCH_NAME = 3;
const FAILURE = 2;

type Zone = Readonly<Record<string, { readonly a?: readonly string[]; readonly aaaa?: readonly string[] } | 'broken'>>;

/** A name server that knows some names, and the names that it was asked for. */
async function startNameServer(zone: Zone): Promise<{ readonly server: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const socket = createSocket('udp4', (query, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const type = query.readUInt16BE(at + 1);
    const name = labels.join('.');
    if (type === A) asked.push(name);
    const known = zone[name];
    const addresses = known === undefined || known === 'broken' ? [] : ((type === AAAA ? known.aaaa : known.a) ?? []);
    const code = known === 'broken' ? FAILURE : known === undefined ? NO_SUCH_NAME : 0;
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(addresses.length, 6);
    head.writeUInt32BE(0, 8);
    const answers = addresses.map(address => {
      const data = type === A ? Buffer.from(address.split('.').map(Number)) : Buffer.from(address, 'hex');
      const record = Buffer.alloc(12);
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(type, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt16BE(data.length, 10);
      return Buffer.concat([record, data]);
    });
    socket.send(Buffer.concat([head, query.subarray(12, at + 5), ...answers]), from.port, from.address);
  });
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  onCleanup(() => new Promise<void>(resolve => socket.close(() => resolve())));
  return { server: `127.0.0.1:${socket.address().port}`, asked };
}

function files(hosts: string, resolv: string): { readonly hosts: string; readonly resolv: string } {
  const dir = tempDir();
  writeFileSync(join(dir, 'hosts'), hosts);
  writeFileSync(join(dir, 'resolv.conf'), resolv);
  return { hosts: join(dir, 'hosts'), resolv: join(dir, 'resolv.conf') };
}

const never = new AbortController().signal;

describe('without a name server', () => {
  const hosts =
    '127.0.0.1 localhost\n::1 mail.example.org Mail # no comment\n10.0.0.7\tmail.example.org\nfe80::1%eth0 odd\n';

  test.each([
    ['10.1.2.3', ['10.1.2.3']],
    ['::1', ['::1']],
    ['localhost', ['127.0.0.1']],
    ['web.localhost', ['127.0.0.1', '::1']],
    ['MAIL.example.org', ['10.0.0.7', '::1']],
    ['mail.example.org.', ['10.0.0.7', '::1']],
    ['mail', ['::1']],
  ])('%s', async (name, addresses) => {
    expect(await lookUpHost(name, { signal: never, files: files(hosts, '') })).toEqual(addresses);
  });
});

describe('by a name server', () => {
  const zone: Zone = {
    'mail.example.org': { a: ['10.0.0.1', '10.0.0.2'], aaaa: [`${'20010db8'}${'0'.repeat(23)}1`] },
    'six.example.org': { aaaa: [`${'20010db8'}${'0'.repeat(23)}2`] },
    'hub.corp.example': { a: ['10.0.0.3'] },
    'broken.example.org': 'broken',
  };

  test('all addresses, those of IPv4 first', async () => {
    const { server } = await startNameServer(zone);
    const options = { signal: never, servers: [server], files: files('', '') };
    const found = await lookUpHost('mail.example.org', options);
    expect([...found.slice(0, 2)].sort()).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(found.slice(2)).toEqual(['2001:db8::1']);
    expect(await lookUpHost('six.example.org', options)).toEqual(['2001:db8::2']);
  });

  test('by the search list, which comes first for a short name and last for a long one', async () => {
    const { server, asked } = await startNameServer(zone);
    const resolv = '# search none\nsearch corp.example example.org.\n';
    const options = { signal: never, servers: [server], files: files('', resolv) };
    expect(await lookUpHost('hub', options)).toEqual(['10.0.0.3']);
    expect(await lookUpHost('mail', options)).toHaveLength(3);
    expect(asked).toEqual(['hub.corp.example', 'mail.corp.example', 'mail.example.org']);
    asked.length = 0;
    expect(await lookUpHost('hub.corp', { ...options, files: files('', 'search example') })).toEqual(['10.0.0.3']);
    expect(asked).toEqual(['hub.corp', 'hub.corp.example']);
    asked.length = 0;
    const eager = { ...options, files: files('', 'search example\noptions timeout:1 ndots:2') };
    expect(await lookUpHost('hub.corp', eager)).toEqual(['10.0.0.3']);
    expect(asked).toEqual(['hub.corp.example']);
  });

  test('what nobody knows, and what cannot be known, are told apart', async () => {
    const { server } = await startNameServer(zone);
    const options = { signal: never, servers: [server], files: files('', '') };
    await expect(lookUpHost('nowhere.example.org', options)).rejects.toThrow(
      'cannot look up nowhere.example.org: there is no such host, neither in /etc/hosts nor by the name servers',
    );
    await expect(lookUpHost('broken.example.org', options)).rejects.toThrow(
      /cannot look up broken.example.org: the name server/,
    );
  });

  test('is given up at once when the time is over', async () => {
    const silent = createSocket('udp4');
    await new Promise<void>(resolve => silent.bind(0, '127.0.0.1', resolve));
    onCleanup(() => new Promise<void>(resolve => silent.close(() => resolve())));
    const controller = new AbortController();
    const options = {
      signal: controller.signal,
      servers: [`127.0.0.1:${silent.address().port}`],
      files: files('', ''),
    };
    const looking = lookUpHost('mail.example.org', options);
    silent.once('message', () => controller.abort());
    await expect(looking).rejects.toThrow('cannot look up mail.example.org: it took too long');
  });
});
