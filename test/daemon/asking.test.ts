import { describe, expect, test } from 'vitest';
import { askerOf } from '../../src/daemon/asking.ts';
import { CLIENT_HEADER, clientHeader } from '../../src/protocol/asker.ts';

const ask = (header: string, others: Readonly<Record<string, string>> = {}) =>
  askerOf({ ...others, [CLIENT_HEADER]: header });

describe('who asks', () => {
  test('is what the client says, whatever a name is made of', () => {
    const word = { who: 'zoë & co@wéb; 1=2 pts/3', client: 'taskmasterctl', origin: '10.0.0.5' };
    const header = clientHeader(word);
    expect(header).toMatch(/^[\x21-\x7e]+$/);
    expect(ask(header)).toEqual({ who: word.who, from: 'taskmasterctl from 10.0.0.5' });
    expect(ask(clientHeader({ ...word, origin: undefined }))).toEqual({ who: word.who, from: 'taskmasterctl' });
  });

  test('is someone where it does not say, with the name of its program where that is known', () => {
    expect(askerOf({})).toEqual({ who: 'someone', from: 'a client that does not say' });
    expect(askerOf({ 'user-agent': 'curl/8.5.0' })).toEqual({ who: 'someone', from: 'curl/8.5.0' });
    expect(ask('who=deploy', { 'user-agent': 'curl/8.5.0' })).toEqual({ who: 'deploy', from: 'curl/8.5.0' });
  });

  test.each([
    '',
    '%',
    'who=%ff%fe%zz',
    '&&&=&=',
    'who',
    'who=%20%20',
    'who=%00%1b%5b2J',
  ])('a header of nonsense (%j) is some name or none', header => {
    expect(ask(header).who).toMatch(/^[\p{L}\p{N}\p{P}\p{S} ]+$/u);
  });

  test('is one short line that moves no cursor and turns no writing round', () => {
    const evil = `who=${encodeURIComponent(`root\r\n\x1b]0;x\x07\u202e\u2066${'a'.repeat(9999)}`)}&client=%0d%0aSet-Cookie`;
    const { who, from } = ask(evil);
    expect(who).toBe(`root]0;x${'a'.repeat(152)}`);
    expect(from).toBe('Set-Cookie');
  });

  test('ends with who used sudo, however long the names before that are', () => {
    const who = `${'u'.repeat(32)}@${'h'.repeat(64)} pts/1234, sudo by ${'s'.repeat(32)}`;
    expect(ask(clientHeader({ who, client: 'taskmasterctl', origin: undefined })).who).toBe(who);
  });

  test('two such headers, which Node joins, are one', () => {
    expect(ask('who=alice, who=bob').who).toBe('alice, who=bob');
  });
});
