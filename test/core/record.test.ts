/** The state record as text, and what is refused. */
import { describe, expect, test } from 'vitest';
import { formatState, type StateRecord, stopPolicyOf } from '../../src/core/record.ts';
import { parseState } from '../../src/core/recordparser.ts';
import { makeSpec } from '../support/spec.ts';

const STOP = stopPolicyOf(makeSpec());
const RECORD: StateRecord = {
  version: 1,
  boot: 'b-o-o-t',
  daemon: { pid: 1, start: 17 },
  ended: null,
  processes: [
    { program: 'web', num: 0, name: 'web', marked: null, intent: null, generation: 0, life: null, stop: STOP },
    {
      program: 'api',
      num: 3,
      name: 'back:api_03',
      marked: 'api:api_03',
      intent: { want: 'down', by: 'user' },
      generation: 7,
      life: { pid: 4242, start: 99 },
      stop: { signal: 'SIGUSR1', time: 0.5, asgroup: true, killasgroup: true, leftovers: 'report' },
    },
  ],
};

test('what was written is read', () => {
  for (const record of [RECORD, { ...RECORD, boot: null, daemon: null, ended: { pid: 7, start: 8 }, processes: [] }]) {
    expect(parseState(formatState(record))).toEqual({ record });
  }
});

test('a process is a line', () => {
  expect(formatState(RECORD).split('\n')).toHaveLength(5);
});

test('fields that are not known are skipped: they are of a later minor version', () => {
  const text = JSON.stringify({ ...RECORD, more: 1, processes: RECORD.processes.map(p => ({ ...p, more: [] })) });
  expect(parseState(text)).toEqual({ record: RECORD });
});

describe('is refused:', () => {
  const [first, second] = RECORD.processes;
  const withLife = (life: unknown): unknown => ({ ...RECORD, processes: [{ ...first, life }] });
  const withStop = (stop: object): unknown => ({ ...RECORD, processes: [{ ...first, stop: { ...STOP, ...stop } }] });
  test.each([
    ['', 'is no JSON object, or not a whole one'],
    ['null', 'is no JSON object, or not a whole one'],
    ['[]', 'is no JSON object, or not a whole one'],
    [formatState(RECORD).slice(0, -40), 'is no JSON object, or not a whole one'],
    [{ ...RECORD, version: 2 }, 'is of version 2, of a newer taskmaster'],
    [{ ...RECORD, version: '1' }, 'is of no version that is known'],
    [{}, 'is of no version that is known'],
    [{ ...RECORD, boot: undefined }, 'has no name at boot'],
    [{ ...RECORD, daemon: undefined }, 'has no object at daemon'],
    [{ ...RECORD, daemon: { pid: 0, start: 1 } }, 'has no pid at daemon.pid'],
    [{ ...RECORD, processes: {} }, 'has no list at processes'],
    [{ ...RECORD, processes: [null] }, 'has no object at processes[0]'],
    [{ ...RECORD, processes: [first, first] }, 'has no list of different names at processes'],
    [
      { ...RECORD, processes: [first, { ...second, intent: { want: 'up' } }] },
      'has no user or policy at processes[1].intent.by',
    ],
    [{ ...RECORD, processes: [{ ...first, name: '' }] }, 'has no name at processes[0].name'],
    [{ ...RECORD, processes: [{ ...first, generation: -1 }] }, 'has no whole number at processes[0].generation'],
    [withLife({ pid: 1, start: 1 }), 'has no pid at processes[0].life.pid'],
    [withLife({ pid: 0, start: 1 }), 'has no pid at processes[0].life.pid'],
    [withLife({ pid: -1, start: 1 }), 'has no pid at processes[0].life.pid'],
    [withLife({ pid: 2.5, start: 1 }), 'has no pid at processes[0].life.pid'],
    [withLife({ pid: '77', start: 1 }), 'has no pid at processes[0].life.pid'],
    [withLife({ pid: 77 }), 'has no whole number at processes[0].life.start'],
    [withStop({ signal: 'SIGFOO' }), 'has no signal at processes[0].stop.signal'],
    [withStop({ time: -1 }), 'has no span at processes[0].stop.time'],
    [withStop({ asgroup: 1 }), 'has no true or false at processes[0].stop.asgroup'],
    [withStop({ leftovers: 'eat' }), 'has no kill or report or ignore at processes[0].stop.leftovers'],
  ])('%j', (written, problem) => {
    expect(parseState(typeof written === 'string' ? written : JSON.stringify(written))).toEqual({ problem });
  });
});
