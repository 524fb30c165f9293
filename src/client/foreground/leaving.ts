/** What is to become of the daemon that `taskmaster` started when it is left. */
export type Parting = 'stop' | 'keep' | 'stay';

/** The question, asked once. `running` processes are up. */
export function partingQuestion(running: number): string {
  const what = running === 0 ? 'nothing runs' : running === 1 ? 'one process runs' : `${running} processes run`;
  return `${what}: [s]top everything and leave, leave it [r]unning, or stay [Enter]? `;
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
