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

/** What the thread pool works on: it ends by itself, when the disk is done, however long that takes. */
const POOL_WORK = 'FSReqCallback';

/** Turns of the event loop that closing handles may take to go away. */
const GRACE_TURNS = 50;

let before: readonly string[] = [];

beforeEach(() => {
  before = resources();
});

afterEach(async () => {
  // One that begins new work for ever is ended by the time limit of this hook.
  for (let turn = 0; leftOver().length > 0 && (turn < GRACE_TURNS || leftOver().includes(POOL_WORK)); turn++) {
    await new Promise(resolve => setImmediate(resolve));
  }
  expect(leftOver(), 'resources left over by this test').toEqual([]);
});

/** What there is now and was not before. What has gone since, such as a file that the test runner was reading, is none. */
function leftOver(): string[] {
  const known = [...before];
  return resources().filter(name => {
    const at = known.indexOf(name);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}

function resources(): string[] {
  return process.getActiveResourcesInfo().filter(name => WATCHED.includes(name));
}
