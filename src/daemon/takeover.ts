/**
 * The right to take over a dead daemon's socket, held by one process at a time: two that start at once must not both find
 * the old socket dead and replace each other's.
 *
 * Node has no flock(2), whose lock would die with its holder. So each contender makes a mark of its own, a file that names
 * it, and then lists all marks: it enters when no other owner lives. Of two that entered, each would have listed before the
 * other made its mark, and so after its own had been listed: there are no two. The mark of an owner that was killed is no
 * obstacle: whoever finds it removes it, as no name is used by a second owner.
 */
import { closeSync, openSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Clock, randomToken } from '../runtime/clock.ts';
import { isErrno } from '../runtime/errno.ts';
import { bootId, identityOf, isZombie, readStat } from './procfs.ts';

const MODE = 0o600;

/** Taking over takes milliseconds. */
const RETRY_MS = 20;

/** A holder that needs longer hangs, or was stopped: whoever waits says so and gives up. */
const PATIENCE_MS = 15_000;

/** Enough of the boot id to tell boots apart. */
const BOOT_DIGITS = 8;

/** `<pid>-<start ticks>-<boot>-<token>`; the token tells two contenders of one process apart. */
const MARK = /^(\d+)-(\d+|x)-([0-9a-z]+)-[0-9a-z]+$/;

/**
 * Enters the take-over of the socket that clients know as `knownAs`, waiting for others that are in it. Disposing the
 * result leaves it. Throws when another does not come to its end, and the system's error when no mark can be made.
 */
export async function enterTakeover(knownAs: string, clock: Clock): Promise<Disposable> {
  removeOldMark(knownAs);
  const marks = new Marks(knownAs);
  const until = clock.now() + PATIENCE_MS;
  try {
    while (!tryToEnter(marks)) {
      if (clock.now() >= until) throw new Error(`cannot start: ${describe(marks.others())}, and does not come further`);
      await new Promise<void>(resolve => clock.after(RETRY_MS, resolve));
    }
  } catch (error) {
    marks.remove();
    throw error;
  }
  return { [Symbol.dispose]: () => marks.remove() };
}

/** One round. A contender whose mark comes before the others' keeps it for the next one, so that of many one gets in. */
function tryToEnter(marks: Marks): boolean {
  if (!marks.isMade) {
    if (marks.others().length > 0) return false;
    marks.make();
  }
  const others = marks.others(); // made after its own: nothing seen before counts
  if (others.some(other => other < marks.own)) marks.remove();
  return others.length === 0;
}

function describe(others: readonly string[]): string {
  const pids = others.map(other => MARK.exec(other)?.[1]);
  return `another taskmasterd (pid ${pids.join(', ')}) is starting with this config`;
}

/** All the marks of one take-over, and one contender's own. */
class Marks {
  readonly own: string;
  isMade = false;
  private readonly directory: string;
  private readonly prefix: string;

  constructor(knownAs: string) {
    this.directory = dirname(knownAs);
    this.prefix = `${basename(knownAs)}.takeover.`;
    this.own = `${process.pid}-${identityOf(process.pid).start ?? 'x'}-${bootDigits()}-${randomToken()}`;
  }

  make(): void {
    closeSync(openSync(this.pathOf(this.own), 'wx', MODE));
    this.isMade = true;
  }

  remove(): void {
    this.isMade = false;
    rmSync(this.pathOf(this.own), { force: true });
  }

  /** The marks of others that live. Those of the dead are removed. */
  others(): readonly string[] {
    const marks = readdirSync(this.directory)
      .filter(name => name.startsWith(this.prefix))
      .map(name => name.slice(this.prefix.length))
      .filter(mark => mark !== this.own && MARK.test(mark));
    const dead = marks.filter(mark => !isOwnerAlive(mark));
    for (const mark of dead) rmSync(this.pathOf(mark), { force: true });
    return marks.filter(mark => !dead.includes(mark));
  }

  private pathOf(mark: string): string {
    return join(this.directory, `${this.prefix}${mark}`);
  }
}

function isOwnerAlive(mark: string): boolean {
  const [, pid = '', start = '', boot = ''] = MARK.exec(mark) ?? [];
  if (boot !== bootDigits()) return false;
  if (start === 'x') return answersSignals(Number(pid));
  const stat = readStat(Number(pid));
  return stat !== undefined && stat.start === Number(start) && !isZombie(stat);
}

/** Where there is no /proc, a number that is taken must do. */
function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isErrno(error, 'ESRCH');
  }
}

function bootDigits(): string {
  return bootId()?.slice(0, BOOT_DIGITS) ?? 'x';
}

/** A daemon of the first version made a directory, which stayed when it was killed. */
function removeOldMark(knownAs: string): void {
  try {
    rmdirSync(`${knownAs}.takeover`);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'ENOTEMPTY')) throw error; // none, or nothing of ours
  }
}
