/** What is to become of the daemon that `taskmaster` started when it is left. */
export type Parting = 'stop' | 'keep' | 'stay';

/** The question, asked once. `running` processes are up; undefined where that is not known. */
export function partingQuestion(running: number | undefined): string {
  return `${howMany(running)}s = stop everything and leave, r = leave it running, Enter = stay? `;
}

function howMany(running: number | undefined): string {
  if (running === undefined) return '';
  if (running === 0) return 'nothing runs but the daemon: ';
  return running === 1 ? '1 process runs: ' : `${running} processes run: `;
}

const ANSWERS: Readonly<Record<Parting, readonly string[]>> = {
  stop: ['s', 'stop', 'y', 'yes'],
  keep: ['r', 'run', 'running', 'l', 'leave', 'keep'],
  stay: [],
};

/** Reads the answer; whatever is not plainly one of the others, no answer included, is to stay: it harms nothing. */
export function partingOf(answer: string | undefined): Parting {
  const word = answer?.trim().toLowerCase() ?? '';
  return (['stop', 'keep'] as const).find(parting => ANSWERS[parting].includes(word)) ?? 'stay';
}
