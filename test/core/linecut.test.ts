import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutLines, LONGEST_WHOLE_LINE, type Place } from '../../src/core/linecut.ts';

const place = (changes: Partial<Place>): Place => ({ room: 0, begun: 0, isEmpty: false, isWaited: false, ...changes });
const text = (written: string): Uint8Array => new TextEncoder().encode(written);
const FAR = 1_000_000;

test.each<[string, string, Partial<Place>, number, string]>([
  ['all that fits', 'one\ntwo\n', { room: FAR }, 8, 'more'],
  ['a line without end, far from the limit', 'one\ntw', { room: FAR }, 6, 'more'],
  ['a line without end, near the limit, is waited for', 'one\ntw', { room: 100 }, 4, 'hold'],
  ['but not for ever', 'one\ntw', { room: 100, isWaited: true }, 6, 'more'],
  ['nor once it is begun', 'tw', { room: 100, begun: 3 }, 2, 'more'],
  ['lines up to the limit', 'one\ntwo\n', { room: 8 }, 8, 'more'],
  ['the line that leads beyond it begins the next file', 'one\ntwo\n', { room: 7 }, 4, 'rotate'],
  ['so does the first', 'one\ntwo\n', { room: 3 }, 0, 'rotate'],
  ['a file that is too large already', 'one\n', { room: -5 }, 0, 'rotate'],
  ['a begun line ends in the file that it began in', 'ne\ntwo\n', { room: 1, begun: 1 }, 3, 'rotate'],
  ['also in one that is too large', 'ne\ntwo\n', { room: -9, begun: 1 }, 3, 'rotate'],
  ['also where its end is still to come', 'n', { room: 0, begun: 1 }, 1, 'more'],
  ['a line that is larger than a file has one of its own', 'one\ntwo\n', { room: 2, isEmpty: true }, 4, 'rotate'],
])('%s', (_, written, changes, take, next) => {
  expect(cutLines(text(written), place(changes))).toEqual({ take, next });
});

test('a line that never ends is cut: at the limit, or where a file is smaller, at its longest', () => {
  const endless = new Uint8Array(200_000).fill(120);
  expect(cutLines(endless, place({ room: 150_000, isEmpty: true }))).toEqual({ take: 150_000, next: 'rotate' });
  expect(cutLines(endless, place({ room: 10, isEmpty: true }))).toEqual({ take: LONGEST_WHOLE_LINE, next: 'rotate' });
  expect(cutLines(endless, place({ room: 10, begun: LONGEST_WHOLE_LINE - 20 }))).toEqual({ take: 20, next: 'rotate' });
  expect(cutLines(endless, place({ room: 10, begun: 2 * LONGEST_WHOLE_LINE }))).toEqual({ take: 10, next: 'rotate' });
  expect(cutLines(endless, place({ room: 0, begun: LONGEST_WHOLE_LINE }))).toEqual({ take: 0, next: 'rotate' });
});

/** Writes chunks as a log file does, into files of a size. */
function writeAll(chunks: readonly Uint8Array[], maxsize: number, waits: boolean): Buffer[] {
  const files: Buffer[] = [Buffer.alloc(0)];
  let begun = 0;
  let queue = Buffer.alloc(0);
  const pump = (isWaited: boolean): void => {
    while (queue.length > 0) {
      const file = files.at(-1) ?? Buffer.alloc(0);
      const { take, next } = cutLines(queue, {
        room: maxsize - file.length,
        begun,
        isEmpty: file.length === 0,
        isWaited,
      });
      const taken = queue.subarray(0, take);
      files[files.length - 1] = Buffer.concat([file, taken]);
      const line = taken.lastIndexOf(10) + 1;
      begun = line === 0 ? begun + take : take - line;
      queue = queue.subarray(take);
      if (take > 0) continue;
      if (next !== 'rotate') return;
      files.push(Buffer.alloc(0));
      begun = 0;
    }
  };
  for (const chunk of chunks) {
    queue = Buffer.concat([queue, chunk]);
    pump(!waits);
  }
  pump(true);
  return files;
}

const chunk = fc.array(fc.constantFrom(10, 120, 121), { maxLength: 40 }).map(bytes => Uint8Array.from(bytes));

test('whatever comes in whatever pieces: nothing is lost or doubled, and no line is torn', () => {
  fc.assert(
    fc.property(fc.array(chunk), fc.integer({ min: 1, max: 60 }), fc.boolean(), (chunks, maxsize, waits) => {
      const files = writeAll(chunks, maxsize, waits);
      expect(Buffer.concat(files)).toEqual(Buffer.concat(chunks));
      for (const file of files.slice(0, -1)) expect(file.at(-1)).toBe(10);
    }),
  );
});

test('where ends of lines are waited for, no file is larger than it may be, but for one line alone', () => {
  fc.assert(
    fc.property(fc.array(chunk), fc.integer({ min: 1, max: 60 }), (chunks, maxsize) => {
      for (const file of writeAll(chunks, maxsize, true)) {
        if (file.length > maxsize) expect(file.indexOf(10) + 1 || file.length).toBe(file.length);
      }
    }),
  );
});
