import { type Run, UsageError } from '../verb.ts';

export const run: Run = () => {
  throw new UsageError('exit is not there yet');
};
