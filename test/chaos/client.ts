/** One of those who act in a storm: performs actions and judges the answers, as far as they can be judged while others act too. */
import type { Socket } from 'node:net';
import type { ActionReply, ActionResult, ProcessInfo, ProcessList, ReloadReply } from '../../src/protocol/messages.ts';
import type { Action } from './actions.ts';
import { type Answer, type Arena, eventually, Gone, Violation } from './arena.ts';
import { type Broken, type Model, processNames } from './configs.ts';
import type { Ledger, Order } from './ledger.ts';
import type { Watch } from './watch.ts';

/** Listeners a client holds at most; the oldest goes when there is one more. */
/** What asks for a WebSocket; what comes over it is not understood, and not answered. */
const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

const MAX_LISTENERS = 6;

/** How long garbage is left to be answered. Not every kind of it is. */
const GARBAGE_MS = 50;

/** What /proc may still show of an orderly end: processes that have closed everything and are exiting. */
const EXITING_MS = 2_000;

/** Outcomes of an action for one process that may be, whatever the others do. */
const OUTCOMES = new Set([
  'done',
  'no_such_process',
  'not_running',
  'already_started',
  'spawn_error',
  'abnormal_termination',
]);

/** Exit codes of taskmasterctl (docs/COMMANDS.md) but 2: we make no mistakes of usage. */
const EXIT_CODES = new Set([0, 1, 3, 4, 7]);

/** Statuses of refusals that say nothing of the daemon: the process is not there, not up, has not read; all connections are taken. */
const REFUSALS = new Set([404, 409, 429, 503]);

/** Why a process that a reload adds or removes is not started, and why one that was to stop runs. */
const OVERRULED = /removed (it )?from the config|was not to be started any more|was started again before its turn/;

/** Verbs of taskmasterctl that decide what is wanted of a process. */
const DECIDING = new Set(['start', 'stop', 'restart']);

/** Longer than a daemon takes to hear SIGHUP, be it on a busy machine, and frozen. */
const HUP_MS = 10_000;

type Requesting = Extract<Action, { do: 'request' }>;
type Reload = Extract<Action, { do: 'reload' }>;

export interface ClientOptions {
  readonly arena: Arena;
  readonly watch: Watch;
  readonly ledger: Ledger;
}

export class Client {
  private readonly arena: Arena;
  private readonly watch: Watch;
  private readonly ledger: Ledger;
  private listeners: Socket[] = [];

  constructor({ arena, watch, ledger }: ClientOptions) {
    this.arena = arena;
    this.watch = watch;
    this.ledger = ledger;
  }

  /** Performs an action, and says in a few words what came of it. Throws `Violation` for what must not be. */
  async perform(action: Action): Promise<string> {
    try {
      return await this.act(action);
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      await this.arena.untilUp();
      return 'the daemon went away';
    }
  }

  /** Lets go of all listeners. */
  hush(): void {
    for (const socket of this.listeners.splice(0)) socket.destroy();
  }

  private async act(action: Action): Promise<string> {
    const { arena } = this;
    switch (action.do) {
      case 'request':
        return await this.request(action);
      case 'signal':
        return outcomes(await arena.call('POST', '/v1/signal', { select: action.select, signal: action.signal }));
      case 'kill':
        return this.kill(action);
      case 'input': {
        const body = Buffer.from(action.text.repeat(action.times), 'latin1');
        return accept(await arena.call('POST', `/v1/processes/${encodeURIComponent(action.process)}/input`, body));
      }
      case 'look':
        return accept(await arena.call('GET', action.path));
      case 'ctl':
        return await this.ctl(action.args);
      case 'listen':
        return await this.listen(action);
      case 'unlisten':
        for (const socket of this.listeners.splice(0, action.count)) socket.destroy();
        return '';
      case 'garbage':
        return await this.say(Buffer.from(action.bytes, 'latin1'), GARBAGE_MS);
      case 'half':
        return await this.say(Buffer.from(action.text), 0);
      case 'crowd':
        await arena.crowd(action.count);
        return '';
      case 'freeze':
        arena.signal('SIGSTOP');
        await pause(action.ms);
        arena.signal('SIGCONT');
        return '';
      case 'poke':
        // SIGHUP reads the file again, whose word about numbers of processes counts from then on.
        if (action.signal === 'SIGHUP') return await this.reload({ model: this.ledger.inForce, how: 'hup' });
        arena.signal(action.signal);
        return '';
      case 'rival':
        return await this.rival();
      case 'murder':
        return await this.murder(action);
      case 'retire':
        return await this.retire(action);
      case 'reload':
        return await this.reload(action);
      case 'reload broken':
        return await this.reloadBroken(action);
      case 'dry run':
        return await this.dryRun(action);
      case 'scale':
        return await this.scale(action);
    }
  }

  /** A start, stop, restart or clear, which goes into the ledger. */
  async request({ verb, select, wait, hangUpAfter }: Omit<Requesting, 'do'>): Promise<string> {
    const { arena, ledger } = this;
    const order = verb === 'clear' ? undefined : ledger.begin(select, verb === 'stop' ? 'down' : 'up');
    let answer: Answer | undefined;
    try {
      answer = await arena.call('POST', `/v1/${verb}`, { select, wait }, hangUpAfter);
    } catch (error) {
      if (order) ledger.lost(order, false);
      throw error;
    }
    if (order) this.enter(order, answer, wait);
    return answer === undefined ? 'hung up' : outcomes(answer);
  }

  private enter(order: Order, answer: Answer | undefined, isDone: boolean): void {
    if (answer?.status !== 200) {
      this.ledger.lost(order, answer === undefined);
      return;
    }
    const { results } = answer.json as ActionReply; // the type of the route
    const namesOf = (isMeant: (code: string) => boolean): string[] =>
      results.filter(({ code }) => isMeant(code)).map(({ name }) => name);
    this.ledger.answered(order, {
      names: namesOf(code => code !== 'failed' && code !== 'no_such_process'),
      doubtful: namesOf(code => code === 'failed'),
      isDone,
    });
  }

  private async reload({
    model,
    how,
    wait = true,
    twice = false,
  }: Pick<Reload, 'model' | 'how'> & Partial<Reload>): Promise<string> {
    const { arena, ledger } = this;
    ledger.beginChange(model);
    arena.write(model);
    let told: string;
    if (how === 'post') {
      const ask = (): Promise<Answer> => this.insist('/v1/reload', { wait });
      const [answer] = await Promise.all(twice ? [ask(), ask()] : [ask()]);
      told = this.applied(answer);
    } else if (how === 'ctl') told = await this.applyByCtl(['reload'], '/v1/reload');
    else {
      told = await this.hangUp();
      if (!told.includes('config reloaded')) throw new Violation(`a good config was not reloaded: ${told}`);
    }
    ledger.endChange(true);
    return told;
  }

  private async reloadBroken({ how, broken }: Extract<Action, { do: 'reload broken' }>): Promise<string> {
    const { arena, ledger } = this;
    arena.writeFile('taskmaster.yaml', broken.text);
    if (how === 'post') {
      const { status, json, text } = await this.insist('/v1/reload', { wait: true });
      const { error } = (json ?? {}) as { error?: { code?: string; problems?: unknown[] } }; // checked here
      if (status !== 422 || error?.code !== 'bad_config' || !error.problems?.length) {
        throw new Violation(`a broken config (${broken.why}) was answered with ${status}: ${text}`);
      }
    } else if (how === 'ctl') {
      const { code, out, err } = await arena.ctl(['reload']);
      if (code !== 1)
        throw new Violation(`reload of a broken config (${broken.why}) exited with ${code}: ${out}${err}`);
    } else {
      const told = await this.hangUp();
      if (!told.includes('config not reloaded'))
        throw new Violation(`a broken config (${broken.why}) was taken: ${told}`);
    }
    arena.write(ledger.inForce);
    return 'refused';
  }

  private async dryRun({ model }: Extract<Action, { do: 'dry run' }>): Promise<string> {
    const { arena, ledger } = this;
    arena.write(model);
    const { status, json, text } = await this.insist('/v1/reload', { dryRun: true });
    if (status !== 200 || (json as ReloadReply).applied)
      throw new Violation(`a dry run was answered with ${status}: ${text}`);
    arena.write(ledger.inForce);
    return `${(json as ReloadReply).processes.length} would change`;
  }

  private async scale({ program, numprocs, wait, byCtl }: Extract<Action, { do: 'scale' }>): Promise<string> {
    const { ledger } = this;
    ledger.beginChange(ledger.inForce, new Map(ledger.scales).set(program, numprocs));
    const body = { program, numprocs, wait };
    const told = byCtl
      ? await this.applyByCtl(['scale', `${program}=${numprocs}`], '/v1/scale', body)
      : this.applied(await this.insist('/v1/scale', body));
    ledger.endChange(true);
    return told;
  }

  /** A request that may be made again, made until a crowd lets it through. */
  private async insist(path: string, body: unknown): Promise<Answer> {
    let answer: Answer | undefined;
    await eventually(EXITING_MS, async () => {
      answer = await this.arena.call('POST', path, body);
      return answer === undefined || answer.status === 503
        ? `POST ${path}: ${answer?.status} ${answer?.text}`
        : undefined;
    });
    if (!answer) throw new Violation(`POST ${path}: no answer`);
    return answer;
  }

  private applied(answer: Answer | undefined): string {
    const reply = answer?.json as ReloadReply | undefined; // the type of the route
    if (answer?.status !== 200 || reply?.applied !== true) {
      throw new Violation(`a good config was not taken: ${answer?.status}: ${answer?.text}`);
    }
    judge(reply.results);
    return reply.processes.map(({ name, kind, action }) => `${name} ${kind} ${action}`).join(', ');
  }

  private async applyByCtl(args: readonly string[], path: string, body: unknown = { wait: true }): Promise<string> {
    const { code, out, err } = await this.arena.ctl([...args, '--json']);
    if (/"applied":\s*true/.test(out)) return `exit code ${code}`;
    if (!`${out}${err}`.includes('connections'))
      throw new Violation(`${args.join(' ')} exited with ${code}: ${out}${err}`);
    return this.applied(await this.insist(path, body));
  }

  /** SIGHUP, and what the log says of it. */
  private async hangUp(): Promise<string> {
    const { arena } = this;
    const { length } = arena.log;
    arena.signal('SIGHUP');
    let told = '';
    await eventually(HUP_MS, () => {
      told = /^.*(config reloaded|config not reloaded) \(SIGHUP\).*$/m.exec(arena.log.slice(length))?.[0] ?? '';
      return told === '' ? 'nothing came of SIGHUP' : undefined;
    });
    return told;
  }

  private async murder({ model, again, broken }: Extract<Action, { do: 'murder' }>): Promise<string> {
    const { arena, ledger } = this;
    ledger.beginChange(model);
    await arena.murder();
    for (const ms of again) {
      arena.write(model);
      this.watch.reset();
      await arena.start();
      await pause(ms);
      await arena.murder();
    }
    return await this.begin(model, broken);
  }

  private kill({ process: name, child, signal }: Extract<Action, { do: 'kill' }>): string {
    const members = this.arena.members().filter(({ id }) => id?.split(':').slice(1, -1).join(':') === name);
    const leader = members.find(({ pid, session }) => pid === session);
    const others = members.filter(({ pid, session }) => pid !== session);
    const target = child === undefined ? leader : others[child % Math.max(1, others.length)];
    if (target === undefined) return 'there is none';
    try {
      process.kill(target.pid, signal);
      return `pid ${target.pid}`;
    } catch {
      return `pid ${target.pid} has just ended`;
    }
  }

  private async ctl(args: readonly string[]): Promise<string> {
    const { deaths } = this.arena;
    const order = DECIDING.has(args[0] ?? '') ? this.ledger.begin(args.slice(1), undefined) : undefined;
    const { code, err } = await this.arena.ctl(args);
    if (order) this.ledger.lost(order, false);
    if (code === null || !EXIT_CODES.has(code) || /\n\s+at /.test(err)) {
      if (deaths !== this.arena.deaths) return 'the daemon went away';
      throw new Violation(`taskmasterctl ${args.join(' ')} exited with ${code}: ${err}`);
    }
    return `exit code ${code}`;
  }

  private async listen({ path, deaf }: Extract<Action, { do: 'listen' }>): Promise<string> {
    const socket = await this.arena.open();
    if (!socket) return 'nobody there';
    this.listeners.push(socket);
    const asks = path.includes('/attach?') ? UPGRADE : '';
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${asks}\r\n`);
    if (deaf) socket.pause();
    else socket.resume();
    if (this.listeners.length > MAX_LISTENERS) this.listeners.shift()?.destroy();
    return '';
  }

  /** Says something and goes: after `ms`, or once there is an answer. */
  private async say(bytes: Buffer, ms: number): Promise<string> {
    const socket = await this.arena.open();
    if (!socket) return 'nobody there';
    const answered = new Promise<string>(done => {
      socket.once('data', data => done(data.toString('latin1').split('\r\n')[0] ?? ''));
      socket.once('close', () => done('closed'));
    });
    socket.write(bytes);
    const answer = ms === 0 ? '' : await Promise.race([answered, pause(ms).then(() => 'no answer')]);
    socket.destroy();
    return answer;
  }

  private async rival(): Promise<string> {
    const { code, err } = await this.arena.refuse();
    if (code !== 1 || !err.includes('runs already')) {
      throw new Violation(`a second daemon was not refused: exit code ${code}: ${err}`);
    }
    return 'refused';
  }

  private async retire({ how, isImpatient, model, broken }: Extract<Action, { do: 'retire' }>): Promise<string> {
    const { arena, ledger } = this;
    ledger.beginChange(model);
    const code = await arena.retire(async () => {
      if (how === 'term') arena.signal('SIGTERM');
      else if (how === 'post') await arena.call('POST', '/v1/shutdown');
      else await arena.ctl(['shutdown', '--no-wait']);
      if (isImpatient) arena.signal('SIGTERM');
    });
    if (code !== 0) throw new Violation(`the daemon ended with ${code}`);
    await checkGone(arena);
    return await this.begin(model, broken);
  }

  private async begin(model: Model, broken: Broken | undefined): Promise<string> {
    const { arena, ledger } = this;
    if (broken) {
      arena.writeFile('taskmaster.yaml', broken.text);
      const { code, err } = await arena.refuse();
      if (code !== 2) throw new Violation(`a daemon with a broken config (${broken.why}) exited with ${code}: ${err}`);
    }
    arena.write(model);
    this.watch.reset();
    ledger.reborn();
    await arena.start();
    ledger.endChange(true);
    const names = await statusOf(arena);
    const [is, should] = [names.map(({ name }) => name).sort(), processNames(model)];
    if (is.join() !== should.join()) throw new Violation(`the daemon runs ${is}, and its config says ${should}`);
    return `pid ${arena.pid}`;
  }
}

/** After an orderly end: nobody lives, but whom policy lets live, and nothing lies about. */
export async function checkGone(arena: Arena): Promise<void> {
  await eventually(EXITING_MS, () => {
    const left = arena.members().filter(({ id, isLitter }) => id !== undefined && !isLitter);
    return left.length === 0 ? undefined : `${left.map(({ pid, id }) => `${pid} (${id})`)} outlived an orderly end`;
  });
  if (arena.runtimeFiles.length > 0) throw new Violation(`the runtime directory still holds ${arena.runtimeFiles}`);
  const strays = arena.stateFiles.filter(name => /(\.(tmp|new|part|damaged)|~)$/.test(name));
  if (strays.length > 0) throw new Violation(`the state directory still holds ${strays}`);
}

/** Every process, as the daemon sees it. Asks again while a crowd holds all connections. */
export async function statusOf(arena: Arena): Promise<readonly ProcessInfo[]> {
  let found: readonly ProcessInfo[] = [];
  await eventually(EXITING_MS, async () => {
    const answer = await arena.call('GET', '/v1/processes');
    if (answer?.status !== 200) return `GET /v1/processes: ${answer?.status}`;
    found = (answer.json as ProcessList).processes; // the type of the route
    return undefined;
  });
  return found;
}

function accept(answer: Answer | undefined): string {
  const status = answer?.status ?? 0;
  if (status !== 200 && !REFUSALS.has(status)) throw new Violation(`answered with ${status}: ${answer?.text}`);
  return `${status}`;
}

function outcomes(answer: Answer | undefined): string {
  if (answer?.status !== 200) return accept(answer);
  const { results } = answer.json as ActionReply; // the type of the route
  judge(results);
  return results.map(({ name, code }) => `${name} ${code}`).join(', ');
}

function judge(results: readonly ActionResult[]): void {
  const bad = results.find(
    ({ code, message }) => !OUTCOMES.has(code) && !(code === 'failed' && OVERRULED.test(message)),
  );
  if (bad) throw new Violation(`${bad.name}: ${bad.code}: ${bad.message}`);
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
