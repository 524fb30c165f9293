/** What an alert says, in the forms that its ways of delivery need. */
import type { AlertMessage } from './alert.ts';
import { describeExit, describeSpan } from './exit.ts';

export interface Report {
  /** One line, as of a mail. */
  readonly subject: string;
  /** All there is to say, as plain text, lines ended by `\n`. */
  readonly text: string;
  /** The same for programs. */
  readonly json: Readonly<Record<string, unknown>>;
  /** All but the screen, in one line, as for a log. */
  readonly line: string;
}

/** The message in words. */
export function reportOf(message: AlertMessage): Report {
  const { summary, details, ended, screen, look, host, at } = message;
  const how = ended && `Its last life ${describeExit(ended.exit)} after ${describeSpan(ended.ranFor)}.`;
  const facts = [`${summary} on ${host}, at ${new Date(at).toISOString()}.`, ...(how ? [how] : []), ...details];
  const shown =
    screen.length === 0 ? [] : ['', 'The last lines of its screen:', '', ...screen.map(line => `  ${line}`)];
  return {
    subject: `[taskmaster] ${summary} on ${host}`,
    text: [...facts, ...shown, '', `To look closer: ${look}`, ''].join('\n'),
    json: { ...message, at: new Date(at).toISOString() },
    line: [summary, ...(how ? [how] : []), ...details, look].join(' '),
  };
}
