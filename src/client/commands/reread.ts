import { reload } from '../reloading.ts';
import type { Run } from '../verb.ts';

export const run: Run = context =>
  reload(context, request => context.api.call('reload', request), { dryRun: true, wait: false });
