import { type Run, UsageError } from '../verb.ts';

export const run: Run = () => {
  throw new UsageError('dashboard is not there yet');
};
