/** After every test: nothing it opened may be left. A terminal, socket or child that outlives its test is a failure; fake clocks tell of timers. */
import { afterEach, beforeEach, expect } from 'vitest';

/** Resources that a test may have opened. Node's names for them; `Timeout` is left out where vitest's own timers count. */
const WATCHED = [
  'TTYWrap',
  'PipeWrap',
  'PipeConnectWrap',
  'PipeServerWrap',
  'TCPSocketWrap',
  'TCPServerWrap',
  'ProcessWrap',
  'FSReqCallback',
];

/** Turns of the event loop that closing handles may take to go away. */
const GRACE_TURNS = 50;

let before: readonly string[] = [];

beforeEach(() => {
  before = resources();
});

afterEach(async () => {
  for (let turn = 0; turn < GRACE_TURNS && resources().length > before.length; turn++) {
    await new Promise(resolve => setImmediate(resolve));
  }
  expect(resources(), 'resources left over by this test').toEqual(before);
});

function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter(name => WATCHED.includes(name))
    .sort();
}
