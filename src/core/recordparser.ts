/** Reads a state record as what it is: a text of unknown origin, perhaps of another version, perhaps cut short. */
import { parseRecord } from './fields.ts';
import type { Intent } from './intent.ts';
import type { Identity } from './mark.ts';
import type { Millis } from './program.ts';
import { type ProcessRecord, STATE_VERSION, type StateRecord, type StopPolicy } from './record.ts';
import { SIGNAL_NAMES } from './signals.ts';

/** Reads what `formatState` wrote; else says what is wrong with it, in words that follow its name. */
export function parseState(text: string): { readonly record: StateRecord } | { readonly problem: string } {
  const fields = parseRecord(text);
  if (fields === undefined) return { problem: 'is no JSON object, or not a whole one' };
  const { version } = fields;
  if (version !== STATE_VERSION) {
    const isNewer = typeof version === 'number' && version > STATE_VERSION;
    return { problem: isNewer ? `is of version ${version}, of a newer taskmaster` : 'is of no version that is known' };
  }
  try {
    return { record: readFields(fields) };
  } catch (error) {
    if (error instanceof Misfit) return { problem: `has ${error.message}` };
    throw error;
  }
}

/** A value that is not what its place in the record asks for. */
class Misfit extends Error {
  constructor(path: string, expected: string) {
    super(`no ${expected} at ${path}`);
  }
}

type Reader<T> = (value: unknown, path: string) => T;

/** Beyond these no file of ours goes: numbers that a signal or a timer could not bear. */
const MAX_PID = 2 ** 31 - 1;
const MAX_NAME = 1000;

const text: Reader<string> = (value, path) => {
  if (typeof value !== 'string' || value === '' || value.length > MAX_NAME) throw new Misfit(path, 'name');
  return value;
};

const truth: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new Misfit(path, 'true or false');
  return value;
};

/** 0 and below would be whole process groups to kill(2), and 1 is nobody's program. */
const pid: Reader<number> = (value, path) => {
  if (!isWhole(value) || value < 2 || value > MAX_PID) throw new Misfit(path, 'pid');
  return value;
};

const whole: Reader<number> = (value, path) => {
  if (!isWhole(value)) throw new Misfit(path, 'whole number');
  return value;
};

const millis: Reader<Millis> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw new Misfit(path, 'span');
  return value;
};

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function oneOf<const T extends string>(choices: readonly T[]): Reader<T> {
  return (value, path) => {
    const found = choices.find(choice => choice === value);
    if (found === undefined) throw new Misfit(path, choices.length > 5 ? 'signal' : choices.join(' or '));
    return found;
  };
}

function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null ? null : reader(value, path));
}

/** What a record does not know is of a later minor version, and skipped. */
function fieldsAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Misfit(path, 'object');
  return value as Record<string, unknown>; // an object that is neither null nor a list has string keys
}

const identity: Reader<Identity> = (value, path) => {
  const fields = fieldsAt(value, path);
  return { pid: pid(fields.pid, `${path}.pid`), start: orNull(whole)(fields.start, `${path}.start`) };
};

/** A daemon may be the first process of its container. */
const daemon: Reader<Identity> = (value, path) => {
  const fields = fieldsAt(value, path);
  const first = fields.pid === 1 ? 1 : pid(fields.pid, `${path}.pid`);
  return { pid: first, start: orNull(whole)(fields.start, `${path}.start`) };
};

const intent: Reader<Intent> = (value, path) => {
  const fields = fieldsAt(value, path);
  return {
    want: oneOf(['up', 'down'])(fields.want, `${path}.want`),
    by: oneOf(['user', 'policy'])(fields.by, `${path}.by`),
  };
};

const stop: Reader<StopPolicy> = (value, path) => {
  const fields = fieldsAt(value, path);
  return {
    signal: oneOf(SIGNAL_NAMES)(fields.signal, `${path}.signal`),
    time: millis(fields.time, `${path}.time`),
    asgroup: truth(fields.asgroup, `${path}.asgroup`),
    killasgroup: truth(fields.killasgroup, `${path}.killasgroup`),
    leftovers: oneOf(['kill', 'report', 'ignore'])(fields.leftovers, `${path}.leftovers`),
  };
};

const processRecord: Reader<ProcessRecord> = (value, path) => {
  const fields = fieldsAt(value, path);
  return {
    program: text(fields.program, `${path}.program`),
    num: whole(fields.num, `${path}.num`),
    name: text(fields.name, `${path}.name`),
    marked: orNull(text)(fields.marked, `${path}.marked`),
    intent: orNull(intent)(fields.intent, `${path}.intent`),
    generation: whole(fields.generation, `${path}.generation`),
    life: orNull(identity)(fields.life, `${path}.life`),
    stop: stop(fields.stop, `${path}.stop`),
  };
};

function readFields(fields: Readonly<Record<string, unknown>>): StateRecord {
  if (!Array.isArray(fields.processes)) throw new Misfit('processes', 'list');
  const processes = fields.processes.map((value: unknown, at) => processRecord(value, `processes[${at}]`));
  const names = new Set(processes.map(({ name }) => name));
  if (names.size < processes.length) throw new Misfit('processes', 'list of different names');
  return {
    version: STATE_VERSION,
    boot: orNull(text)(fields.boot, 'boot'),
    daemon: orNull(daemon)(fields.daemon, 'daemon'),
    ended: orNull(daemon)(fields.ended, 'ended'),
    processes,
  };
}
