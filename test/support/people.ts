import type { Asker } from '../../src/core/asker.ts';

/** Who asks in tests that do not care. */
export const ALICE: Asker = { who: 'alice@web1 pts/3', from: 'taskmasterctl' };

/** Somebody else. */
export const BOB: Asker = { who: 'bob@web1 pts/4', from: 'taskmasterctl from 10.0.0.5' };
