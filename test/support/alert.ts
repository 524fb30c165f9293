import type { AlertSpec, EmailSpec } from '../../src/core/alert.ts';

/** A mail to one address, by a server that wants no login. */
export function mailTo(to: string): EmailSpec {
  const smtp = { host: 'mail', port: 587, tls: 'starttls', user: undefined, password: undefined } as const;
  return { kind: 'email', to: [to], from: 'tm@box', smtp };
}

/** An alert that mails of what is fatal, of all programs, except what the test says. */
export function makeAlert(changes: Partial<AlertSpec> = {}): AlertSpec {
  return {
    name: 'oncall',
    via: mailTo('ops@example.org'),
    on: ['fatal'],
    programs: [],
    every: 60_000,
    crashloop: { ends: 5, within: 300_000 },
    output: undefined,
    ...changes,
  };
}
