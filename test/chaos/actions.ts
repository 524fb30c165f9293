/**
 * What may happen in a storm, chosen ahead: a round is data that follows from the seed alone, and is then dealt to clients
 * that all act at the same time. Whom an action finds, and in which state, is up to the moment.
 */
import type { Chance } from './chance.ts';
import {
  type Broken,
  breakConfig,
  type Change,
  type ConfigOptions,
  changeSome,
  MAX_NUMPROCS,
  type Model,
  processNames,
} from './configs.ts';

export type Verb = 'start' | 'stop' | 'restart' | 'clear';
export type Reloading = 'post' | 'hup' | 'ctl';

export type Action =
  /** `hangUpAfter`: the client goes away after so many milliseconds, answer or not. */
  | {
      readonly do: 'request';
      readonly verb: Verb;
      readonly select: readonly string[];
      readonly wait: boolean;
      readonly hangUpAfter?: number;
    }
  | { readonly do: 'signal'; readonly signal: string; readonly select: readonly string[] }
  /** A signal from outside the daemon, to a leader, or to the nth of the others of its session. */
  | {
      readonly do: 'kill';
      readonly signal: NodeJS.Signals;
      readonly process: string;
      readonly child: number | undefined;
    }
  | { readonly do: 'input'; readonly process: string; readonly text: string; readonly times: number }
  | { readonly do: 'look'; readonly path: string }
  | { readonly do: 'ctl'; readonly args: readonly string[] }
  /** A listener that stays; `deaf` ones do not read. */
  | { readonly do: 'listen'; readonly path: string; readonly deaf: boolean }
  /** So many listeners go. */
  | { readonly do: 'unlisten'; readonly count: number }
  | { readonly do: 'garbage'; readonly bytes: string }
  /** A request that breaks off. */
  | { readonly do: 'half'; readonly text: string }
  /** So many connections at once, which say nothing and go. */
  | { readonly do: 'crowd'; readonly count: number }
  /** The daemon stands still for so many milliseconds, as on a machine that swaps. */
  | { readonly do: 'freeze'; readonly ms: number }
  | { readonly do: 'poke'; readonly signal: 'SIGHUP' | 'SIGUSR2' }
  /** A second daemon of the same config, which must be refused. */
  | { readonly do: 'rival' }
  | {
      readonly do: 'reload';
      readonly how: Reloading;
      readonly model: Model;
      readonly changes: readonly Change[];
      readonly wait: boolean;
      /** Asked for by two at the same time. */
      readonly twice: boolean;
    }
  | { readonly do: 'reload broken'; readonly how: Reloading; readonly broken: Broken }
  | { readonly do: 'dry run'; readonly model: Model }
  | {
      readonly do: 'scale';
      readonly program: string;
      readonly numprocs: number;
      readonly wait: boolean;
      readonly byCtl: boolean;
    }
  /**
   * The daemon is killed, or stopped in order, and a new one is started, perhaps with another config. `again`: the new one
   * is killed too, after so many milliseconds in which it ends the survivors, and so on. `broken`: a daemon is started with
   * that config before.
   */
  | {
      readonly do: 'murder';
      readonly model: Model;
      readonly again: readonly number[];
      readonly broken: Broken | undefined;
    }
  | {
      readonly do: 'retire';
      readonly how: 'term' | 'post' | 'ctl';
      readonly isImpatient: boolean;
      readonly model: Model;
      readonly broken: Broken | undefined;
    };

/** A round: a list of actions for each client. The first one is the operator, who alone changes configs and daemons. */
export interface Round {
  readonly clients: readonly (readonly Action[])[];
  /** The config in force after it. */
  readonly model: Model;
}

export interface PlanOptions extends ConfigOptions {
  readonly clients: number;
  /** Actions of each client. */
  readonly length: number;
  /** Whether daemons are killed, stopped and started. */
  readonly isMortal: boolean;
}

export function planRound(model: Model, chance: Chance, options: PlanOptions): Round {
  let latest = model;
  const clients = Array.from({ length: options.clients }, (_, client) => {
    const own = chance.fork();
    return Array.from({ length: options.length }, () => {
      const action = client === 0 ? operatorAction(latest, own, options) : clientAction(model, own);
      if ('model' in action && action.do !== 'dry run') latest = action.model;
      return action;
    });
  });
  return { clients, model: latest };
}

type Weighed = readonly (readonly [weight: number, action: () => Action])[];

function operatorAction(model: Model, chance: Chance, options: PlanOptions): Action {
  const change = (): Pick<Extract<Action, { do: 'reload' }>, 'model' | 'changes'> =>
    changeSome(model, { chance, options });
  const refusal = (): Broken | undefined => {
    const broken = chance.isLucky(0.25) ? breakConfig(model, chance) : undefined;
    return broken?.mayStart ? undefined : broken;
  };
  const mortal: Weighed = [
    [
      3,
      () => ({
        do: 'murder',
        model: chance.isLucky(0.5) ? change().model : model,
        again: Array.from({ length: chance.pick([0, 0, 1, 3]) }, () => chance.pick([0, 5, 50, 300])),
        broken: refusal(),
      }),
    ],
    [
      3,
      () => ({
        do: 'retire',
        how: chance.pick(['term', 'post', 'ctl']),
        isImpatient: chance.isLucky(0.2),
        model: chance.isLucky(0.5) ? change().model : model,
        broken: refusal(),
      }),
    ],
  ];
  return chance.weigh<() => Action>([
    [40, () => clientAction(model, chance)],
    [1, () => ({ do: 'rival' })],
    [2, () => ({ do: 'freeze', ms: chance.between(5, 120) })],
    [2, () => ({ do: 'poke', signal: chance.pick(['SIGHUP', 'SIGUSR2']) })],
    ...reloadings(model, chance, options),
    ...(options.isMortal ? mortal : []),
  ])();
}

function reloadings(model: Model, chance: Chance, options: ConfigOptions): Weighed {
  const change = (): Pick<Extract<Action, { do: 'reload' }>, 'model' | 'changes'> =>
    changeSome(model, { chance, options });
  const how = (): Reloading => chance.pick(['post', 'post', 'hup', 'ctl']);
  return [
    [14, () => ({ do: 'reload', how: how(), ...change(), wait: chance.isLucky(0.7), twice: chance.isLucky(0.1) })],
    [5, () => ({ do: 'reload broken', how: how(), broken: breakConfig(model, chance) })],
    [2, () => ({ do: 'dry run', model: change().model })],
    [
      6,
      () => ({
        do: 'scale',
        program: chance.pick(model.programs).name,
        numprocs: chance.between(1, MAX_NUMPROCS),
        wait: chance.isLucky(0.7),
        byCtl: chance.isLucky(0.15),
      }),
    ],
  ];
}

/** Some reloads in a row, for a moment at which nothing else happens. */
export function planReloads(
  model: Model,
  chance: Chance,
  options: ConfigOptions,
): Omit<Round, 'clients'> & { readonly actions: readonly Action[] } {
  let latest = model;
  const actions = Array.from({ length: chance.between(1, 3) }, () => {
    const action = chance.weigh(reloadings(latest, chance, options))();
    if (action.do === 'reload') latest = action.model;
    return action;
  });
  return { actions, model: latest };
}

/** Signals that come from outside. Those that would leave a core file are left out. */
const OUTSIDE: readonly NodeJS.Signals[] = [
  'SIGKILL',
  'SIGKILL',
  'SIGTERM',
  'SIGHUP',
  'SIGINT',
  'SIGSTOP',
  'SIGCONT',
  'SIGUSR1',
];

/** Enter, Ctrl-C, Ctrl-D, Ctrl-Z, Ctrl-S, Ctrl-Q, an arrow, and what is no UTF-8. */
const KEYSTROKES = ['\r', '\x03', '\x04', '\x1a', '\x13', '\x11', '\x1b[A', '\xff\xfe', 'echo\r'];

const GARBAGE = [
  'hello\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01',
  'GET / HTTP/9.9\r\n\r\n',
  'POST /v1/start HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]',
  'POST /v1/start HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n',
  'POST /v1/stop HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'POST /v1/signal HTTP/1.1\r\nHost: x\r\nContent-Length: 44\r\nConnection: close\r\n\r\n{"select": ["all"], "signal": "NO_SUCH_ONE"}',
  'GET /v1/processes/%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'DELETE /v1/daemon HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
] as const;

function clientAction(model: Model, chance: Chance): Action {
  const names = processNames(model);
  const name = (): string => chance.pick(names);
  const path = (): string => `/v1/processes/${encodeURIComponent(name())}`;
  return chance.weigh<() => Action>([
    [14, () => request('start', model, chance)],
    [11, () => request('stop', model, chance)],
    [11, () => request('restart', model, chance)],
    [2, () => request('clear', model, chance)],
    [
      6,
      () => ({
        do: 'signal',
        signal: chance.pick(['KILL', 'TERM', 'HUP', 'STOP', 'CONT', 'USR1']),
        select: select(model, chance),
      }),
    ],
    [
      14,
      () => ({
        do: 'kill',
        signal: chance.pick(OUTSIDE),
        process: name(),
        child: chance.isLucky(0.35) ? chance.below(3) : undefined,
      }),
    ],
    [
      9,
      () => ({
        do: 'input',
        process: name(),
        text: chance.pick(KEYSTROKES),
        times: chance.pick([1, 1, 1, 10, 1000, 60_000]),
      }),
    ],
    [4, () => ({ do: 'look', path: '/v1/daemon' })],
    [3, () => ({ do: 'look', path: path() })],
    [3, () => ({ do: 'look', path: `${path()}/output?lines=${chance.between(0, 50)}` })],
    [1, () => ({ do: 'look', path: '/v1/events?since=0&follow=0' })],
    [1, () => ({ do: 'ctl', args: controls(model, chance) })],
    [
      5,
      () => ({
        do: 'listen',
        path: chance.pick([
          ...['/v1/events', '/v1/events?since=0', `${path()}/output?follow=1`, '/v1/daemon/log?follow=1', '/v1/usage'],
          `${path()}/attach?pane=1&readonly=1&cols=${chance.between(1, 200)}&rows=${chance.between(1, 60)}`,
        ]),
        deaf: chance.isLucky(0.4),
      }),
    ],
    [4, () => ({ do: 'unlisten', count: chance.between(1, 3) })],
    [3, () => ({ do: 'garbage', bytes: chance.pick(GARBAGE) })],
    [3, () => ({ do: 'half', text: half(path(), chance) })],
    [1, () => ({ do: 'crowd', count: chance.between(5, 60) })],
  ])();
}

function request(verb: Verb, model: Model, chance: Chance): Action {
  const action = { do: 'request', verb, select: select(model, chance), wait: chance.isLucky(0.6) } as const;
  return chance.isLucky(0.08) ? { ...action, hangUpAfter: chance.below(100) } : action;
}

function select(model: Model, chance: Chance): string[] {
  const names = processNames(model);
  const one = (): string => {
    const name = chance.pick(names);
    return chance.weigh<() => string>([
      [20, () => name],
      [4, () => `${name.split(':')[0]}:*`],
      [2, () => `${name[0]}*`],
      [1, () => chance.pick(model.programs).name],
      [1, () => 'nosuch'],
    ])();
  };
  if (chance.isLucky(0.03)) return ['all'];
  return Array.from({ length: chance.pick([1, 1, 1, 2, 4]) }, one);
}

function controls(model: Model, chance: Chance): readonly string[] {
  const [name = 'all'] = select(model, chance);
  return chance.pick([
    ['status'],
    ['status', name, '--json'],
    ['start', name],
    ['stop', name],
    ['restart', '--no-wait', name],
    ['tail', '-n', '5', name],
    ['pid', name],
    ['signal', 'CONT', name],
    ['events'],
    ['log', '-n', '3'],
    ['avail'],
    ['version'],
  ]);
}

function half(path: string, chance: Chance): string {
  const whole = `POST ${path}/input HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789`;
  return whole.slice(0, chance.below(whole.length));
}

/** An action in a few words, for people. */
export function describeAction(action: Action): string {
  const { do: kind, ...rest } = action;
  const shown = Object.entries(rest).map(([key, value]) => {
    if (key === 'model') return `config of ${(value as Model).programs.length} programs`; // the type says so
    if (key === 'broken') return `broken: ${(value as Broken | undefined)?.why ?? 'no'}`;
    return `${key} ${(JSON.stringify(value) ?? '').slice(0, 80)}`;
  });
  return `${kind} ${shown.join(', ')}`.trim();
}
