import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyShelves, itemOf, itemsOf, type Shelves, withItem } from '../../src/core/shelves.ts';

test('it holds what a map holds, and never changes', () => {
  const change = fc.tuple(fc.string({ maxLength: 3 }), fc.option(fc.nat(), { nil: undefined }));
  fc.assert(
    fc.property(fc.array(change), changes => {
      const map = new Map<string, number>();
      let shelves: Shelves<number> = emptyShelves();
      for (const [name, item] of changes) {
        const before = shelves;
        const former = itemOf(before, name);
        shelves = withItem(before, name, item);
        expect(itemOf(before, name)).toBe(former);
        if (item === undefined) map.delete(name);
        else map.set(name, item);
      }
      expect(new Map(itemsOf(shelves))).toEqual(map);
    }),
  );
});
