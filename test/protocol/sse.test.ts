import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SseMessage, SseParser } from '../../src/protocol/sse.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (...pieces: readonly string[]): SseMessage[] => {
  const parser = new SseParser();
  return pieces.flatMap(piece => parser.push(bytes(piece)));
};

describe('SseParser', () => {
  test('reads events with their fields', () => {
    expect(parse('event: process.state\nid: b-7\ndata: {"a":1}\n\n')).toEqual([
      { event: 'process.state', id: 'b-7', data: '{"a":1}' },
    ]);
  });

  test('joins lines of data, strips one space, and takes a field without a colon as empty', () => {
    expect(parse('data:  two\ndata:x\ndata\n\n')).toEqual([{ event: 'message', id: '', data: ' two\nx\n' }]);
  });

  test('skips comments, unknown fields and events without data, whose id still counts', () => {
    expect(parse(': hello\n\nretry: 10\n\nid: 4\n\ndata: x\n\n')).toEqual([{ event: 'message', id: '4', data: 'x' }]);
  });

  test('keeps the id for later events and forgets the event name', () => {
    expect(parse('id: 1\nevent: a\ndata: x\n\ndata: y\n\n').map(m => [m.event, m.id])).toEqual([
      ['a', '1'],
      ['message', '1'],
    ]);
  });

  test('ignores an id that holds a NUL', () => {
    expect(parse('id: a\ndata: x\n\nid: b\0\ndata: y\n\n').map(m => m.id)).toEqual(['a', 'a']);
  });

  test('takes CR, LF and CRLF as ends of lines, a CRLF cut in two as well', () => {
    expect(parse('data: a\r', '\n\r\n', 'data: b\r\r', 'data: c\n\n').map(m => m.data)).toEqual(['a', 'b', 'c']);
  });

  test('drops a byte order mark and an event that the end cuts off', () => {
    expect(parse('\uFEFFdata: a\n\ndata: b\n').map(m => m.data)).toEqual(['a']);
  });

  test('refuses an event without end', () => {
    const parser = new SseParser();
    expect(() => {
      for (let i = 0; i < 100; i++) parser.push(bytes(`data: ${'x'.repeat(20_000)}\n`));
    }).toThrow('longer than a megabyte');
    expect(() => new SseParser().push(bytes('x'.repeat(2_000_000)))).toThrow('longer than a megabyte');
  });

  test('gives the same events however the bytes are cut', () => {
    const stream = bytes('id: 1\r\nevent: é\r\ndata: 😀\r\ndata: b\r\n\r\n: c\ndata: z\n\nid: 2\rdata: y\r\r');
    const whole = new SseParser().push(stream);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), sizes => {
        const parser = new SseParser();
        const seen: SseMessage[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          seen.push(...parser.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(seen).toEqual(whole);
      }),
    );
    expect(whole).toHaveLength(3);
  });
});
