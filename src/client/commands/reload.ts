import { reload } from '../reloading.ts';
import type { Run } from '../verb.ts';

export const run: Run = (context, { options }) =>
  reload(context, request => context.api.call('reload', request), {
    dryRun: options.dryRun === true,
    wait: options.wait !== false,
  });
