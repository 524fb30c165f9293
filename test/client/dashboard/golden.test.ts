/**
 * What the dashboard looks like, as files that a person can read: the screen as text, and below it how each cell looks.
 * `GOLDEN=1` writes them anew; `LOOK=DIR` writes what the terminal is sent into files, to be looked at with cat.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openView } from '../../../src/client/dashboard/view.ts';
import { Emulator } from '../../../src/terminal/emulator.ts';
import { stateOf } from '../../support/screenstate.ts';
import { goldenOf } from './goldenfile.ts';
import { type DrawnScene, SCENES } from './scenes.ts';

const DIR = join(import.meta.dirname, 'golden');
const { GOLDEN, LOOK } = process.env;

function drawn({ model, options }: DrawnScene): string {
  let out = '';
  const view = openView({
    ...options,
    size: model.size,
    write: text => {
      out += text;
    },
  });
  view.draw(model);
  view.close();
  return out;
}

describe('golden screens of the dashboard', () => {
  test.each(SCENES)('$name', scene => {
    const bytes = drawn(scene);
    if (LOOK) {
      mkdirSync(LOOK, { recursive: true });
      writeFileSync(join(LOOK, `${scene.name}.ansi`), bytes);
    }
    const emulator = new Emulator(scene.model.size);
    emulator.write(new TextEncoder().encode(bytes));
    const golden = goldenOf(stateOf(emulator), bytes.lastIndexOf('\x1b[?25h') > bytes.lastIndexOf('\x1b[?25l'));
    const file = join(DIR, `${scene.name}.txt`);
    if (GOLDEN) {
      mkdirSync(DIR, { recursive: true });
      writeFileSync(file, golden);
    }
    expect(golden).toBe(readFileSync(file, 'utf8'));
  });

  test('there is no golden screen that nothing draws', () => {
    const names = readdirSync(DIR).map(name => name.replace(/\.txt$/, ''));
    expect(names.sort()).toEqual(SCENES.map(({ name }) => name).sort());
  });
});
