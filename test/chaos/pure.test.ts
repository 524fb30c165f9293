/** What a storm is made of, without one: chance that repeats, configs that are what they claim to be. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatDiagnostics } from '../../src/config/diagnostic.ts';
import { ROWS } from '../../src/config/schema.ts';
import { type Files, load, MAIN } from '../config/memory.ts';
import { planRound } from './actions.ts';
import { Chance } from './chance.ts';
import { asScript } from './characters.ts';
import {
  applyChange,
  breakConfig,
  CHANGES,
  changeSome,
  firstModel,
  KEYS,
  type Model,
  processNames,
  withScale,
  writeConfig,
} from './configs.ts';
import { processOf } from './procs.ts';

const OPTIONS = { canChangeUser: true };
const MODELS = 300;

function filesOf(model: Model): Files {
  const { 'taskmaster.yaml': main, 'conf.d/more.yaml': more } = writeConfig(model);
  return { [MAIN]: main, '/etc/tm/conf.d/more.yaml': more };
}

function loaded(files: Files, isReload = true) {
  return load(files, { isReload, env: { CHAOS_DIR: '/tmp/x' } });
}

/** The order in the file is spelling too: the daemon starts by priority and name. */
function byName(model: Model) {
  return Object.fromEntries(loaded(filesOf(model)).config?.processes.map(spec => [spec.fullname, spec]) ?? []);
}

/** Many configs, each a change of the one before. */
function* models(seed: number): Generator<Model> {
  const chance = new Chance(seed);
  let model = firstModel(chance, OPTIONS);
  for (let i = 0; i < MODELS; i++) {
    yield model;
    model = changeSome(model, { chance, options: OPTIONS }).model;
  }
}

test('the same seed makes the same plan, another seed another one', () => {
  const plan = (seed: number): string => {
    const chance = new Chance(seed);
    const model = firstModel(chance, OPTIONS);
    const options = { ...OPTIONS, clients: 3, length: 200, isMortal: true };
    return JSON.stringify([planRound(model, chance, options), planRound(model, chance, options)]);
  };
  expect(plan(7)).toBe(plan(7));
  expect(plan(7)).not.toBe(plan(8));
});

test('every key of a program is changed', () => {
  expect([...KEYS, 'cmd', 'numprocs'].sort()).toEqual(Object.keys(ROWS.PROGRAM).sort());
});

test('every config that claims to be good is, and stands for the processes that it says', () => {
  for (const model of models(1)) {
    const files = filesOf(model);
    const { config, diagnostics } = loaded(files);
    expect(config, `${formatDiagnostics(diagnostics, { color: false })}\n${files[MAIN]}`).toBeDefined();
    expect(config?.processes.map(({ fullname }) => fullname).sort()).toEqual(processNames(model));
  }
});

test('a scaled config stands for the processes that it says', () => {
  for (const model of models(5)) {
    const scaled = new Map(model.programs.slice(0, 3).map(({ name }, i) => [name, i + 1]));
    const { config } = load(filesOf(model), { scaled, env: { CHAOS_DIR: '/tmp/x' } });
    expect(config?.processes.map(({ fullname }) => fullname).sort()).toEqual(processNames(withScale(model, scaled)));
  }
});

test('another spelling means the same', () => {
  for (const model of models(2)) {
    const other = applyChange(model, 'spelling', { chance: new Chance(model.spelling + 1), options: OPTIONS });
    expect(byName(other)).toEqual(byName(model));
  }
});

test('every kind of change changes something, and a name that was given up does not come back', () => {
  const chance = new Chance(3);
  const did = new Set<string>();
  const [alive, given] = [new Set<string>(), new Set<string>()];
  let model = firstModel(chance, OPTIONS);
  for (let i = 0; i < 2000; i++) {
    const change = chance.pick(CHANGES);
    const next = applyChange(model, change, { chance, options: OPTIONS });
    if (JSON.stringify(next) !== JSON.stringify(model)) did.add(change);
    const names = next.programs.map(({ name }) => name);
    for (const { name } of model.programs) if (change === 'rename' && !names.includes(name)) given.add(name);
    for (const name of names) alive.add(name);
    expect(names.filter(name => given.has(name))).toEqual([]);
    model = next;
  }
  expect([...did].sort()).toEqual([...CHANGES].sort());
  expect(alive.size).toBeGreaterThan(100);
});

test('every config that claims to be broken is', () => {
  const chance = new Chance(4);
  for (const model of models(4)) {
    const { why, text, mayStart } = breakConfig(model, chance);
    for (const isReload of mayStart ? [true] : [true, false]) {
      const { config } = loaded({ ...filesOf(model), [MAIN]: text }, isReload);
      expect([why, isReload, config === undefined], Buffer.from(text).toString()).toEqual([why, isReload, true]);
    }
  }
});

test('a process is known by program and number, in the shell as here', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tm-test-'));
  // In place of the lock: what it would be taken on.
  const script = asScript().replace(/^exec 9>>.*$/m, 'echo "$name $num"; exit');
  try {
    writeFileSync(join(dir, 'as'), script);
    for (const name of ['abc1x', 'abc1x:abc1x_00', 'abc1x:abc1x_07', 'G1:abc1x', 'G1:abc1x-12', 'abc1x:abc1x-0']) {
      const env = { ...process.env, TASKMASTER_ID: `0123:${name}:7` };
      const told = execFileSync('/bin/sh', [join(dir, 'as'), 'sleeper'], { env, encoding: 'utf8' });
      expect(told.trim()).toBe(processOf(`0123:${name}:7`));
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
