/** What the rules of an alert want told, before it has words. */
import type { Condition } from './alert.ts';
import type { Facts } from './occurrence.ts';
import type { Surplus } from './surplus.ts';

/** Something to be told. */
export type Telling =
  | {
      readonly kind: 'one';
      readonly id: string;
      readonly condition: Condition;
      readonly subject: string;
      readonly facts: Facts;
      /** How many of those before it were held back and are counted here, by condition. */
      readonly absorbed: Counts;
      /** Ends that nobody asked for within the time of a crash loop, this one included. */
      readonly ends: number;
      /** The alarm that this ends. */
      readonly alarm: Alarm | undefined;
    }
  | {
      /** What was held back of one kind, with the latest. */
      readonly kind: 'more';
      readonly id: string;
      readonly condition: Condition;
      readonly subject: string;
      readonly facts: Facts;
      readonly held: number;
      readonly ends: number;
      /** Whether the subject is up again. */
      readonly isUp: boolean;
    }
  | { readonly kind: 'surplus'; readonly id: string; readonly surplus: Surplus; readonly total: number };

export type Counts = ReadonlyMap<Condition, number>;

/** A message that said that something is wrong, which has not been said to be over. */
export interface Alarm {
  readonly id: string;
  readonly condition: Condition;
  /** Wall clock. */
  readonly at: number;
  /** As it was told; null where it was one of many. */
  readonly summary: string | null;
}
