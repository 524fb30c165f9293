import { type Run, UsageError } from '../verb.ts';

export const run: Run = () => {
  throw new UsageError('shell is not there yet');
};
