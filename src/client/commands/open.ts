import { type Run, UsageError } from '../verb.ts';

export const run: Run = () => {
  throw new UsageError('open is not there yet');
};
