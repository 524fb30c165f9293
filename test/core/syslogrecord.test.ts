import { expect, test } from 'vitest';
import { formatSyslog, type SyslogRecord } from '../../src/core/syslogrecord.ts';

const record: SyslogRecord = {
  facility: 'daemon',
  severity: 'crit',
  at: Date.UTC(2026, 10, 21, 6, 5, 26, 123),
  host: 'web1.example.org',
  app: 'taskmaster',
  pid: 4711,
  kind: 'fatal',
  version: '0.4.0',
  text: 'web gave up',
};

const HEAD = '2026-11-21T06:05:26.123Z web1.example.org taskmaster 4711 fatal';
const ORIGIN = '[origin software="taskmaster" swVersion="0.4.0"]';

test.each<[Partial<SyslogRecord>, string]>([
  [{}, `<26>1 ${HEAD} ${ORIGIN} web gave up`],
  [{ facility: 'local7', severity: 'debug' }, `<191>1 ${HEAD} ${ORIGIN} web gave up`],
  [{ facility: 'kern', severity: 'emerg' }, `<0>1 ${HEAD} ${ORIGIN} web gave up`],
  [{ facility: 'nosuch' }, `<26>1 ${HEAD} ${ORIGIN} web gave up`],
  [{ facility: 'constructor' }, `<26>1 ${HEAD} ${ORIGIN} web gave up`],
  [{ version: 'a"]\\b' }, `<26>1 ${HEAD} [origin software="taskmaster" swVersion="a\\"\\]\\\\b"] web gave up`],
])('%j', (changes, text) => {
  expect(formatSyslog({ ...record, ...changes })).toBe(text);
});

test('the fields of the header are printable ASCII of a bounded length', () => {
  const text = formatSyslog({ ...record, host: 'büro 1\n', kind: 'x'.repeat(50), app: '' });
  expect(text.split(' ').slice(2, 6)).toEqual(['b_ro_1_', '-', '4711', 'x'.repeat(32)]);
  expect(formatSyslog({ ...record, host: 'h'.repeat(300) }).split(' ')[2]).toHaveLength(255);
});
