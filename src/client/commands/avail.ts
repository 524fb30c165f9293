import { EXIT, type Run } from '../verb.ts';

/** supervisorctl's template. Until a config can be read without being applied, all that is configured is in use. */
export const run: Run = async context => {
  const { processes } = await context.api.call('processes');
  const rows = processes.map(({ name, autostart, priority }) => ({ name, inUse: true, autostart, priority }));
  if (context.json) {
    await context.document({ processes: rows });
    return EXIT.done;
  }
  const width = Math.max(32, ...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, autostart, priority }) =>
    [name.padEnd(width), 'in use'.padEnd(9), (autostart ? 'auto' : 'manual').padEnd(9), priority].join(' '),
  );
  await context.out(lines.map(line => `${line}\n`).join(''));
  return EXIT.done;
};
