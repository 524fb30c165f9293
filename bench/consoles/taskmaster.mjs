// @ts-check
/** @import {Console, Held, Programs} from '../console.mjs' */
/** @import {Control} from '../control.mjs' */
/** @import {Lab} from '../lab.mjs' */
/** @import {Taskmaster} from '../peers/taskmaster.mjs' */

/** Taskmaster as one who holds programs in terminals. @implements {Console} */
export class TaskmasterConsole {
  name = 'taskmaster';
  leave = '\x02d'; // Ctrl-B d
  install = 'npm run build';
  isInstalled = true;

  /** @param {Taskmaster} taskmaster */
  constructor(taskmaster) {
    this.taskmaster = taskmaster;
  }

  /**
   * @param {Lab} lab
   * @param {Programs} programs
   * @param {Record<string, string>} [env]
   * @returns {Promise<Held & {control: Control, pid: number}>}
   */
  async hold(lab, programs, env) {
    const entries = Object.entries(programs).map(([name, cmd]) => [name, { cmd, starttime: 0, stoptime: 1 }]);
    const running = this.taskmaster.startConfig(lab, { programs: Object.fromEntries(entries) }, env);
    await running.control.ready();
    return {
      attach: name => [...running.ctl, 'attach', name],
      server: () => running.pid,
      stop: running.stop,
      control: running.control,
      pid: running.pid,
    };
  }
}
