import { type Run, UsageError } from '../verb.ts';

export const run: Run = () => {
  throw new UsageError('completion is not there yet');
};
