/**
 * Programs that are moved to another terminal before they begin, as happens when too many numbers of files are free below
 * the highest (`forkOnto` in pty.ts): they must find what all others find.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addInheritable, forgetInheritable } from '../../src/daemon/fdtable.ts';
import { RealWorld, until, untilState } from '../support/world.ts';

/** Of a terminal that seems to be there, so far up that every program is moved. */
const FAR = 400;

beforeAll(() => addInheritable(FAR));
afterAll(() => forgetInheritable(FAR));

await import('./child.test.ts');

test('the settings of a moved terminal are those of one that is not', async () => {
  const world = new RealWorld();
  const settings = async (): Promise<string> => {
    const program = world.start('stty -a; exit 0', { autorestart: 'never' });
    await untilState(program, 'EXITED');
    const { tail, head } = program.scrollback;
    return Buffer.from(program.scrollback.read(tail, head - tail).bytes).toString();
  };
  const moved = await settings();
  forgetInheritable(FAR);
  expect(moved).toBe(await settings());
  addInheritable(FAR);
  expect(moved).toContain('isig icanon iexten echo');
});

test('lives that overlap, over and over, do not use up the numbers of files', async () => {
  forgetInheritable(FAR);
  const world = new RealWorld();
  const before = world.openFiles();
  const programs = [0, 1].map(i => world.start('exec sleep 1000', { name: `p${i}`, autorestart: 'always' }));
  let highest = 0;
  for (let turn = 0; turn < 300; turn++) {
    const program = programs[turn % 2];
    if (!program) throw new Error('no program');
    const { generation } = program.current;
    await until(program, () => program.current.state.kind === 'running');
    program.dispatch({ type: 'restart' });
    await until(program, () => program.current.generation > generation && program.current.state.kind === 'running');
    highest = Math.max(highest, ...world.openFiles().filter(fd => !before.includes(fd)));
  }
  expect(highest).toBeLessThan(200);
  addInheritable(FAR);
});
