/** One of those who act in a storm: performs actions and judges the answers, as far as they can be judged while others act too. */
import type { Socket } from 'node:net';
import type { ActionReply, ProcessInfo, ProcessList } from '../../src/protocol/messages.ts';
import type { Action } from './actions.ts';
import { type Answer, type Arena, eventually, Gone, Violation } from './arena.ts';
import { processNames } from './configs.ts';
import type { Watch } from './watch.ts';

/** Listeners a client holds at most; the oldest goes when there is one more. */
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

export interface ClientOptions {
  readonly arena: Arena;
  readonly watch: Watch;
  /** Whether survivors of a killed daemon are the next one's business, and not the storm's. */
  readonly endsSurvivors: boolean;
}

export class Client {
  private readonly arena: Arena;
  private readonly watch: Watch;
  private readonly endsSurvivors: boolean;
  private listeners: Socket[] = [];

  constructor({ arena, watch, endsSurvivors }: ClientOptions) {
    this.arena = arena;
    this.watch = watch;
    this.endsSurvivors = endsSurvivors;
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
      case 'request': {
        const { verb, select, wait, hangUpAfter } = action;
        const answer = await arena.call('POST', `/v1/${verb}`, { select, wait }, hangUpAfter);
        return answer === undefined ? 'hung up' : outcomes(answer);
      }
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
        arena.signal(action.signal);
        return '';
      case 'rival':
        return await this.rival();
      case 'murder':
        await arena.murder();
        if (!this.endsSurvivors) await arena.sweep(() => true);
        return await this.begin(action.model);
      case 'retire':
        return await this.retire(action);
      case 'reload':
      case 'reload broken':
      case 'dry run':
      case 'scale':
        throw new Violation(`${action.do}: this daemon cannot do that yet`);
    }
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
    const { code, err } = await this.arena.ctl(args);
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
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
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

  private async retire({ how, isImpatient, model }: Extract<Action, { do: 'retire' }>): Promise<string> {
    const { arena } = this;
    const code = await arena.retire(async () => {
      if (how === 'term') arena.signal('SIGTERM');
      else if (how === 'post') await arena.call('POST', '/v1/shutdown');
      else await arena.ctl(['shutdown', '--no-wait']);
      if (isImpatient) arena.signal('SIGTERM');
    });
    if (code !== 0) throw new Violation(`the daemon ended with ${code}`);
    await checkGone(arena);
    return await this.begin(model);
  }

  private async begin(model: Parameters<Arena['write']>[0]): Promise<string> {
    const { arena } = this;
    arena.write(model);
    this.watch.reset();
    await arena.start();
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
  const strays = arena.stateFiles.filter(name => /(\.(tmp|new|part)|~)$/.test(name));
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
  const bad = results.find(({ code }) => !OUTCOMES.has(code));
  if (bad) throw new Violation(`${bad.name}: ${bad.code}: ${bad.message}`);
  return results.map(({ name, code }) => `${name} ${code}`).join(', ');
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
