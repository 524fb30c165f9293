import { EXIT, type Run } from '../verb.ts';

export const run: Run = async ({ shell }) => {
  shell?.leave();
  return EXIT.done;
};
