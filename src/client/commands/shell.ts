import { runShell } from '../shell/shell.ts';
import type { Run } from '../verb.ts';

export const run: Run = ({ session: { host, table, globals, readOnly } }, { options }) =>
  runShell(host, { table, globals, readOnly: readOnly || options.readOnly === true });
